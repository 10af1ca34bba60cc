import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type SessionStatistics, sessionStatisticsAnswer } from '../../../../core/sessions/schemas.ts';
import { apportioned, sessionStatistics } from '../../../../core/sessions/statistics.ts';
import { NOW } from '../../../support/examples.ts';
import { MemorySessionStore } from '../../../support/memory-session-store.ts';
import { factsWith, POLICY, sessionOf } from '../../../support/sessions.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const begun = (createdAt: number) => ({ created_at: createdAt });
const anySession: fc.Arbitrary<string> = fc.oneof(
  fc.constant('no JSON'),
  fc
    .tuple(
      fc.constantFrom('admin', 'worker', 'member', 'guest'),
      fc.integer({ min: NOW - 10 * DAY, max: NOW + HOUR }),
    )
    .map(([role, createdAt]) => sessionOf(role, begun(createdAt))),
  fc.constant(JSON.stringify({ user: 'mia' })),
);

function storeOf(sessions: readonly string[], others = 0): MemorySessionStore {
  const store = new MemorySessionStore(POLICY, { others });
  for (const [index, session] of sessions.entries()) store.put(`s-${index}`, session);
  return store;
}

/** A clock on which each step of the scan takes so long. */
function clockOf(store: MemorySessionStore, msPerStep: number): () => number {
  let time = NOW;
  store.before = () => {
    time += msPerStep;
  };
  return () => time;
}

const sum = (counts: object) => Object.values(counts).reduce((before, count) => before + count, 0);

function expectToAddUp(found: SessionStatistics): void {
  expect(sum(found.by_role)).toBe(found.total);
  expect(sum(found.by_age)).toBe(found.total);
  expect(found.unreadable + found.without_role).toBeLessThanOrEqual(found.by_role.member);
  expect(sessionStatisticsAnswer.safeParse(found).error?.issues).toBeUndefined();
}

test('counts by role and age, and what is unreadable or names no role as members', async () => {
  const sessions = [
    sessionOf('Admin', begun(NOW - HOUR + 1)),
    sessionOf('worker', begun(NOW - HOUR)),
    sessionOf('member', begun(NOW - DAY)),
    sessionOf('guest', begun(NOW - 7 * DAY)),
    sessionOf('member', begun(NOW + HOUR)),
    JSON.stringify({ user: 'mia', ...begun(NOW - DAY + 1) }),
    'no JSON',
  ];
  const store = storeOf(sessions, 100);
  expect(await sessionStatistics(store, () => NOW)).toEqual({
    total: 7,
    by_role: { admin: 1, worker: 1, member: 5 },
    by_age: { under_1h: 2, under_1d: 2, under_7d: 1, older: 1, unknown: 1 },
    unreadable: 1,
    without_role: 1,
    exact: true,
    sampled: 7,
    coverage: 1,
    as_of: '2026-01-15T10:00:00Z',
  });
});

test('an empty store has no sessions, exactly', async () => {
  expect(await sessionStatistics(storeOf([]), () => NOW)).toMatchObject({
    total: 0,
    exact: true,
    sampled: 0,
  });
});

test('a session that the scan meets twice counts once', async () => {
  const session = { id: 's-1', facts: factsWith(), digest: '' };
  const twice = { sessions: [session, session], passed: 2 };
  const found = await sessionStatistics(
    {
      scan: async (position) => ({ ...twice, next: position === null ? { at: 1 } : null }),
      size: async () => 1,
    },
    () => NOW,
  );
  expect(found).toMatchObject({ total: 1, sampled: 1, exact: true });
});

test('whatever the sessions are, the numbers add up, and are exact where the scan came to its end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anySession, { maxLength: 200 }),
      fc.nat(1000),
      fc.integer({ min: 1, max: 1000 }),
      async (sessions, otherKeys, msPerStep) => {
        const store = storeOf(sessions, otherKeys);
        const found = await sessionStatistics(store, clockOf(store, msPerStep));
        expectToAddUp(found);
        if (msPerStep < 500) expect(found.exact).toBe(true);
        if (found.exact) expect([found.total, found.sampled]).toEqual([sessions.length, sessions.length]);
        else expect(found.total).toBeGreaterThanOrEqual(found.sampled);
      },
    ),
  );
});

describe('where time runs out', () => {
  const many = Array.from({ length: 8000 }, (_, index) =>
    index % 10 === 0 ? sessionOf('admin', begun(NOW)) : sessionOf('member', begun(NOW - 2 * DAY)),
  );

  test.each([
    ['a quarter', 100, 0.25],
    ['half', 50, 0.5],
  ])('%s of the store tells about the whole', async (_, msPerStep, coverage) => {
    const store = storeOf(many, 8000);
    const found = await sessionStatistics(store, clockOf(store, msPerStep));
    expectToAddUp(found);
    expect(found).toMatchObject({ exact: false, sampled: expect.any(Number) });
    expect(found.coverage).toBeCloseTo(coverage, 1);
    expect(found.sampled).toBeLessThan(8000);
    expect(Math.abs(found.total / 8000 - 1)).toBeLessThan(0.1);
    expect(Math.abs(found.by_role.admin / 800 - 1)).toBeLessThan(0.3);
    expect(Math.abs(found.by_age.under_7d / 7200 - 1)).toBeLessThan(0.1);
  });

  test('a step that passed nothing yet is not the last', async () => {
    const session = { id: 's-1', facts: factsWith(), digest: '' };
    let time = NOW;
    const found = await sessionStatistics(
      {
        scan: async (position) => {
          time += 5000;
          if (position === null) return { sessions: [], next: { at: 1 }, passed: 0 };
          return { sessions: [session], next: { at: 2 }, passed: 10 };
        },
        size: async () => 100,
      },
      () => time,
    );
    expect(found).toMatchObject({ sampled: 1, total: 10, exact: false, coverage: 0.1 });
  });
});

test('a part that is scaled to a whole adds up to it, and no count is off by more than one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1e6), { minLength: 1, maxLength: 6 }), fc.nat(1e9), (values, total) => {
      const counts = Object.fromEntries(values.map((value, index) => [`k${index}`, value]));
      const before = sum(counts);
      const scaled = apportioned(counts, total);
      if (before === 0) return expect(scaled).toEqual(counts);
      expect(sum(scaled)).toBe(total);
      for (const [name, value] of Object.entries(counts)) {
        expect(Math.abs((scaled[name] ?? 0) - (value * total) / before)).toBeLessThan(1.001);
      }
    }),
  );
});
