import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parse } from '../../../../core/http/check.ts';
import { encodeOpaque } from '../../../../core/http/cursor.ts';
import { sessionsPage } from '../../../../core/sessions/page.ts';
import { type SessionsPage, sessionsQuery } from '../../../../core/sessions/schemas.ts';
import { NOW } from '../../../support/examples.ts';
import { MemorySessionStore } from '../../../support/memory-session-store.ts';
import { POLICY, sessionOf } from '../../../support/sessions.ts';

const fingerprint = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

function storeOf(count: number): MemorySessionStore {
  const store = new MemorySessionStore(POLICY);
  for (let n = 0; n < count; n += 1) add(store, n);
  return store;
}

/** The user's name is the whole id, of which a list shows a part. */
function add(store: MemorySessionStore, n: number, role = 'member'): void {
  store.put(idOf(n), sessionOf(role, { user: idOf(n) }));
}

const idOf = (n: number) => `s${String(n).padStart(7, '0')}-and-more`;

async function pageOf(store: MemorySessionStore, query: Record<string, string>, now = () => NOW) {
  return sessionsPage(parse(sessionsQuery, query, 'query'), { store, fingerprint, now });
}

/** All pages, with what happens between them. */
async function pagesOf(
  store: MemorySessionStore,
  query: Record<string, string>,
  between: () => void = () => {},
): Promise<SessionsPage[]> {
  const pages: SessionsPage[] = [];
  let cursor: string | null = null;
  do {
    const page: SessionsPage = await pageOf(store, { ...query, ...(cursor === null ? {} : { cursor }) });
    pages.push(page);
    cursor = page.next_cursor;
    between();
  } while (cursor !== null);
  return pages;
}

const usersOn = (pages: readonly SessionsPage[]) =>
  pages.flatMap(({ items }) => items.map(({ user }) => user));

test('every page but the last is full, and every session is on exactly one', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(150), fc.integer({ min: 1, max: 100 }), async (count, limit) => {
      const store = storeOf(count);
      const pages = await pagesOf(store, { limit: String(limit) });
      expect(usersOn(pages).sort()).toEqual(store.ids.sort());
      for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(limit);
    }),
  );
});

test('what stays is on a page, though others come and go between the pages', async () => {
  const change = fc.record({ gone: fc.nat(149), come: fc.nat(1e6) });
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.array(change, { maxLength: 150 }),
      async (limit, changes) => {
        const store = storeOf(150);
        const left = changes.values();
        const pages = await pagesOf(store, { limit: String(limit) }, () => {
          const { value } = left.next();
          if (value === undefined) return;
          // Even ones stay.
          store.delete(idOf(value.gone | 1));
          store.put(`new-${value.come}`, sessionOf('member'));
        });
        const shown = new Set(usersOn(pages));
        for (let n = 0; n < 150; n += 2) expect(shown).toContain(idOf(n));
        for (const { items } of pages.slice(0, -1)) expect(items).toHaveLength(limit);
      },
    ),
  );
});

describe('a page', () => {
  test('has 20 sessions where nothing is said', async () => {
    const { items, next_cursor } = await pageOf(storeOf(50), {});
    expect([items.length, next_cursor]).toEqual([20, expect.stringMatching(/^[\w-]+$/)]);
  });

  test('of one role holds that alone', async () => {
    const store = storeOf(60);
    for (const n of [3, 30, 57]) add(store, n, 'admin');
    expect(usersOn(await pagesOf(store, { role: 'admin', limit: '2' })).sort()).toEqual(
      [3, 30, 57].map(idOf),
    );
    expect(usersOn(await pagesOf(store, { role: 'worker' }))).toEqual([]);
    expect(usersOn(await pagesOf(store, { role: 'member' }))).toHaveLength(57);
  });

  test('that takes too long to fill goes out as it is, and the next goes on', async () => {
    const store = storeOf(150);
    add(store, 7, 'admin');
    let time = NOW;
    store.before = () => {
      time += 1000;
    };
    const first = await pageOf(store, { limit: '5', role: 'admin' }, () => time);
    expect(first.next_cursor).not.toBeNull();
    const rest = await pagesOf(store, { limit: '5', role: 'admin', cursor: first.next_cursor ?? '' });
    expect(usersOn([first, ...rest])).toEqual([idOf(7)]);
  });

  test('of an empty store is empty, and the last', async () => {
    expect(await pageOf(storeOf(0), {})).toEqual({ items: [], next_cursor: null });
  });

  test('and its cursor show no id', async () => {
    const { items, next_cursor } = await pageOf(storeOf(150), { limit: '1' });
    expect(items[0]?.id).toHaveLength(8);
    expect(Buffer.from(next_cursor ?? '', 'base64url').toString()).not.toMatch(/s\d{7}/);
  });
});

describe('is refused with 400 naming the field', () => {
  test.each<[string, Record<string, unknown>]>([
    ['limit', { limit: '0' }],
    ['limit', { limit: '101' }],
    ['limit', { limit: '1e1' }],
    ['limit', { limit: ['1', '2'] }],
    ['role', { role: 'anonymous' }],
    ['role', { role: ['admin', 'member'] }],
    ['cursor', { cursor: '' }],
    ['cursor', { cursor: 'x' }],
    ['cursor', { cursor: '*' }],
    ['cursor', { cursor: encodeOpaque({ before: 7 }) }],
    ['cursor', { cursor: encodeOpaque({ position: 'x', shown: null }) }],
    ['cursor', { cursor: encodeOpaque({ position: {}, shown: null, more: 1 }) }],
    ['cursor', { cursor: 'A'.repeat(5000) }],
    ['match', { match: '*' }],
  ])('%s: %j', async (field, query) => {
    const store = storeOf(3);
    store.before = () => {
      throw new Error('Nothing may be asked of the store.');
    };
    await expect(pageOf(store, query as Record<string, string>)).rejects.toMatchObject({
      status: 400,
      message: expect.stringMatching(new RegExp(`^${field} `)),
    });
  });
});
