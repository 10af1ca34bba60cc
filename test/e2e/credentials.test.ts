import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';
import { TestIssuer } from '../support/tokens.ts';

let cloud: Cloud;
let issuerUrl = '';
let clientId = '';
let jwk: { kid: string; n: string; e: string };
const forger = new TestIssuer();

beforeAll(async () => {
  cloud = await Cloud.start();
  const { json } = await cloud.control('GET', '/signin');
  issuerUrl = json.issuer;
  clientId = json.client_id;
  const keys = (await (await fetch(`${issuerUrl}/.well-known/jwks.json`)).json()) as { keys: (typeof jwk)[] };
  jwk = keys.keys[0] as typeof jwk;
});
afterAll(() => cloud.stop());

/** Claims as an admin of this very pool would have them. */
const claims = () =>
  forger.claims(Date.now(), {
    iss: issuerUrl,
    client_id: clientId,
    'cognito:groups': ['admins'],
    username: 'admin',
  });

function altered(token: string, change: (parts: string[]) => string[]): string {
  return change(token.split('.')).join('.');
}

const claimsOf = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

const attacks: [string, () => Promise<string>][] = [
  ['alg none', async () => forger.unsigned(claims())],
  ['HS256 with a public key', async () => forger.signWithPublicKeyAsSecret(claims())],
  ['a key of its own under the pool’s kid', async () => forger.sign(claims(), { kid: jwk.kid })],
  ['unknown kid', async () => forger.sign(claims(), { kid: 'unknown' })],
  ['kid with a path', async () => forger.sign(claims(), { kid: '../../../../dev/null' })],
  ['wrong issuer', async () => forger.sign({ ...claims(), iss: 'https://evil.test' })],
  ['truncated', async () => (await cloud.token('admin')).slice(0, -20)],
  [
    'altered groups',
    async () => {
      const token = await cloud.token('member');
      return altered(token, ([header = '', , signature = '']) => [
        header,
        encode({ ...claimsOf(token), 'cognito:groups': ['admins'] }),
        signature,
      ]);
    },
  ],
  ['signature taken off', async () => altered(await cloud.token('admin'), ([h = '', p = '']) => [h, p, ''])],
  ['nonsense', async () => 'abc'],
];

describe('a forged credential', () => {
  test.each(attacks)(
    '%s: 401 on a control route, 503 on a blocked one, nothing enabled',
    async (_, forge) => {
      const token = await forge();
      const answer = await cloud.control('POST', '/enable', { token, body: { reason: 'Forged' } });
      expect(answer.status).toBe(401);
      expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
      expect(answer.text).not.toContain(token.slice(0, 20));
      expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
      await cloud.enable();
      expect((await cloud.call('POST', '/start_caption_generation', { token })).status).toBe(503);
      await cloud.reset();
    },
  );

  test('two Authorization headers are none', async () => {
    const token = await cloud.token('admin');
    const headers = { Authorization: [`Bearer ${token}`, 'Bearer x'] };
    expect((await cloud.control('POST', '/enable', { headers, body: { reason: 'Twice' } })).status).toBe(401);
  });

  test.each([
    ['no credential', {}],
    ['basic', { Authorization: 'Basic YWRtaW46YWRtaW4=' }],
    ['empty', { Authorization: '' }],
    ['bearer without a token', { Authorization: 'Bearer ' }],
  ])('%s: 401', async (_, headers) => {
    expect((await cloud.control('POST', '/enable', { headers, body: { reason: 'No' } })).status).toBe(401);
  });
});

describe('a good credential', () => {
  test.each([
    ['admin', 200],
    ['member', 403],
    ['worker', 403],
  ] as const)('of an %s: %i', async (user, status) => {
    await cloud.reset();
    const token = await cloud.signIn(user);
    const answer = await cloud.control('POST', '/enable', { token, body: { reason: 'Allowed?' } });
    expect(answer.status).toBe(status);
    if (status === 403) expect(answer.json.error).toBe('insufficient_privileges');
  });

  test('is worth nothing any more when it has expired', async () => {
    await cloud.reset();
    const token = await cloud.signIn('admin');
    await cloud.advanceClock(15 * 60_000 + 1000);
    expect((await cloud.control('POST', '/enable', { token, body: { reason: 'Old' } })).status).toBe(401);
    expect((await cloud.as('admin', 'POST', '/enable', { reason: 'Fresh' })).status).toBe(200);
    await cloud.reset();
  });

  test('shows who enabled maintenance to admins only', async () => {
    await cloud.reset();
    await cloud.enable();
    const status = async (token?: string) =>
      (await cloud.control('GET', '/status', { token })).json.enabled_by;
    expect(await status()).toBeNull();
    expect(await status(await cloud.token('worker'))).toBeNull();
    expect(await status(await cloud.token('admin'))).toBe('admin');
  });
});
