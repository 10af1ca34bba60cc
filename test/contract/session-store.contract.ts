import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ScanPosition, SeenSession, SessionStore } from '../../core/sessions/session-store.ts';
import { NO_TEXT } from '../support/memory-session-store.ts';
import { sessionOf } from '../support/sessions.ts';

/** A store, and the application whose sessions it has. */
export interface Subject {
  readonly store: SessionStore;
  put(id: string, value: string | typeof NO_TEXT, expiresIn?: number): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Ids that some place or other could give a meaning. */
const HOSTILE_IDS = [
  '',
  '*',
  '?',
  '[a-z]*',
  '\\',
  '\\*',
  'a b',
  'line\nbreak\r\n',
  '\0',
  'a\0b',
  '../../etc/passwd',
  '{slot}',
  '{}x',
  '"; redis.call("FLUSHALL") --',
  '*1\r\n$8\r\nFLUSHALL\r\n',
  '__proto__',
  'constructor',
  'é漢😀',
  '\u2028',
  ':session:',
  'vedfolnir:session:x',
  'x'.repeat(10_000),
] as const;

/** Values, and whether they can be read. */
const VALUES: readonly (readonly [string, string | typeof NO_TEXT, boolean])[] = [
  ['an object', sessionOf('member'), true],
  ['an object without a role', '{}', true],
  ['nothing', '', false],
  ['no JSON', '{"role": "admin"', false],
  ['an array', '["admin"]', false],
  ['null', 'null', false],
  ['no text', NO_TEXT, false],
  ['a megabyte', sessionOf('admin', { padding: 'x'.repeat(1_000_000) }), true],
];

/** What every store of sessions must do. `create` gives one with no session, among keys of others. */
export function sessionStoreContract(name: string, create: () => Promise<Subject>): void {
  describe(`The session store ${name}`, () => {
    test('knows of nothing at first', async () => {
      const { store } = await create();
      expect(await scanAll(store)).toEqual([]);
      expect(await store.find('nobody')).toBeNull();
      expect(await store.expiresIn('nobody')).toBeNull();
      expect(await store.endUnchanged([])).toBe(0);
      expect(await store.endUnchanged([{ id: 'nobody', digest: 'x' }])).toBe(0);
    });

    test('tells of a session by its id', async () => {
      const { store, put } = await create();
      await put('a', sessionOf('admin'), 60_000);
      await put('b', sessionOf('member'));
      expect(await store.find('a')).toEqual({
        readable: true,
        role: 'admin',
        roleName: 'admin',
        rolePointer: '/role',
        user: 'admin-1',
        createdAt: Date.UTC(2026, 0, 15, 9),
      });
      expect(await store.find('b')).toMatchObject({ role: 'member' });
      expect(await store.find('A')).toBeNull();
      const left = await store.expiresIn('a');
      expect(left).toBeGreaterThan(50_000);
      expect(left).toBeLessThanOrEqual(60_000);
      expect(await store.expiresIn('b')).toBeNull();
    });

    test.each(VALUES)('sees a session that is %s, and can end it', async (_, value, readable) => {
      const { store, put } = await create();
      await put('a', value);
      expect(await store.find('a')).toMatchObject({ readable });
      const seen = await scanAll(store);
      expect(seen).toMatchObject([{ id: 'a', facts: { readable } }]);
      expect(await store.endUnchanged(seen)).toBe(1);
      expect(await store.find('a')).toBeNull();
      expect(await scanAll(store)).toEqual([]);
    });

    test.each(HOSTILE_IDS.map((id) => [JSON.stringify(id).slice(0, 60), id]))(
      'takes %s for an id and nothing else',
      async (_, id) => {
        const { store, put } = await create();
        const bystanders = ['a', 'ab', 'abc', 'x'];
        for (const bystander of bystanders) await put(bystander, sessionOf('admin'));
        await put(id, sessionOf('member'));
        expect(await store.find(id)).toMatchObject({ role: 'member' });
        const seen = (await scanAll(store)).filter((session) => session.id === id);
        expect(seen).toHaveLength(1);
        expect(await store.endUnchanged(seen)).toBe(1);
        expect((await scanAll(store)).map((session) => session.id).sort()).toEqual(bystanders);
      },
    );

    test.each([
      ['turns admin', sessionOf('member'), sessionOf('admin')],
      ['changes in a single letter', sessionOf('users'), sessionOf('usera')],
      ['becomes a text', NO_TEXT, sessionOf('admin')],
      ['is a text no more', sessionOf('member'), NO_TEXT],
    ] as const)('lets a session live that %s after it was seen', async (_, before, after) => {
      const { store, put, delete: remove } = await create();
      await put('a', before);
      await put('b', before);
      const seen = await scanAll(store);
      await remove('a');
      await put('a', after);
      expect(await store.endUnchanged(seen)).toBe(1);
      expect((await scanAll(store)).map(({ id }) => id)).toEqual(['a']);
    });

    test('does not count what has gone, and does not bring it back', async () => {
      const { store, put, delete: remove } = await create();
      for (const id of ['a', 'b', 'c']) await put(id, sessionOf('member'));
      const seen = await scanAll(store);
      await remove('b');
      expect(await store.endUnchanged(seen)).toBe(2);
      expect(await store.endUnchanged(seen)).toBe(0);
      expect(await scanAll(store)).toEqual([]);
    });

    test('a scan can be left at any point and taken up by another instance', async () => {
      const { store, put } = await create();
      const ids = Array.from({ length: 500 }, (_, n) => `s-${n}`);
      for (const id of ids) await put(id, sessionOf('member'));
      const seen = new Set<string>();
      let position: ScanPosition | null = null;
      do {
        const step = await store.scan(position, 20);
        for (const { id } of step.sessions) seen.add(id);
        expect(step.passed).toBeGreaterThanOrEqual(0);
        position = step.next === null ? null : JSON.parse(JSON.stringify(step.next));
      } while (position !== null);
      expect([...seen].sort()).toEqual([...ids].sort());
      expect(await store.size()).toBeGreaterThanOrEqual(500);
    });

    test('a scan sees all that stays, whatever comes and goes meanwhile', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ add: fc.nat(200), drop: fc.nat(200) }), { maxLength: 20 }),
          fc.integer({ min: 1, max: 60 }),
          async (changes, size) => {
            const { store, put, delete: remove } = await create();
            const staying = Array.from({ length: 60 }, (_, n) => `stays-${n}`);
            for (const id of staying) await put(id, sessionOf('member'));
            for (let n = 0; n < 60; n += 1) await put(`goes-${n}`, sessionOf('member'));
            const seen = new Set<string>();
            let position: ScanPosition | null = null;
            do {
              const step = await store.scan(position, size);
              for (const { id } of step.sessions) seen.add(id);
              const change = changes.pop();
              if (change !== undefined) {
                await put(`comes-${change.add}`, sessionOf('member'));
                await remove(`goes-${change.drop % 60}`);
              }
              position = step.next;
            } while (position !== null);
            expect(staying.filter((id) => !seen.has(id))).toEqual([]);
          },
        ),
        { numRuns: 8 },
      );
    });

    test('what is no position begins a scan', async () => {
      const { store, put } = await create();
      await put('a', sessionOf('member'));
      for (const position of [
        {},
        { cursor: 'x', server: '*', done: 7 },
        { server: 'gone', cursor: '5', done: [] },
      ]) {
        expect((await scanAll(store, position)).map(({ id }) => id)).toEqual(['a']);
      }
    });
  });
}

/** Every session of a scan, each once. */
export async function scanAll(
  store: SessionStore,
  from: ScanPosition | null = null,
  size = 100,
): Promise<SeenSession[]> {
  const seen = new Map<string, SeenSession>();
  let position = from;
  do {
    const step = await store.scan(position, size);
    for (const session of step.sessions) seen.set(session.id, session);
    position = step.next;
  } while (position !== null);
  return [...seen.values()];
}
