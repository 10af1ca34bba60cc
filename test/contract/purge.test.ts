import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Cluster } from 'ioredis';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import type { PurgeParts } from '../../core/purge/run-purge.ts';
import { BOB, NOW } from '../support/examples.ts';
import { PurgeBench } from '../support/purge-bench.ts';
import { RedisServers } from '../support/redis-server.ts';
import { POLICY, sessionOf } from '../support/sessions.ts';

const SESSIONS = 20_000;
const OTHERS = 20_000;
/** Every hundredth is an admin's. */
const ADMINS = SESSIONS / 100;
const BEFORE = new Date(NOW - 60_000).toISOString();

describe.each([
  ['a cluster of one server', 1],
  ['a cluster of two servers', 2],
])('20 000 sessions among 20 000 other keys, on %s', (_name, masters) => {
  let servers: RedisServers;
  let redis: RedisConnection;
  let bench: PurgeBench;
  /** Runs before each call of the store. */
  let meanwhile: (call: keyof PurgeParts['store']) => void | Promise<void>;

  beforeAll(async () => {
    servers = await RedisServers.start({ masters, persistent: true });
    redis = new RedisConnection(servers.settings, { firstPause: 20, longestPause: 50 });
  });
  afterAll(async () => {
    redis.close();
    await servers.close();
  });

  const nodes = () => (servers.client instanceof Cluster ? servers.client.nodes('master') : []);
  const put = (id: string, value: string) => servers.client.set(`${POLICY.prefix}${id}`, value);
  const member = (more: object = {}) => sessionOf('reviewer', { created_at: BEFORE, ...more });
  const admin = () => sessionOf('admin', { created_at: BEFORE });

  async function putAll(entries: Iterable<readonly [string, string]>): Promise<void> {
    const batch: Promise<unknown>[] = [];
    for (const [key, value] of entries) {
      batch.push(servers.client.set(key, value));
      if (batch.length === 2000) await Promise.all(batch.splice(0));
    }
    await Promise.all(batch);
  }

  async function keysNow(pattern: string): Promise<string[]> {
    return (await Promise.all(nodes().map((node) => node.keys(pattern)))).flat();
  }
  const idsNow = async () =>
    (await keysNow(`${POLICY.prefix}*`)).map((key) => key.slice(POLICY.prefix.length)).toSorted();
  const adminIds = Array.from({ length: ADMINS }, (_, n) => `admin-${n}`).toSorted();

  beforeEach(async () => {
    await Promise.all(nodes().map((node) => node.flushall()));
    await putAll(
      (function* () {
        for (let n = 0; n < OTHERS; n += 1) yield [`cache:${n}`, member()] as const;
        for (let n = 0; n < ADMINS; n += 1) yield [`${POLICY.prefix}admin-${n}`, admin()] as const;
        for (let n = ADMINS; n < SESSIONS; n += 1) yield [`${POLICY.prefix}member-${n}`, member()] as const;
      })(),
    );
    const store = new RedisSessionStore(redis, POLICY);
    meanwhile = () => {};
    bench = new PurgeBench({
      scan: async (...given) => {
        await meanwhile('scan');
        return store.scan(...given);
      },
      endUnchanged: async (...given) => {
        await meanwhile('endUnchanged');
        return store.endUnchanged(...given);
      },
      size: () => store.size(),
    });
    await bench.enable();
  });

  test('members’ go, admins’ stay, the keys of others are not touched', async () => {
    expect(await bench.purge()).toMatchObject({ outcome: 'completed' });
    expect(await idsNow()).toEqual(adminIds);
    expect(await keysNow('cache:*')).toHaveLength(OTHERS);
    const [receipt] = await bench.receipts();
    expect(receipt?.details).toMatchObject({ deleted: SESSIONS - ADMINS, kept: ADMINS, counts_exact: true });
  });

  test('killed 50 times and taken up again: no admin’s is lost, no member’s is left', async () => {
    bench.callTime = 700;
    for (let kill = 0; kill < 50; kill += 1) {
      const lives = 1 + Math.floor(Math.random() * 20);
      await bench.purge({ lives, diesAfterwards: kill % 2 === 0 }).catch(() => null);
      bench.time += 20_000;
    }
    if ((await bench.state()).purge !== undefined) await bench.purgeUntil('completed');
    expect(await idsNow()).toEqual(adminIds);
    expect(await keysNow('cache:*')).toHaveLength(OTHERS);
    expect(await bench.receipts()).toHaveLength(1);
  });

  // What has nothing to do with the number of servers is tried on one.
  if (masters > 1) return;

  test('whatever they hold: no JSON, no role, no text, very much, or little time to live', async () => {
    await put('malformed', '{"role": "admin"');
    await put('list', '["admin"]');
    await put('roleless', '{"user": "mia"}');
    await put('huge', member({ data: 'x'.repeat(6_000_000) }));
    await put('nested-admin', JSON.stringify({ user: { role: 'admin' }, created_at: BEFORE }));
    await servers.client.hset(`${POLICY.prefix}hash`, 'role', 'admin');
    await servers.client.set(`${POLICY.prefix}expiring`, member(), 'PX', 5);
    await servers.client.set(`${POLICY.prefix}expiring-later`, admin(), 'PX', 600_000);
    await bench.purge();
    expect(await idsNow()).toEqual([...adminIds, 'expiring-later', 'nested-admin'].toSorted());
    const [receipt] = await bench.receipts();
    // What is too long to read is deleted, too.
    expect(receipt?.details).toMatchObject({ unparsable: 5, kept: ADMINS + 2 });
  });

  test('a member who turns admin between reading and deleting stays signed in', async () => {
    const turned: string[] = [];
    meanwhile = async (call) => {
      if (call !== 'endUnchanged' || turned.length >= 100) return;
      for (const id of [`member-${5000 + turned.length}`, `member-${15_000 + turned.length}`]) {
        if (await servers.client.set(`${POLICY.prefix}${id}`, admin(), 'XX')) turned.push(id);
      }
    };
    await bench.purge();
    expect(turned.length).toBeGreaterThan(10);
    expect(await idsNow()).toEqual([...adminIds, ...turned].toSorted());
  });

  test('those that appear and go meanwhile: none is left', async () => {
    let calls = 0;
    meanwhile = async (call) => {
      calls += 1;
      if (call !== 'scan') return;
      await put(`new-${calls}`, member());
      await servers.client.del(`${POLICY.prefix}member-${10_000 + calls}`);
    };
    await bench.purge();
    meanwhile = () => {};
    for (let slices = 0; slices < 2; slices += 1) {
      bench.time += 60_000;
      await bench.purge();
    }
    expect(await idsNow()).toEqual(adminIds);
  });

  test('two at once do it once', async () => {
    const outcomes = await Promise.all([bench.purge(), bench.purge()]);
    expect(outcomes.map(({ outcome }) => outcome).toSorted()).toEqual(['busy', 'completed']);
    expect(await idsNow()).toEqual(adminIds);
  });

  test('a revoked admin’s go with the members’', async () => {
    await put('revoked', sessionOf('admin', { user: 'rita', created_at: BEFORE }));
    await bench.command({ type: 'revoke', principal: 'rita' }, BOB);
    await bench.purge();
    expect(await idsNow()).toEqual(adminIds);
  });

  test('with Redis stopped in the middle, and back', async () => {
    let batches = 0;
    meanwhile = async (call) => {
      batches += call === 'endUnchanged' ? 1 : 0;
      if (batches === 20) await servers.stop();
    };
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    expect(await bench.receipts()).toEqual([]);
    meanwhile = () => {};
    expect(await bench.purge()).toMatchObject({ outcome: 'failed' });
    await servers.startAgain();
    await bench.purgeUntil('completed', 5000);
    expect(await idsNow()).toEqual(adminIds);
  });
});
