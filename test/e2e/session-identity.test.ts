import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Answer, type Call, Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { patient } from '../support/patience.ts';

type User = 'admin' | 'member' | 'worker';

const BLOCKED = '/start_caption_generation';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.reset());
afterEach(() => cloud.fault('redis', 'none'));

/** The session that the local cloud has begun for a user, as the browser sends it. */
const cookieOf = (user: User) => ({ Cookie: `lang=en; session_id=${cloud.local.users[user].session_id}` });

const withCookie = (
  user: User,
  method: string,
  path: string,
  { headers, ...call }: Call = {},
): Promise<Answer> => cloud.call(method, path, { ...call, headers: { ...cookieOf(user), ...headers } });

const controlWithCookie = (user: User, method: string, path: string, call: Call = {}): Promise<Answer> =>
  withCookie(user, method, `/api/maintenance${path}`, call);

/** A new session of a user, begun at the application's own sign-in. */
async function newSession(user: User): Promise<string> {
  const { username, password } = cloud.local.users[user];
  const { headers } = await cloud.call('POST', '/login', { body: { username, password } });
  const cookie = [headers['set-cookie'] ?? []].flat().find((value) => value.startsWith('session_id='));
  if (cookie === undefined) throw new Error('The application began no session.');
  return cookie.split(';')[0] as string;
}

interface PoolAnswer {
  readonly AuthenticationResult?: { readonly AccessToken: string; readonly RefreshToken?: string };
  readonly __type?: string;
  readonly message?: string;
}

/** Asks the user pool for tokens, as the command line does. */
async function authenticate(flow: string, parameters: Readonly<Record<string, string>>): Promise<PoolAnswer> {
  const { json } = await cloud.control('GET', '/signin');
  const response = await fetch(new URL(json.issuer).origin, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-amz-json-1.1',
      'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
    },
    body: JSON.stringify({ AuthFlow: flow, ClientId: json.client_id, AuthParameters: parameters }),
  });
  return (await response.json()) as PoolAnswer;
}

function signIn(user: User): Promise<PoolAnswer> {
  const { username, password } = cloud.local.users[user];
  return authenticate('USER_PASSWORD_AUTH', { USERNAME: username, PASSWORD: password });
}

const refresh = (token: string): Promise<PoolAnswer> =>
  authenticate('REFRESH_TOKEN_AUTH', { REFRESH_TOKEN: token });

describe('a session cookie', () => {
  test.each([
    ['admin', 202],
    ['worker', 503],
    ['member', 503],
  ] as const)('of an %s on a blocked route: %i', async (user, status) => {
    await cloud.enable();
    expect((await withCookie(user, 'POST', BLOCKED)).status).toBe(status);
  });

  test('that somebody made up is nobody’s', async () => {
    await cloud.enable();
    for (const id of ['made-up', '*', '', '%2a', `${cloud.local.users.admin.session_id}x`]) {
      const headers = { Cookie: `session_id=${id}` };
      expect((await cloud.call('POST', BLOCKED, { headers })).status).toBe(503);
    }
  });

  test('is nobody’s on control routes: whoever gets a script into the application is no admin', async () => {
    expect((await controlWithCookie('admin', 'GET', '/whoami')).status).toBe(401);
    const toggled = await controlWithCookie('admin', 'POST', '/enable', { body: { reason: 'By cookie' } });
    expect([toggled.status, toggled.json.error]).toEqual([401, 'unauthenticated']);
    expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
  });

  test('that was ended is worth nothing any more, and one begun after that is', async () => {
    const before = await newSession('member');
    await cloud.enable();
    await cloud.purged();
    await cloud.reset();
    const profile = async (cookie: string) =>
      (await cloud.call('GET', '/profile', { headers: { Cookie: cookie } })).status;
    await eventually(async () => (await profile(before)) === 302);
    expect(await profile(await newSession('member'))).toBe(200);
  });
});

describe('without Redis', () => {
  test.each(['down', 'slow'])(
    '%s: tokens count, cookies do not, and nobody waits for long',
    async (fault) => {
      const token = await cloud.token('admin');
      await cloud.enable();
      await cloud.fault('redis', fault, { ms: 5000 });
      const begun = performance.now();
      expect((await cloud.call('POST', BLOCKED, { token })).status).toBe(202);
      expect((await withCookie('admin', 'POST', BLOCKED)).status).toBe(503);
      expect((await controlWithCookie('admin', 'GET', '/history')).status).toBe(401);
      expect((await cloud.call('GET', '/profile')).status).toBe(302);
      expect((await cloud.control('GET', '/status')).status).toBe(200);
      expect(performance.now() - begun).toBeLessThan(patient(5000));
      await cloud.fault('redis', 'none');
      await eventually(async () => (await withCookie('admin', 'POST', BLOCKED)).status === 202);
    },
  );
});

describe('the identity provider', () => {
  test.each([
    ['normal', () => cloud.enable({ reason: 'Database upgrade', duration: 600 })],
    ['emergency', () => cloud.as('admin', 'POST', '/emergency', { reason: 'Database upgrade' })],
  ] as const)('refuses members while %s mode is active, and nobody else', async (_, begin) => {
    const { AuthenticationResult } = await signIn('member');
    await begin();
    await cloud.enforced();
    const refusal = {
      __type: expect.stringContaining('UserLambdaValidationException'),
      message: expect.stringMatching(
        /aintenance is in progress: Database upgrade\. .*Members cannot sign in/,
      ),
    };
    expect(await signIn('member')).toMatchObject(refusal);
    expect(await refresh(AuthenticationResult?.RefreshToken ?? '')).toMatchObject(refusal);
    for (const user of ['admin', 'worker'] as const) {
      expect(await signIn(user)).toMatchObject({ AuthenticationResult: { AccessToken: expect.any(String) } });
    }
    await cloud.reset();
    const again = { AuthenticationResult: { AccessToken: expect.any(String) } };
    expect(await signIn('member')).toMatchObject(again);
    expect(await refresh(AuthenticationResult?.RefreshToken ?? '')).toMatchObject(again);
  });

  test.each(['admin', 'member'] as const)(
    'gives no token for an older one to a revoked %s, who may sign in anew',
    async (user) => {
      const { AuthenticationResult: begun } = await signIn(user);
      const whoAmI = async (token = '') => (await cloud.control('GET', '/whoami', { token })).status;
      expect(await whoAmI(begun?.AccessToken)).toBe(200);
      const revoker = await cloud.signIn('admin');
      const answer = await cloud.control('POST', '/revocations', {
        token: revoker,
        body: { principal: cloud.local.users[user].username },
      });
      expect(answer.status).toBe(200);
      expect(await refresh(begun?.RefreshToken ?? '')).toMatchObject({
        __type: expect.stringContaining('UserLambdaValidationException'),
        message: expect.stringContaining('Sign in again'),
      });
      // Past the second of the revocation: a token's time has whole seconds.
      await cloud.advanceClock(2000);
      await cloud.enforced();
      expect(await whoAmI(begun?.AccessToken)).toBe(401);
      const { AuthenticationResult: anew } = await signIn(user);
      expect(await whoAmI(anew?.AccessToken)).toBe(200);
    },
  );

  test('refuses nobody in a rehearsal', async () => {
    await cloud.enable({ mode: 'test' });
    expect(await signIn('member')).toHaveProperty('AuthenticationResult');
  });

  test('lets admins in while the state cannot be read', async () => {
    await cloud.fault('dynamodb', 'down');
    try {
      expect(await signIn('admin')).toHaveProperty('AuthenticationResult');
    } finally {
      await cloud.fault('dynamodb', 'none');
    }
  });

  test('is told of in the log, once for each refusal', async () => {
    await cloud.enable();
    const refusals = async (): Promise<number> => {
      const { text } = await cloud.call('GET', '/_local/logs?function=signin-guard');
      return text.split('[MAINTENANCE] Sign-in refused').length - 1;
    };
    const before = await refusals();
    for (let tries = 1; tries <= 3; tries += 1) {
      await signIn('member');
      await eventually(async () => (await refusals()) >= before + tries);
    }
    expect(await refusals()).toBe(before + 3);
  });
});
