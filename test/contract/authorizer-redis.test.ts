import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import { INITIAL_STATE, type State } from '../../core/state/state.ts';
import type { AuthorizerEvent } from '../../lambdas/authorizer/authorizer-event.ts';
import { normalMaintenance } from '../support/examples.ts';
import { patient } from '../support/patience.ts';
import { RedisServers, until } from '../support/redis-server.ts';
import { POLICY } from '../support/sessions.ts';
import { effectOf, startAuthorizer } from '../support/start-authorizer.ts';
import { json, StubServer } from '../support/stub-server.ts';
import { TestIssuer } from '../support/tokens.ts';

const issuer = new TestIssuer();
const ACTIVE: State = {
  ...INITIAL_STATE,
  version: 7,
  maintenance: normalMaintenance({ startedAt: Date.now() }),
  sessionsInvalidBefore: Date.now() - 60_000,
};
const BEFORE = Date.now() - 120_000;

let redis: RedisServers;
let store: StubServer;
const lines: Record<string, unknown>[] = [];

beforeAll(async () => {
  jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
    lines.push(JSON.parse(String(line)));
    return true;
  });
  redis = await RedisServers.start({ masters: 1, persistent: true });
  store = await StubServer.start();
});
afterAll(async () => {
  jest.restoreAllMocks();
  await store.stop();
  await redis.close();
});
beforeEach(async () => {
  lines.length = 0;
  await redis.client.flushall();
});
afterEach(async () => {
  redis.resume();
});

/** A new instance; null: DynamoDB answers nothing but errors. */
async function start(state: State | null = ACTIVE, variables: Record<string, string> = {}) {
  store.answer = (request, response) => {
    if (state === null) return json(500, {})(request, response);
    const keys = { Item: { jwks: { S: JSON.stringify(issuer.jwks()) } } };
    const events = { Items: [{ sk: { N: String(state.version) }, state: { S: JSON.stringify(state) } }] };
    const isKeys = String(request.headers['x-amz-target']).endsWith('.GetItem');
    return json(200, isKeys ? keys : events)(request, response);
  };
  const handler = await startAuthorizer(issuer, store.url, {
    REDIS: JSON.stringify(redis.settings),
    SESSIONS: JSON.stringify(POLICY),
    CONTROL_COOKIES: 'true',
    ...variables,
  });
  // Made ready by the way: it takes Jest a second, and a function some 40 ms.
  await Promise.all([import('../../lambdas/authorizer/gate-redis.ts'), import('ioredis')]);
  return handler;
}

function call(
  own: { cookie?: string; token?: string; path?: string; method?: string } = {},
): AuthorizerEvent {
  const { cookie, token, path = '/start_caption_generation', method = 'POST' } = own;
  return {
    resource: path.startsWith('/api/maintenance') ? path : '/{proxy+}',
    path,
    httpMethod: method,
    headers: {},
    multiValueHeaders: {
      ...(cookie === undefined ? {} : { Cookie: [`session_id=${cookie}`] }),
      ...(token === undefined ? {} : { Authorization: [`Bearer ${token}`] }),
    },
    requestContext: { requestId: 'r-1', identity: { sourceIp: '203.0.113.9' } },
  };
}

const adminToken = (): string => issuer.sign(issuer.claims(Date.now(), { 'cognito:groups': ['admins'] }));

async function session(id: string, role: string, createdAt = BEFORE): Promise<string> {
  const text = JSON.stringify({ role, user: `${role}-1`, created_at: createdAt });
  await redis.client.set(`${POLICY.prefix}${id}`, text);
  return id;
}

async function timed<T>(work: Promise<T>): Promise<{ result: T; took: number }> {
  const begun = performance.now();
  const result = await work;
  return { result, took: performance.now() - begun };
}

describe('a session in Redis', () => {
  test.each([
    ['admin', 'Allow'],
    ['member', 'Deny'],
  ])('of an %s: %s', async (role, effect) => {
    const handler = await start();
    const cookie = await session('abc', role);
    expect(effectOf(await handler(call({ cookie })))).toBe(effect);
  });

  test('tells a control route who calls, unless it was ended', async () => {
    const handler = await start();
    const path = '/api/maintenance/whoami';
    const contextOf = async (cookie: string) => (await handler(call({ cookie, path }))).context;
    expect(await contextOf(await session('a', 'admin'))).toMatchObject({
      principal: 'admin-1',
      role: 'admin',
      credential: 'valid',
      authTime: String(Math.floor(BEFORE / 1000)),
    });
    expect(await contextOf(await session('m', 'member'))).toMatchObject({
      role: 'anonymous',
      credential: 'rejected',
      credentialReason: 'the session was ended by maintenance; sign in again',
    });
    expect(await contextOf(await session('n', 'member', Date.now()))).toMatchObject({
      role: 'member',
      credential: 'valid',
    });
  });

  test('gives an admin who was demoted, or signed out, nothing any more, from the next request on', async () => {
    const handler = await start();
    const cookie = await session('abc', 'admin');
    expect(effectOf(await handler(call({ cookie })))).toBe('Allow');
    await session('abc', 'member');
    expect(effectOf(await handler(call({ cookie })))).toBe('Deny');
    await session('abc', 'admin');
    expect(effectOf(await handler(call({ cookie })))).toBe('Allow');
    await redis.client.del(`${POLICY.prefix}abc`);
    expect(effectOf(await handler(call({ cookie })))).toBe('Deny');
  });

  test('is not asked for while nobody needs to know', async () => {
    const handler = await start({ ...INITIAL_STATE, version: 1 });
    await session('abc', 'admin');
    await redis.client.config('RESETSTAT');
    expect(effectOf(await handler(call({ cookie: 'abc' })))).toBe('Allow');
    expect(await redis.client.info('commandstats')).not.toContain('cmdstat_get');
  });
});

describe.each(['stopped', 'frozen'] as const)('while Redis is %s', (how) => {
  const breakRedis = async (): Promise<void> => {
    if (how === 'stopped') await redis.stop();
    else redis.pause();
  };
  const mend = async (): Promise<void> => {
    if (how === 'stopped') await redis.startAgain();
    else redis.resume();
  };

  test('nobody waits for it for long: not an admin with a token, not a cookie, and soon not at all', async () => {
    const handler = await start();
    const cookie = await session('abc', 'admin');
    await until(async () => effectOf(await handler(call({ cookie }))) === 'Allow');
    await breakRedis();
    try {
      const admin = await timed(handler(call({ token: adminToken(), cookie })));
      expect([effectOf(admin.result), admin.took < patient(500)]).toEqual(['Allow', true]);
      for (let failure = 0; failure < 3; failure += 1) {
        const { result, took } = await timed(handler(call({ cookie })));
        expect([effectOf(result), took < patient(1000)]).toEqual(['Deny', true]);
      }
      const whoami = await timed(handler(call({ cookie, path: '/api/maintenance/whoami' })));
      expect([whoami.result.context.credential, whoami.took < patient(100)]).toEqual(['unavailable', true]);
      expect(lines.filter(({ event }) => event === 'sessions_unavailable')).toHaveLength(1);
    } finally {
      await mend();
    }
  });
});

describe('while the event log is away', () => {
  let connection: RedisConnection;
  beforeAll(() => {
    connection = new RedisConnection(redis.settings, { connectTimeout: 1000 });
  });
  afterAll(() => connection.close());
  const mirror = (): RedisStateMirror => new RedisStateMirror(connection, 'default');

  test('a new instance decides by the copy of the state, and says so', async () => {
    await mirror().keep(ACTIVE);
    const handler = await start(null);
    const result = await handler(call());
    expect([effectOf(result), result.context.version]).toEqual(['Deny', '7']);
    expect(effectOf(await handler(call({ path: '/health', method: 'GET' })))).toBe('Allow');
    expect(lines).toContainEqual(expect.objectContaining({ event: 'state_from_copy', version: 7 }));
    expect(lines).not.toContainEqual(expect.objectContaining({ event: 'state_unknown' }));
  });

  test.each([
    ['open', 'Allow'],
    ['closed', 'Deny'],
  ])('without a copy, what is configured decides: %s', async (stateUnknown, effect) => {
    const handler = await start(null, { STATE_UNKNOWN: stateUnknown });
    const { result, took } = await timed(handler(call()));
    expect([effectOf(result), took < patient(1500)]).toEqual([effect, true]);
    expect(lines).toContainEqual(expect.objectContaining({ event: 'state_unknown' }));
  });

  test('a new instance knows admins by the keys beside the copy, and by their sessions', async () => {
    await mirror().keep(ACTIVE);
    await mirror().keepKeys(JSON.stringify(issuer.jwks()));
    const handler = await start(null);
    expect(effectOf(await handler(call({ token: adminToken() })))).toBe('Allow');
    expect(effectOf(await handler(call({ cookie: await session('abc', 'admin') })))).toBe('Allow');
    const member = issuer.sign(issuer.claims(Date.now()));
    expect(effectOf(await handler(call({ token: member })))).toBe('Deny');
  });
});

test('a client over the limit is known to an instance that has hardly seen it', async () => {
  const variables = { OFFENDER_THRESHOLD: '20' };
  const [one, other] = [await start(ACTIVE, variables), await start(ACTIVE, variables)];
  const logged = () => lines.filter(({ event }) => event === 'operation_blocked').length;
  for (let calls = 0; calls < 30; calls += 1) {
    await one(call());
    await new Promise((resolve) => setImmediate(resolve));
  }
  let calls = 0;
  await until(async () => {
    const before = logged();
    await other(call());
    calls += 1;
    return logged() === before;
  });
  expect(calls).toBeLessThan(20);
});
