import { describe, expect, test } from '@jest/globals';
import { type ReadKeys, TokenVerifier } from '../../../../adapters/lean/token-verifier.ts';
import { TestIssuer } from '../../../support/tokens.ts';

const issuer = new TestIssuer();
const stranger = new TestIssuer();

// The verifier reads the expiry by the real clock; tokens are made around it.
const now = Date.now();
const seconds = Math.floor(now / 1000);

function verifierWith(readKeys: ReadKeys, apiKeyClaim?: string): TokenVerifier {
  const { issuer: url, clientId } = issuer;
  return new TokenVerifier(
    { issuer: url, clientId, adminGroups: ['admins'], workerGroups: ['workers'], apiKeyClaim },
    readKeys,
  );
}

const keysOf =
  (of: TestIssuer): ReadKeys =>
  async () =>
    JSON.parse(JSON.stringify(of.jwks()));

describe('a token that is signed and meant for us, and yet none to call with', () => {
  test.each([
    ['an ID token, by its nonce', { nonce: 'n-0S6' }, {}],
    ['an ID token, by its hash of the access token', { at_hash: 'MTIz' }, {}],
    ['an ID token, by its hash of the code', { c_hash: 'MTIz' }, {}],
    ['a refresh token', { typ: 'Refresh' }, {}],
    ['a logout token, by its events', { events: {} }, {}],
    ['a logout token, by its header', {}, { typ: 'logout+jwt' }],
    ["a token bound to a sender's key", { cnf: { jkt: 'x' } }, {}],
  ])('%s is rejected', async (_, claims, header) => {
    const token = issuer.sign(issuer.claims(now, { 'cognito:groups': ['admins'], ...claims }), header);
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('not an access token'),
    });
  });

  test.each([
    ['neither username nor sub', { username: undefined, sub: undefined }],
    ['empty ones', { username: '', sub: '' }],
    ['a number beside no sub', { username: 7, sub: undefined }],
  ])('one that names nobody is rejected: %s', async (_, claims) => {
    const token = issuer.sign(issuer.claims(now, claims));
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toMatchObject({
      outcome: 'rejected',
      reason: expect.stringContaining('names nobody'),
    });
  });
});

describe('a good token', () => {
  test.each([
    ['admin', ['admins'], 'admin'],
    ['admin among others', ['readers', 'workers', 'admins'], 'admin'],
    ['worker', ['workers'], 'worker'],
    ['member of other groups', ['Admins', 'admin'], 'member'],
    ['nobody in particular', undefined, 'member'],
    ['admin whose only group is given as text', 'admins', 'admin'],
    ['group that is no text', [['admins']], 'member'],
  ])('of an %s gives its role', async (_, groups, role) => {
    const token = issuer.sign(issuer.claims(now, groups === undefined ? {} : { 'cognito:groups': groups }));
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toEqual({
      outcome: 'valid',
      credential: {
        kind: 'token',
        id: 'alice',
        role,
        issuedAt: seconds * 1000,
        authenticatedAt: seconds * 1000,
      },
    });
  });

  test('groups of the second claim count where the first names none', async () => {
    const token = issuer.sign(issuer.claims(now, { 'cognito:groups': [], groups: ['admins'] }));
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toMatchObject({
      credential: { role: 'admin' },
    });
  });

  test.each(['at+jwt', 'application/at+jwt', 'jwt', undefined])('of the type %s is taken', async (typ) => {
    const token = issuer.sign(issuer.claims(now), { typ });
    expect((await verifierWith(keysOf(issuer)).verify(token, now)).outcome).toBe('valid');
  });

  const ownKey = 'customer-42-key-of-their-plan';
  test.each([
    ['an API key', 'custom:api_key', ownKey, ownKey],
    ['an API key, which nobody asked for', undefined, ownKey, undefined],
    ['an API key in another claim', 'api_key', ownKey, undefined],
    ['one that is too short to be one', 'custom:api_key', 'k'.repeat(19), undefined],
    ['one that is too long to be one', 'custom:api_key', 'k'.repeat(129), undefined],
    ['one with a line end in it', 'custom:api_key', `${ownKey}\n`, undefined],
    ['a number', 'custom:api_key', 42, undefined],
  ])('with %s names a key only where the claim says so', async (_, claim, value, apiKey) => {
    const token = issuer.sign(issuer.claims(now, { 'custom:api_key': value }));
    const verified = await verifierWith(keysOf(issuer), claim).verify(token, now);
    expect(verified.outcome === 'valid' && verified.credential.apiKey).toBe(apiKey);
  });

  test('of another kind of issuer is taken by its audience', async () => {
    const token = issuer.sign({
      sub: 'bob',
      iss: issuer.issuer,
      aud: ['other', issuer.clientId],
      groups: ['admins'],
      iat: seconds,
      exp: seconds + 60,
    });
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toMatchObject({
      outcome: 'valid',
      credential: { id: 'bob', role: 'admin', authenticatedAt: null },
    });
  });

  test('is remembered until it expires, and then is not', async () => {
    let reads = 0;
    const verifier = verifierWith(() => {
      reads += 1;
      return keysOf(issuer)();
    });
    const token = issuer.sign(issuer.claims(now));
    await verifier.verify(token, now);
    expect(await verifier.verify(token, now + 899_000)).toMatchObject({ outcome: 'valid' });
    expect(await verifier.verify(token, (seconds + 900) * 1000)).toEqual({
      outcome: 'expired',
      reason: 'the token has expired',
    });
    expect(reads).toBe(1);
  });

  test('is believed for 15 minutes at most, whatever it says', async () => {
    const token = issuer.sign(issuer.claims(now, { iat: seconds - 901, exp: seconds + 3600 }));
    expect(await verifierWith(keysOf(issuer)).verify(token, now)).toEqual({
      outcome: 'expired',
      reason: 'the token has expired',
    });
  });
});

describe('a token that proves nothing', () => {
  const good = issuer.claims(now, { 'cognito:groups': ['admins'] });
  const signed = issuer.sign(good);
  const [header, payload, signature] = signed.split('.') as [string, string, string];

  test.each([
    ['alg none', issuer.unsigned(good)],
    ['alg none with a signature', `${issuer.unsigned(good)}${signature}`],
    ['HS256 with the public key', issuer.signWithPublicKeyAsSecret(good)],
    ['the key of somebody else', stranger.sign(good)],
    ['another issuer', issuer.sign({ ...good, iss: 'https://evil.test/pool' })],
    ['an issuer that only begins alike', issuer.sign({ ...good, iss: `${issuer.issuer}/x` })],
    ['another client', issuer.sign({ ...good, client_id: 'client-2' })],
    ['the id token', issuer.sign({ ...good, token_use: 'id', aud: issuer.clientId })],
    ['an unknown token use', issuer.sign({ ...good, token_use: 'refresh' })],
    ['an audience for others', issuer.sign({ ...good, token_use: undefined, aud: 'other' })],
    ['expired', issuer.sign({ ...good, iat: seconds - 1000, exp: seconds - 1 })],
    ['not yet valid', issuer.sign({ ...good, nbf: seconds + 600 })],
    ['issued in the future', issuer.sign({ ...good, iat: seconds + 600, exp: seconds + 900 })],
    ['without expiry', issuer.sign({ ...good, exp: undefined })],
    ['without issue time', issuer.sign({ ...good, iat: undefined })],
    ['expiry that is text', issuer.sign({ ...good, exp: String(seconds + 900) })],
    ['unknown kid', issuer.sign(good, { kid: 'key-2' })],
    ['kid with a path', issuer.sign(good, { kid: '../../dev/null' })],
    ['kid that is no text', issuer.sign(good, { kid: 1 })],
    ['no kid', issuer.sign(good, { kid: undefined })],
    ['another algorithm of the same key', issuer.sign(good, { alg: 'RS512' })],
    ['its own key in the header', stranger.sign(good, { jwk: stranger.jwks().keys[0] })],
    ['truncated', signed.slice(0, -10)],
    ['without a signature', `${header}.${payload}.`],
    ['two parts', `${header}.${payload}`],
    [
      'altered payload',
      `${header}.${Buffer.from(JSON.stringify({ ...good, username: 'eve' })).toString('base64url')}.${signature}`,
    ],
    ['no JSON', `${header}.bm90IGpzb24.${signature}`],
    ['a list as payload', `${header}.W10.${signature}`],
    ['oversized', issuer.sign({ ...good, padding: 'x'.repeat(9000) })],
    ['empty', ''],
    ['nonsense', 'not.a.token'],
  ])('is refused: %s', async (what, token) => {
    const verified = await verifierWith(keysOf(issuer)).verify(token, now);
    expect(verified).toEqual({
      outcome: what === 'expired' ? 'expired' : 'rejected',
      reason: expect.stringMatching(/^[ -~]{1,120}$/),
    });
  });
});

test('a good token that has expired is told from one that was never good', async () => {
  const expired = { iat: seconds - 1000, exp: seconds - 1 };
  const verified = async (token: string) => await verifierWith(keysOf(issuer)).verify(token, now);
  expect(await verified(issuer.sign(issuer.claims(now, expired)))).toEqual({
    outcome: 'expired',
    reason: 'the token has expired',
  });
  const forged = await verified(stranger.sign(issuer.claims(now, expired)));
  expect(forged).toMatchObject({ outcome: 'rejected' });
});

describe('keys', () => {
  test('that are not known yet leave a token unverified, and are asked for again by the next', async () => {
    const answers = [async () => null, keysOf(issuer)];
    const verifier = verifierWith(async () => answers.shift()?.() ?? null);
    const token = issuer.sign(issuer.claims(now));
    expect(await verifier.verify(token, now)).toEqual({ outcome: 'unavailable' });
    expect(await verifier.verify(token, now)).toMatchObject({ outcome: 'valid' });
  });

  test('that cannot be read leave a token unverified', async () => {
    let reads = 0;
    const verifier = verifierWith(() => {
      reads += 1;
      return Promise.reject(new Error('down'));
    });
    const token = issuer.sign(issuer.claims(now));
    expect(await verifier.verify(token, now)).toEqual({ outcome: 'unavailable' });
    expect(reads).toBe(1);
  });

  test('that are rotated are found by the first token that needs them, not more often than every 10 s', async () => {
    const next = new TestIssuer('key-2');
    let current = issuer;
    let reads = 0;
    const verifier = verifierWith(() => {
      reads += 1;
      return keysOf(current)();
    });
    const byNext = next.sign(next.claims(now));
    expect(await verifier.verify(byNext, now)).toMatchObject({ outcome: 'rejected' });
    current = next;
    expect(await verifier.verify(byNext, now + 9_999)).toMatchObject({ outcome: 'rejected' });
    expect(reads).toBe(1);
    expect(await verifier.verify(byNext, now + 10_000)).toMatchObject({ outcome: 'valid' });
    expect(reads).toBe(2);
  });

  test('that are withdrawn are believed until everything is forgotten, and then are not', async () => {
    const next = new TestIssuer('key-2');
    let current = issuer;
    let reads = 0;
    const verifier = verifierWith(() => {
      reads += 1;
      return keysOf(current)();
    });
    const token = issuer.sign(issuer.claims(now));
    const other = issuer.sign(issuer.claims(now, { username: 'bob' }));
    await verifier.verify(token, now);
    current = next;
    expect(await verifier.verify(other, now)).toMatchObject({ outcome: 'valid' });
    verifier.forget();
    for (const withdrawn of [token, other]) {
      expect(await verifier.verify(withdrawn, now)).toMatchObject({ outcome: 'rejected' });
    }
    expect(await verifier.verify(next.sign(next.claims(now)), now)).toMatchObject({ outcome: 'valid' });
    expect(reads).toBe(2);
  });

  test('that can not be read after everything was forgotten leave a token unverified, until they can', async () => {
    let isDown = false;
    const verifier = verifierWith(() => (isDown ? Promise.reject(new Error('down')) : keysOf(issuer)()));
    const token = issuer.sign(issuer.claims(now));
    await verifier.verify(token, now);
    verifier.forget();
    isDown = true;
    expect(await verifier.verify(token, now)).toEqual({ outcome: 'unavailable' });
    isDown = false;
    expect(await verifier.verify(token, now)).toMatchObject({ outcome: 'valid' });
  });
});
