import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { iamToken } from '../../adapters/redis/iam-token.ts';
import { mastersOf, type RedisClient } from '../../adapters/redis/redis-client.ts';
import { RedisConnection, type RedisConnectionOptions } from '../../adapters/redis/redis-connection.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import { NOW } from '../support/examples.ts';
import { patient } from '../support/patience.ts';
import { RedisServers, until } from '../support/redis-server.ts';

const HOUR = 3_600_000;
/** Milliseconds for a use and for a connection, where nothing is to be waited for. */
const TIMEOUTS = { commandTimeout: patient(150), connectTimeout: patient(300) };
/** Limits that no test is to meet, where it is not about them. */
const AMPLE = { commandTimeout: patient(5000), connectTimeout: patient(10_000) };
/** Milliseconds that are much for this machine, and far less than many timeouts. */
const A_WHILE = patient(1000);
/** So that tests needn't wait. */
const SHORT_PAUSES = { firstPause: 30, longestPause: 60 };
const LONG_PAUSES = { firstPause: 60_000, longestPause: 60_000 };

const ping = (client: RedisClient): Promise<string> => client.ping();

let servers: RedisServers;
let made: RedisConnection[] = [];

beforeAll(async () => {
  servers = await RedisServers.start({ masters: 1, persistent: true });
});
afterEach(() => {
  for (const connection of made) connection.close();
  made = [];
});
afterAll(() => servers.close());

function connect(
  options: RedisConnectionOptions = {},
  settings: RedisSettings = servers.settings,
): RedisConnection {
  const connection = new RedisConnection(settings, { ...TIMEOUTS, ...options });
  made.push(connection);
  return connection;
}

/** What a use came to, and how long it took, ms. */
async function timed(connection: RedisConnection): Promise<{ ok: boolean; took: number; error?: unknown }> {
  const begun = performance.now();
  try {
    await connection.use(ping);
    return { ok: true, took: performance.now() - begun };
  } catch (error) {
    return { ok: false, took: performance.now() - begun, error };
  }
}

/** Connections at the server, the test's own included. */
async function clients(): Promise<string[]> {
  const [node] = mastersOf(servers.client);
  return String(await node?.client('LIST'))
    .trim()
    .split('\n');
}

describe('A connection to Redis', () => {
  test('is opened on first need, once, and closed when told so', async () => {
    const before = (await clients()).length;
    let loads = 0;
    const connection = connect({ ...AMPLE, load: () => import('ioredis').finally(() => (loads += 1)) });
    expect(loads).toBe(0);
    const answers = await Promise.all(Array.from({ length: 20 }, () => connection.use(ping)));
    expect(new Set(answers)).toEqual(new Set(['PONG']));
    expect(loads).toBe(1);
    await until(async () => (await clients()).length === before + 1);
    connection.close();
    await until(async () => (await clients()).length === before);
  });

  test('tells what the work failed with, and stays', async () => {
    const connection = connect();
    const id = await connection.use((client) => mastersOf(client)[0]?.client('ID') ?? Promise.resolve(0));
    const failure = await connection.use((client) => client.call('NOSUCH')).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(SessionStoreUnavailableError);
    expect(String((failure as Error).cause)).toContain('unknown command');
    expect(await connection.use((client) => mastersOf(client)[0]?.client('ID') ?? Promise.resolve(0))).toBe(
      id,
    );
  });

  test.each([
    ['is wrong', { type: 'password', user: null, password: 'wrong' }],
    ['is of nobody', { type: 'password', user: 'nobody', password: 'wrong' }],
  ] as const)('is refused where the password %s, and says so', async (_, auth) => {
    const locked = await RedisServers.start({ masters: 0, password: 'right' });
    try {
      const { ok, error } = await timed(connect({}, { ...locked.settings, auth }));
      expect(ok).toBe(false);
      expect(error).toBeInstanceOf(SessionStoreUnavailableError);
      expect(String((error as Error).cause)).toContain('WRONGPASS');
      expect(JSON.stringify(error)).not.toContain('wrong');
      expect(await connect({}, locked.settings).use(ping)).toBe('PONG');
    } finally {
      await locked.close();
    }
  });

  test('that was lost is replaced without anybody noticing', async () => {
    const connection = connect(LONG_PAUSES);
    await connection.use(ping);
    for (let round = 0; round < 5; round += 1) {
      const [node] = mastersOf(servers.client);
      await node?.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
      expect(await connection.use(ping)).toBe('PONG');
    }
    await servers.stop();
    await servers.startAgain();
    expect(await connection.use(ping)).toBe('PONG');
  });

  test('that is lost at work has the work done again', async () => {
    const connection = connect();
    await connection.use(ping);
    let runs = 0;
    const answer = await connection.use(async (client) => {
      runs += 1;
      if (runs === 1) client.disconnect();
      return client.ping();
    });
    expect(answer).toBe('PONG');
    expect(runs).toBe(2);
  });

  test('gives up in time where somebody accepts connections and never answers', async () => {
    const silent = createServer(() => {});
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    try {
      const { ok, took } = await timed(connect({}, { ...servers.settings, port }));
      expect(ok).toBe(false);
      expect(took).toBeLessThan(TIMEOUTS.connectTimeout + A_WHILE);
    } finally {
      silent.close();
    }
  });

  test('takes an answer that came while the process was frozen', async () => {
    const connection = connect();
    await connection.use(ping);
    const answer = connection.use(ping);
    // One turn, so that the command is sent.
    await new Promise((resolve) => setImmediate(resolve));
    const end = performance.now() + 3 * TIMEOUTS.commandTimeout;
    while (performance.now() < end);
    expect(await answer).toBe('PONG');
  });
});

describe('While Redis is away', () => {
  test('and nothing listens, the first uses fail and the others cost nothing, until it is back', async () => {
    const connection = connect(SHORT_PAUSES);
    const pausing = connect(LONG_PAUSES);
    expect((await timed(connection)).ok).toBe(true);
    await servers.stop();
    const first = await Promise.all([1, 2, 3].map(() => timed(pausing)));
    expect(first.filter(({ ok }) => ok)).toEqual([]);
    await until(() => pausing.isPaused);
    const begun = performance.now();
    for (let n = 0; n < 100; n += 1) {
      const { ok, error } = await timed(pausing);
      expect(ok).toBe(false);
      expect(error).toBeInstanceOf(SessionStoreUnavailableError);
    }
    expect(performance.now() - begun).toBeLessThan(A_WHILE);
    for (let n = 0; n < 10; n += 1) await timed(connection);
    await servers.startAgain();
    await until(async () => (await timed(connection)).ok);
    expect(connection.isPaused).toBe(false);
  });

  test('and does not answer, each use takes its time three times, and then no more', async () => {
    const connection = connect(LONG_PAUSES);
    await connection.use(ping);
    servers.pause();
    try {
      for (let n = 0; n < 3; n += 1) {
        const { ok, took } = await timed(connection);
        expect(ok).toBe(false);
        expect(took).toBeGreaterThanOrEqual(TIMEOUTS.commandTimeout - 5);
        expect(took).toBeLessThan(TIMEOUTS.commandTimeout + A_WHILE);
      }
      const begun = performance.now();
      const later = await Promise.all(Array.from({ length: 1000 }, () => timed(connection)));
      expect(performance.now() - begun).toBeLessThan(A_WHILE);
      expect(later.some(({ ok }) => ok)).toBe(false);
    } finally {
      servers.resume();
    }
  });

  test('one at a time finds out whether it is back, and the others do not wait for that', async () => {
    let tries = 0;
    const load = () => import('ioredis').finally(() => (tries += 1));
    const connection = connect({ ...SHORT_PAUSES, load });
    await connection.use(ping);
    servers.pause();
    try {
      for (let n = 0; n < 3; n += 1) await timed(connection);
      tries = 0;
      await until(async () => {
        const before = tries;
        await Promise.all(Array.from({ length: 50 }, () => timed(connection)));
        expect(tries - before).toBeLessThanOrEqual(1);
        return tries >= 3;
      });
    } finally {
      servers.resume();
    }
    await until(async () => (await timed(connection)).ok);
  });
});

describe('A connection that is opened by IAM', () => {
  const iam = { user: 'gate', cache: 'sessions', serverless: true };
  const identity = {
    region: 'eu-central-1',
    credentials: () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
  };
  const tokenAt = (now: number): string =>
    iamToken({ ...iam, region: identity.region, credentials: identity.credentials(), now });
  /** Lets the user in with this token only; connections stay. */
  const allow = async (token: string): Promise<void> => {
    await mastersOf(servers.client)[0]?.acl('SETUSER', 'gate', 'on', 'resetpass', `>${token}`, '~*', '+@all');
  };
  const settings = (): RedisSettings => ({ ...servers.settings, auth: { type: 'iam', ...iam } });
  const idOf = (connection: RedisConnection): Promise<unknown> =>
    connection.use(async (client) => mastersOf(client)[0]?.client('ID'));

  test('needs somebody to sign in', () => {
    expect(() => new RedisConnection(settings())).toThrow('Signing in to Redis by IAM takes an identity.');
  });

  test('signs in with a token, and with a fresh one before its 12 hours are over', async () => {
    let now = NOW;
    const connection = connect({ ...AMPLE, identity, now: () => now }, settings());
    await allow(tokenAt(now));
    const first = await idOf(connection);
    await allow(tokenAt(NOW + 11 * HOUR));
    now = NOW + 11 * HOUR - 1;
    expect(await idOf(connection)).toBe(first);
    const [begun, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const atWork = connection.use(async (client) => {
      begun.resolve();
      await goOn.promise;
      return mastersOf(client)[0]?.client('ID');
    });
    await begun.promise;
    now = NOW + 11 * HOUR;
    const second = await idOf(connection);
    expect(second).not.toBe(first);
    goOn.resolve();
    expect(await atWork).toBe(first);
    expect(await idOf(connection)).toBe(second);
  });

  test('signs in anew when it is told that it is not signed in', async () => {
    let now = NOW;
    const connection = connect({ ...AMPLE, identity, now: () => now }, settings());
    await allow(tokenAt(now));
    await connection.use(ping);
    now = NOW + 20 * 60_000;
    await allow(tokenAt(now));
    let runs = 0;
    const answer = await connection.use(async (client) => {
      runs += 1;
      // As a server that ioredis has come to know later would answer to the token that has expired.
      if (runs === 1) await mastersOf(client)[0]?.call('AUTH', 'gate', tokenAt(NOW));
      return client.ping();
    });
    expect(answer).toBe('PONG');
    expect(runs).toBe(2);
  });
});
