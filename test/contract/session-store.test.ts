import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Cluster } from 'ioredis';
import { slotOf } from '../../adapters/redis/key-slot.ts';
import { bytesOf } from '../../adapters/redis/key-text.ts';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import { MemorySessionStore, NO_TEXT } from '../support/memory-session-store.ts';
import { RedisServers } from '../support/redis-server.ts';
import { POLICY, sessionOf } from '../support/sessions.ts';
import { type Subject, scanAll, sessionStoreContract } from './session-store.contract.ts';

sessionStoreContract('in memory', async () => {
  const store = new MemorySessionStore(POLICY, { others: 100 });
  return {
    store,
    put: async (id, value, expiresIn) => store.put(id, value, expiresIn),
    delete: async (id) => store.delete(id),
  };
});

/** Keys of others, some of which a careless pattern would take for sessions. */
const OTHERS = [
  'vedfolnir:session',
  'vedfolnir:sessions:1',
  'vedfolnir-session:1',
  'xvedfolnir:session:1',
  'VEDFOLNIR:SESSION:1',
  ...Array.from({ length: 100 }, (_, n) => `cache:${n}`),
];

describe.each([
  ['a cluster of one server', 1],
  ['a cluster of two servers', 2],
  ['a server that is no cluster', 0],
])('on %s', (name, masters) => {
  let servers: RedisServers;
  let redis: RedisConnection;

  beforeAll(async () => {
    servers = await RedisServers.start({ masters });
    redis = new RedisConnection(servers.settings);
  });
  afterAll(async () => {
    redis.close();
    await servers.close();
  });

  const keyOf = (id: string): Buffer => Buffer.concat([Buffer.from(POLICY.prefix), bytesOf(id)]);
  const nodes = () => (servers.client instanceof Cluster ? servers.client.nodes('master') : [servers.client]);

  const empty = async (): Promise<Subject> => {
    await Promise.all(nodes().map((node) => node.flushall()));
    await Promise.all(OTHERS.map((key) => servers.client.set(key, sessionOf('member'))));
    return {
      store: new RedisSessionStore(redis, POLICY),
      async put(id, value, expiresIn) {
        const key = keyOf(id);
        if (value === NO_TEXT)
          await servers.client.del(key).then(() => servers.client.hset(key, 'role', 'admin'));
        else if (expiresIn === undefined) await servers.client.set(key, value);
        else await servers.client.set(key, value, 'PX', expiresIn);
      },
      async delete(id) {
        await servers.client.del(keyOf(id));
      },
    };
  };

  sessionStoreContract(`in Redis, ${name}`, empty);

  test('never touches the keys of others', async () => {
    const { store, put } = await empty();
    for (let n = 0; n < 50; n += 1) await put(`s-${n}`, sessionOf('member'));
    expect(await store.size()).toBe(OTHERS.length + 50);
    const seen = await scanAll(store);
    expect(seen).toHaveLength(50);
    expect(await store.endUnchanged(seen)).toBe(50);
    expect(await store.size()).toBe(OTHERS.length);
    for (const key of OTHERS) expect(await servers.client.exists(key)).toBe(1);
  });

  test('takes a prefix that reads like a pattern for a text', async () => {
    await empty();
    const prefix = 'a[b-z]*\\?:';
    const store = new RedisSessionStore(redis, { ...POLICY, prefix });
    await servers.client.set(`${prefix}1`, sessionOf('member'));
    for (const other of ['ac1:1', 'ab\\x:1', 'ac:1', 'a[b-z]x?:1']) await servers.client.set(other, 'x');
    expect((await scanAll(store)).map(({ id }) => id)).toEqual(['1']);
  });

  test('finds and ends sessions whose ids are no UTF-8, and those of half a megabyte', async () => {
    const { store } = await empty();
    const ids = [
      Buffer.from([0xff, 0xfe, 0x00, 0x80]),
      Buffer.from([0xc3]),
      Buffer.from([0xed, 0xa0, 0x80]),
      Buffer.from([0x61, 0xf0, 0x9f, 0x98, 0x80, 0xf0, 0x9f]),
      Buffer.alloc(512 * 1024, 'k'),
    ];
    for (const id of ids) {
      await servers.client.set(Buffer.concat([Buffer.from(POLICY.prefix), id]), sessionOf('member'));
    }
    const seen = await scanAll(store);
    expect(seen).toHaveLength(ids.length);
    for (const { id } of seen) expect(await store.find(id)).toMatchObject({ role: 'member' });
    expect(await store.endUnchanged(seen)).toBe(ids.length);
    expect(await scanAll(store)).toEqual([]);
  });

  test('reads a long session whole, and takes one of more than 4 MiB for unreadable', async () => {
    const { store, put } = await empty();
    const limit = 4 * 1024 * 1024;
    const rest = sessionOf('admin', { padding: '' }).length;
    const longest = sessionOf('admin', { padding: 'x'.repeat(limit - rest) });
    expect(longest).toHaveLength(limit);
    await put('longest', longest);
    await put('longer', `${longest} `);
    expect(await store.find('longest')).toMatchObject({ role: 'admin' });
    expect(await store.find('longer')).toMatchObject({ readable: false, role: 'member' });
    const seen = await scanAll(store);
    await put('longer', sessionOf('admin'));
    expect(await store.endUnchanged(seen.filter(({ id }) => id === 'longer'))).toBe(0);
    await put('longer', `${longest}  `);
    expect(await store.endUnchanged(seen)).toBe(2);
  });

  test('ends sessions although the server has forgotten the script', async () => {
    const { store, put } = await empty();
    for (let round = 0; round < 2; round += 1) {
      for (let n = 0; n < 20; n += 1) await put(`s-${n}`, sessionOf('member'));
      await Promise.all(nodes().map((node) => node.script('FLUSH')));
      expect(await store.endUnchanged(await scanAll(store))).toBe(20);
    }
  });

  test('a key is looked for where Redis has it', async () => {
    if (masters === 0) return;
    const [node] = nodes();
    const key = fc
      .array(fc.constantFrom('{', '}', 'a', 'b', '\0', 'é', '\udcff'), { maxLength: 12 })
      .map((parts) => bytesOf(parts.join('')));
    await fc.assert(
      fc.asyncProperty(key, async (bytes) => {
        expect(await node?.call('CLUSTER', 'KEYSLOT', bytes)).toBe(slotOf(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ['find', 'ping cluster|slots getrange exists'],
    [
      'scan and end',
      'ping cluster|slots info scan getrange exists pttl dbsize eval evalsha get strlen unlink',
    ],
  ])('takes these permissions to %s sessions: %s', async (what, commands) => {
    const { put } = await empty();
    for (let n = 0; n < 20; n += 1) await put(`s-${n}`, sessionOf('member'));
    const allowed = commands.split(' ').map((command) => `+${command}`);
    await Promise.all(
      nodes().map((node) =>
        node.acl('SETUSER', 'limited', 'reset', 'on', '>p', `~${POLICY.prefix}*`, '-@all', ...allowed),
      ),
    );
    const limited = new RedisConnection({
      ...servers.settings,
      auth: { type: 'password', user: 'limited', password: 'p' },
    });
    try {
      const store = new RedisSessionStore(limited, POLICY);
      expect(await store.find('s-1')).toMatchObject({ role: 'member' });
      expect(await store.find('nobody')).toBeNull();
      if (what === 'find') return;
      expect(await store.expiresIn('s-1')).toBeNull();
      expect(await store.size()).toBe(OTHERS.length + 20);
      expect(await store.endUnchanged(await scanAll(store))).toBe(20);
    } finally {
      limited.close();
    }
  });

  test('says that it is unavailable when a server refuses a command', async () => {
    const { store, put } = await empty();
    await put('a', sessionOf('member'));
    const seen = await scanAll(store);
    const refused = ['getrange', 'scan', 'eval', 'pttl', 'dbsize'];
    await Promise.all(
      nodes().map((node) => node.acl('SETUSER', 'default', ...refused.map((name) => `-${name}`))),
    );
    try {
      for (const call of [
        () => store.find('a'),
        () => store.scan(null, 10),
        () => store.endUnchanged(seen),
      ]) {
        await expect(call()).rejects.toThrow(SessionStoreUnavailableError);
      }
    } finally {
      await Promise.all(nodes().map((node) => node.acl('SETUSER', 'default', '+@all')));
    }
  });
});

describe('A scan in Redis', () => {
  test('that was under way when the server was started again sees all sessions all the same', async () => {
    const servers = await RedisServers.start({ masters: 1, persistent: true });
    const redis = new RedisConnection(servers.settings);
    try {
      const ids = Array.from({ length: 300 }, (_, n) => `s-${n}`);
      for (const id of ids) await servers.client.set(`${POLICY.prefix}${id}`, sessionOf('member'));
      const store = new RedisSessionStore(redis, POLICY);
      const first = await store.scan(null, 100);
      await servers.stop();
      await expect(store.scan(first.next, 100)).rejects.toThrow(SessionStoreUnavailableError);
      await servers.startAgain();
      const after = await scanAll(store, first.next, 50);
      expect(after.map(({ id }) => id).sort()).toEqual([...ids].sort());
    } finally {
      redis.close();
      await servers.close();
    }
  });
});
