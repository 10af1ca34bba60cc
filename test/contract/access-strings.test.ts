import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { lookAtRedis } from '../../adapters/redis/redis-facts.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import { mirrorKey, offencePrefix, type SessionPolicy } from '../../core/identity/session.ts';
import type { ScanPosition } from '../../core/sessions/session-store.ts';
import { configure } from '../../lib/configuration/configure.ts';
import { accessString } from '../../lib/sessions/access-strings.ts';
import type { RedisUser } from '../../lib/sessions/session-redis.ts';
import { stateWith } from '../support/examples.ts';
import { RedisServers } from '../support/redis-server.ts';

const SCOPE = 'default';
const policy: SessionPolicy = configure({ origin: 'https://origin.test' }).sessionPolicy;
const OFFENCES = `${offencePrefix(SCOPE)}client:1`;

let servers: RedisServers;
const connections: RedisConnection[] = [];

/** A connection that has signed in as a user of the cache. */
function connectionAs(user: RedisUser): RedisConnection {
  const auth = { type: 'password', user, password: 'secret' } as const;
  const connection = new RedisConnection(
    { ...servers.settings, auth },
    { commandTimeout: 2000, connectTimeout: 2000 },
  );
  connections.push(connection);
  return connection;
}

/** What Redis says to a command of a user. */
async function answerTo(user: RedisUser, ...[name = '', ...parts]: string[]): Promise<unknown> {
  try {
    return await connectionAs(user).use((client) => client.call(name, ...parts));
  } catch (error) {
    return String((error as Error).cause);
  }
}

beforeAll(async () => {
  servers = await RedisServers.start({ masters: 2 });
  if (!('nodes' in servers.client)) throw new Error('This is no cluster.');
  for (const node of servers.client.nodes('master')) {
    for (const user of ['gate', 'keeper'] as const) {
      const rules = accessString(user, { prefix: policy.prefix, scope: SCOPE }).split(' ');
      await node.call('ACL', 'SETUSER', user, ...rules, '>secret');
    }
  }
});
beforeEach(async () => {
  for (let number = 0; number < 20; number += 1) {
    await servers.client.set(`${policy.prefix}${number}`, JSON.stringify({ role: 'member', number }));
    await servers.client.set(`other:${number}`, 'not ours');
  }
});
afterAll(async () => {
  for (const connection of connections) connection.close();
  await servers.close();
});

describe('the gate', () => {
  test('finds a session, and none where there is none', async () => {
    const store = new RedisSessionStore(connectionAs('gate'), policy);
    expect(await store.find('1')).toMatchObject({ role: 'member' });
    expect(await store.find('nobody')).toBeNull();
  });

  test('reads the copy of the state, and the keys beside it', async () => {
    const state = stateWith(null, 7);
    const kept = new RedisStateMirror(connectionAs('keeper'), SCOPE);
    await kept.follow(async () => state);
    await kept.keepKeys('{"keys":[]}');
    const seen = new RedisStateMirror(connectionAs('gate'), SCOPE);
    expect([await seen.read(), await seen.readKeys()]).toEqual([state, '{"keys":[]}']);
  });

  test('counts blocked calls', async () => {
    await servers.client.del(OFFENCES);
    expect(await answerTo('gate', 'INCRBY', OFFENCES, '3')).toBe(3);
    expect(await answerTo('gate', 'EXPIRE', OFFENCES, '120')).toBe(1);
  });

  test.each<[what: string, command: string[]]>([
    ['read what is not ours', ['GET', 'other:1']],
    ['write a session', ['SET', `${policy.prefix}1`, '{"role": "admin"}']],
    ['delete a session', ['UNLINK', `${policy.prefix}1`]],
    ['scan of the keys', ['SCAN', '0']],
    ['run a script', ['EVAL', 'return 1', '0']],
    ['write the copy of the state', ['HSET', mirrorKey(SCOPE), 'version', '99']],
    ['empty the store', ['FLUSHALL']],
  ])('may not %s', async (_what, command) => {
    expect(await answerTo('gate', ...command)).toMatch(/NOPERM/);
  });
});

describe('the keeper', () => {
  test('scans through all sessions, ends them and tells how many keys there are', async () => {
    const store = new RedisSessionStore(connectionAs('keeper'), policy);
    expect(await store.size()).toBeGreaterThanOrEqual(40);
    expect(await store.expiresIn('1')).toBeNull();
    let position: ScanPosition | null = null;
    let ended = 0;
    do {
      const { sessions, next } = await store.scan(position, 100);
      ended += await store.endUnchanged(sessions);
      position = next;
    } while (position !== null);
    expect(ended).toBe(20);
    expect(await servers.client.exists('other:1')).toBe(1);
  });

  test('tells the health check how Redis is', async () => {
    const keeper = connectionAs('keeper');
    await new RedisStateMirror(keeper, SCOPE).keep(stateWith(null, 5));
    expect(await lookAtRedis(keeper, SCOPE)).toMatchObject({
      ping: expect.any(Number),
      servers: 2,
      usedBytes: expect.any(Number),
      maximumBytes: null,
      evictionPolicy: 'noeviction',
      evictedKeys: 0,
      keys: { all: expect.any(Number), expiring: expect.any(Number) },
      mirror: { version: expect.any(Number), keptAt: expect.any(Number) },
    });
  });

  test('keeps the newest state, and none of another log', async () => {
    const mirror = new RedisStateMirror(connectionAs('keeper'), SCOPE);
    await servers.client.del(mirrorKey(SCOPE));
    expect(await mirror.keep(stateWith(null, 9))).toBe(true);
    expect(await mirror.keep(stateWith(null, 8))).toBe(false);
    await mirror.follow(async () => stateWith(null, 8));
    expect((await mirror.read())?.version).toBe(8);
  });

  test.each<[what: string, command: string[]]>([
    ['read what is not ours', ['GET', 'other:1']],
    ['delete what is not ours', ['UNLINK', 'other:1']],
    ['delete what is not ours by a script', ['EVAL', 'return redis.call("UNLINK", KEYS[1])', '1', 'other:1']],
    ['write a session', ['SET', `${policy.prefix}1`, '{"role": "admin"}']],
    ['list all keys at once', ['KEYS', '*']],
    ['empty the store', ['FLUSHALL']],
    ['change the configuration', ['CONFIG', 'SET', 'maxmemory', '1']],
    ['change what users may do', ['ACL', 'SETUSER', 'keeper', '+@all']],
  ])('may not %s', async (_what, command) => {
    expect(await answerTo('keeper', ...command)).toMatch(/NOPERM|can't access at least one of the keys/);
  });
});
