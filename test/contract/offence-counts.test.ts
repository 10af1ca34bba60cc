import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { RedisOffenceCounts } from '../../adapters/attempts/offence-counts.ts';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import type { OffenceCounts } from '../../core/attempts/shared-offenders.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import { offencePrefix } from '../../core/identity/session.ts';
import { MemoryOffenceCounts } from '../support/memory-offence-counts.ts';
import { RedisServers } from '../support/redis-server.ts';

const MINUTE = 29_474_520;

let servers: RedisServers;
const connections: RedisConnection[] = [];

/** An instance's connection of its own. */
function connect(): RedisConnection {
  const connection = new RedisConnection(servers.settings, { connectTimeout: 1000, commandTimeout: 1000 });
  connections.push(connection);
  return connection;
}

beforeAll(async () => {
  servers = await RedisServers.start({ masters: 2 });
});
afterAll(async () => {
  for (const connection of connections) connection.close();
  await servers.close();
});

const memory = new MemoryOffenceCounts();

describe.each<[string, () => OffenceCounts]>([
  ['in memory', () => memory],
  ['in Redis, on two servers', () => new RedisOffenceCounts(connect(), 'default')],
])('the common count %s', (_, instance) => {
  test('is of all instances together, for each client and minute', async () => {
    const [one, other] = [instance(), instance()];
    const some = new Map([
      ['203.0.113.9', 3],
      ['alice', 1],
    ]);
    expect(await one.add(MINUTE, some)).toEqual(some);
    expect(await other.add(MINUTE, new Map([['203.0.113.9', 2]]))).toEqual(new Map([['203.0.113.9', 5]]));
    expect(await other.add(MINUTE + 1, new Map([['203.0.113.9', 2]]))).toEqual(new Map([['203.0.113.9', 2]]));
  });

  test('knows clients by any name', async () => {
    const names = [
      '*',
      '{x}:{y}',
      'a b\r\nFLUSHALL',
      '__proto__',
      '漢😀',
      '',
      'x'.repeat(2000),
      '1:203.0.113.9',
    ];
    const calls = new Map(names.map((name, index) => [name, index + 1]));
    const counts = instance();
    expect(await counts.add(MINUTE + 2, calls)).toEqual(calls);
    expect(await counts.add(MINUTE + 2, new Map([['*', 1]]))).toEqual(new Map([['*', 2]]));
  });
});

describe('in Redis', () => {
  test('a minute is forgotten after two', async () => {
    await new RedisOffenceCounts(connect(), 'default').add(MINUTE + 3, new Map([['alice', 1]]));
    const left = await servers.client.ttl(`${offencePrefix('default')}${MINUTE + 3}:alice`);
    expect(left).toBeGreaterThan(60);
    expect(left).toBeLessThanOrEqual(120);
  });

  test('deployments do not count together', async () => {
    const calls = new Map([['alice', 1]]);
    const answers = ['blue', 'green'].map((scope) =>
      new RedisOffenceCounts(connect(), scope).add(MINUTE + 4, calls),
    );
    expect(await Promise.all(answers)).toEqual([calls, calls]);
  });

  test('that is away is left alone after a few failures', async () => {
    const gone = new RedisConnection(
      { host: '127.0.0.1', port: 1, tls: false, auth: { type: 'none' } },
      { connectTimeout: 200 },
    );
    const counts = new RedisOffenceCounts(gone, 'default');
    for (let failure = 0; failure < 3; failure += 1) {
      expect(counts.isPaused).toBe(false);
      await expect(counts.add(MINUTE, new Map([['a', 1]]))).rejects.toThrow(SessionStoreUnavailableError);
    }
    expect(counts.isPaused).toBe(true);
  });
});
