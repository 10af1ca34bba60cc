import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Cluster } from 'ioredis';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { parse } from '../../core/http/check.ts';
import { sessionsPage } from '../../core/sessions/page.ts';
import { type SessionsPage, sessionsQuery } from '../../core/sessions/schemas.ts';
import { sessionStatistics } from '../../core/sessions/statistics.ts';
import { RedisServers } from '../support/redis-server.ts';
import { POLICY, sessionOf } from '../support/sessions.ts';

const SESSIONS = 600;
const ADMINS = 6;
const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const idOf = (n: number) => `session-number-${n}`;

describe.each([
  ['a cluster of one server', 1],
  ['a cluster of two servers', 2],
])('on %s', (_, masters) => {
  let servers: RedisServers;
  let redis: RedisConnection;
  let store: RedisSessionStore;

  beforeAll(async () => {
    servers = await RedisServers.start({ masters });
    redis = new RedisConnection(servers.settings);
    store = new RedisSessionStore(redis, POLICY);
    await fill();
  });
  afterAll(async () => {
    redis.close();
    await servers.close();
  });

  async function fill(): Promise<void> {
    const nodes = servers.client instanceof Cluster ? servers.client.nodes('master') : [servers.client];
    await Promise.all(nodes.map((node) => node.flushall()));
    await Promise.all(
      Array.from({ length: SESSIONS }, async (_, n) => {
        const role = n < ADMINS ? 'admin' : 'member';
        await servers.client.set(`${POLICY.prefix}${idOf(n)}`, sessionOf(role, { user: idOf(n) }));
        await servers.client.set(`cache:${n}`, sessionOf(role));
      }),
    );
  }

  async function pagesOf(query: Record<string, string>, between = async () => {}): Promise<SessionsPage[]> {
    const pages: SessionsPage[] = [];
    let cursor: string | null = null;
    do {
      const asked: Record<string, string> = { ...query, ...(cursor === null ? {} : { cursor }) };
      const page: SessionsPage = await sessionsPage(parse(sessionsQuery, asked, 'query'), {
        store,
        fingerprint,
        now: Date.now,
      });
      pages.push(page);
      cursor = page.next_cursor;
      await between();
    } while (cursor !== null);
    return pages;
  }

  const usersOn = (pages: readonly SessionsPage[]) =>
    pages.flatMap(({ items }) => items.map(({ user }) => user));

  test.each(['1', '7', '100'])(
    'every session is on a page of %s, hardly any on two, and all pages but the last are full',
    async (limit) => {
      const pages = await pagesOf({ limit });
      const users = usersOn(pages);
      expect([...new Set(users)].sort()).toEqual(Array.from({ length: SESSIONS }, (_, n) => idOf(n)).sort());
      // Redis may still be moving its keys to a larger table, and then gives some of them twice.
      expect(users.length).toBeLessThan(SESSIONS * 1.1);
      for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(Number(limit));
    },
  );

  test('one role can be looked for among all', async () => {
    const found = new Set(usersOn(await pagesOf({ role: 'admin', limit: '4' })));
    expect([...found].sort()).toEqual(Array.from({ length: ADMINS }, (_, n) => idOf(n)).sort());
  });

  test('all are counted', async () => {
    expect(await sessionStatistics(store, Date.now)).toMatchObject({
      total: SESSIONS,
      by_role: { admin: ADMINS, worker: 0, member: SESSIONS - ADMINS },
      exact: true,
      coverage: 1,
    });
  });

  test('a part of them tells about the whole', async () => {
    let time = 0;
    const { exact, total, coverage } = await sessionStatistics(store, () => {
      time += 10;
      return time;
    });
    expect(exact).toBe(false);
    expect(coverage).toBeLessThan(0.6);
    expect(Math.abs(total / SESSIONS - 1)).toBeLessThan(0.5);
  });

  test('those that stay are on a page while others are deleted between the pages', async () => {
    let gone = 1;
    const pages = await pagesOf({ limit: '5' }, async () => {
      await servers.client.unlink(`${POLICY.prefix}${idOf(gone)}`);
      await servers.client.unlink(`${POLICY.prefix}${idOf(gone + 2)}`);
      gone += 4;
    });
    const shown = new Set(usersOn(pages));
    for (let n = 0; n < SESSIONS; n += 2) expect(shown).toContain(idOf(n));
    await fill();
  });
});
