import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { fetchIssuerKeys, IssuerUnavailableError } from '../../../../adapters/identity/issuer-keys.ts';
import { patient } from '../../../support/patience.ts';
import { TestIssuer } from '../../../support/tokens.ts';

const ISSUER = 'https://issuer.test/pool';
const RSA = { kty: 'RSA', kid: 'key-1', alg: 'RS256', use: 'sig', n: 'modulus', e: 'AQAB' };
const EC = { kty: 'EC', kid: 'key-2', crv: 'P-256', x: 'one', y: 'two' };

function answering(body: unknown, init?: ResponseInit): typeof fetch {
  return async () => new Response(typeof body === 'string' ? body : JSON.stringify(body), init);
}

describe('Fetching the keys of an issuer', () => {
  test("asks for the issuer's key set, without following redirects", async () => {
    const asked: unknown[] = [];
    await fetchIssuerKeys(ISSUER, async (url, init) => {
      asked.push(url, init?.redirect);
      return Response.json(new TestIssuer().jwks());
    });
    expect(asked).toEqual([`${ISSUER}/.well-known/jwks.json`, 'error']);
  });

  test.each<[string, unknown[], unknown[]]>([
    ['RSA and EC keys', [RSA, EC], [RSA, EC]],
    ['keys of other kinds beside them', [{ kty: 'OKP', kid: 'x', crv: 'Ed25519' }, RSA], [RSA]],
    ['keys without an id beside them', [{ ...EC, kid: undefined }, RSA], [RSA]],
    ['keys for encryption beside them', [{ ...RSA, use: 'enc' }, EC], [EC]],
    ['things that are no keys beside them', [null, 'key', 7, RSA], [RSA]],
    ['private members', [{ ...RSA, d: 'secret', p: 'secret', x5c: ['certificate'] }], [RSA]],
  ])('%s: keeps what verifies tokens', async (_, given, kept) => {
    expect(await fetchIssuerKeys(ISSUER, answering({ keys: given }))).toEqual({ keys: kept });
  });

  test.each<[string, typeof fetch]>([
    ['a server error', answering({ keys: [RSA] }, { status: 500 })],
    ['HTML', answering('<html></html>')],
    ['an empty body', answering('')],
    ['null', answering('null')],
    ['no list of keys', answering({ keys: RSA })],
    ['an empty list', answering({ keys: [] })],
    ['no key that can be used', answering({ keys: [{ kty: 'oct', kid: 'x', k: 'secret' }] })],
    ['a body of 1 MB', answering({ keys: [RSA], padding: 'x'.repeat(1_000_000) })],
    ['no connection', () => Promise.reject(new TypeError('fetch failed'))],
  ])('%s is reported with the issuer', async (_, fetchIt) => {
    const failure = await fetchIssuerKeys(ISSUER, fetchIt).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(IssuerUnavailableError);
    expect(failure).toMatchObject({
      name: 'IssuerUnavailableError',
      code: 'issuer_unavailable',
      issuer: ISSUER,
    });
  });

  test('an issuer that never answers is given up after 3 seconds', async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const begun = performance.now();
    await expect(
      fetchIssuerKeys(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
    ).rejects.toMatchObject({ cause: { name: 'TimeoutError' } });
    expect(performance.now() - begun).toBeLessThan(patient(4000));
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
});
