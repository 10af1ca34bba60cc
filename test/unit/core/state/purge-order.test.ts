import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { SessionFacts } from '../../../../core/identity/session.ts';
import { isClosedToMembers, sessionVerdict } from '../../../../core/purge/verdict.ts';
import { mergeOrders } from '../../../../core/state/purge-order.ts';
import type { Maintenance, PurgeOrder } from '../../../../core/state/state.ts';
import { sessionFacts as facts, instant, purgeOrder as order } from '../../../support/arbitraries.ts';
import {
  deepFreeze,
  emergency,
  NOW,
  normalMaintenance,
  purgeOrder,
  sessionFacts,
  stateWith,
  testRun,
} from '../../../support/examples.ts';

const everybody = purgeOrder({ scope: 'everybody', spared: 'alice' });
const admin = sessionFacts({ role: 'admin', roleName: 'admin', user: 'alice' });
const young = NOW + 1;

/** A minute after the order, with a state that was read a second ago. */
const OPEN = { isClosed: false, asOf: NOW + 59_000, now: NOW + 60_000 };
const CLOSED = { ...OPEN, isClosed: true };
const ofMaintenance = purgeOrder({ maintenanceId: 'm-1' });

describe('under an order', () => {
  test.each<[string, Partial<SessionFacts>, PurgeOrder, 'end' | 'keep']>([
    ["a member's session ends", {}, purgeOrder(), 'end'],
    ["a worker's session ends", { role: 'worker' }, purgeOrder(), 'end'],
    ["an admin's session stays", { role: 'admin' }, purgeOrder(), 'keep'],
    ['one that cannot be read ends', { readable: false, roleName: null, user: null }, purgeOrder(), 'end'],
    ["another admin's session ends with everybody's", { ...admin, user: 'bob' }, everybody, 'end'],
    ["the asking admin's session stays", admin, everybody, 'keep'],
    ["the asking admin's session as a member ends", { user: 'alice' }, everybody, 'end'],
    ['an admin of no name is not spared', { ...admin, user: null }, everybody, 'end'],
    [
      'an admin of no name is nobody who asked',
      { ...admin, user: null },
      { ...everybody, spared: null },
      'end',
    ],
    ['who is named loses their session', {}, purgeOrder({ scope: 'named', users: ['mia'] }), 'end'],
    ['nobody else does', { user: 'walt' }, purgeOrder({ scope: 'named', users: ['mia'] }), 'keep'],
    ['nobody of no name does', { user: null }, purgeOrder({ scope: 'named', users: ['mia'] }), 'keep'],
    ['a named admin does', admin, purgeOrder({ users: ['alice'] }), 'end'],
    ['even who asked, when named', admin, { ...everybody, users: ['alice'] }, 'end'],
  ])('%s', (_what, changes, given, verdict) => {
    const session = sessionFacts(changes);
    expect(sessionVerdict(session, given, OPEN)).toBe(verdict);
    expect(sessionVerdict(session, given, CLOSED)).toBe(verdict);
  });

  test.each<[string, number | null, PurgeOrder, { whileClosed: string; after: string }]>([
    ['begun before it', NOW - 1, ofMaintenance, { whileClosed: 'end', after: 'end' }],
    ['begun with it', NOW, ofMaintenance, { whileClosed: 'end', after: 'end' }],
    ['begun after it', young, ofMaintenance, { whileClosed: 'end', after: 'keep' }],
    ['begun since the state was read', OPEN.asOf + 1, ofMaintenance, { whileClosed: 'keep', after: 'keep' }],
    ['that begins tomorrow', NOW + 86_400_000, ofMaintenance, { whileClosed: 'end', after: 'keep' }],
    ['of unknown age', null, ofMaintenance, { whileClosed: 'end', after: 'keep' }],
    ['of unknown age, which somebody asked for', null, purgeOrder(), { whileClosed: 'end', after: 'end' }],
    ['begun after somebody asked', young, purgeOrder(), { whileClosed: 'end', after: 'keep' }],
    [
      'of somebody named, begun after it',
      young,
      purgeOrder({ users: ['mia'] }),
      { whileClosed: 'end', after: 'end' },
    ],
  ])("while maintenance lasts and after it, a member's session %s", (_what, createdAt, given, expected) => {
    const session = sessionFacts({ createdAt });
    expect({
      whileClosed: sessionVerdict(session, given, CLOSED),
      after: sessionVerdict(session, given, OPEN),
    }).toEqual(expected);
  });

  test("an admin's session begun after an order for everybody stays, maintenance or not", () => {
    const session = { ...admin, user: 'bob', createdAt: young };
    expect([CLOSED, OPEN].map((when) => sessionVerdict(session, everybody, when))).toEqual(['keep', 'keep']);
  });

  test.each([
    ['of unknown age', null],
    ['that begins tomorrow', NOW + 86_400_000],
  ])(
    'one for everybody was asked for, given during maintenance too: a session %s goes',
    (_what, createdAt) => {
      const given = purgeOrder({ ...everybody, maintenanceId: 'm-1' });
      for (const role of ['admin', 'member'] as const) {
        const session = sessionFacts({ role, user: 'bob', createdAt });
        expect([CLOSED, OPEN].map((when) => sessionVerdict(session, given, when))).toEqual(['end', 'end']);
      }
      expect(sessionVerdict({ ...admin, user: 'alice', createdAt }, given, CLOSED)).toBe('keep');
    },
  );
});

describe('closed to members', () => {
  test.each<[string, Maintenance | null, number | null, boolean]>([
    ['without maintenance', null, NOW, false],
    ['in a test run', testRun(), NOW, false],
    ['in a maintenance that ended sessions', normalMaintenance(), NOW, true],
    ['in one that left them alone', normalMaintenance(), NOW - 1, false],
    ['in the first one of all, that left them alone', normalMaintenance(), null, false],
    ['in an emergency', emergency(), NOW, true],
    [
      'in a maintenance that the clock has ended',
      normalMaintenance({ endsAt: NOW, autoEnd: true }),
      NOW,
      false,
    ],
  ])('%s: %s', (_when, maintenance, sessionsInvalidBefore, expected) => {
    expect(isClosedToMembers({ ...stateWith(maintenance), sessionsInvalidBefore }, NOW)).toBe(expected);
  });
});

describe('two orders in one', () => {
  const circumstances = fc.record({ isClosed: fc.boolean(), asOf: instant, now: instant });

  test('end every session that either would, under the id of the newer', () => {
    fc.assert(
      fc.property(order, order, facts, circumstances, (standing, given, session, when) => {
        const merged = mergeOrders(deepFreeze(standing), deepFreeze(given));
        const verdicts = [standing, given].map((one) => sessionVerdict(session, one, when));
        if (verdicts.includes('end')) expect(sessionVerdict(session, merged, when)).toBe('end');
        expect(merged.id).toBe(given.id);
      }),
      { numRuns: 2000 },
    );
  });

  test("end no admin's session that neither reaches", () => {
    fc.assert(
      fc.property(order, order, facts, circumstances, (standing, given, session, when) => {
        fc.pre(session.role === 'admin');
        const reaches = ({ scope, users, spared }: PurgeOrder) =>
          users.includes(session.user ?? '') ||
          (scope === 'everybody' && (spared === null || spared !== session.user));
        if (sessionVerdict(session, mergeOrders(standing, given), when) === 'end') {
          expect([standing, given].some(reaches)).toBe(true);
        }
      }),
      { numRuns: 2000 },
    );
  });

  test('are the same whichever way three are put together, but for the names', () => {
    fc.assert(
      fc.property(order, order, order, (one, two, three) => {
        const left = mergeOrders(mergeOrders(one, two), three);
        const right = mergeOrders(one, mergeOrders(two, three));
        expect({ ...left, users: left.users.toSorted() }).toEqual({
          ...right,
          users: right.users.toSorted(),
        });
      }),
    );
  });

  test('are one where none stood', () => {
    expect(mergeOrders(undefined, everybody)).toEqual(everybody);
  });

  test.each<[string, Partial<PurgeOrder>, Partial<PurgeOrder>, string | null]>([
    ['both by the same', everybody, everybody, 'alice'],
    ['by two admins', everybody, { ...everybody, spared: 'bob' }, null],
    ['everybody, then members', everybody, { scope: 'members' }, 'alice'],
    ['members, then everybody', { scope: 'members' }, everybody, 'alice'],
  ])('spare whom no order reaches: %s', (_what, standing, given, spared) => {
    expect(mergeOrders(purgeOrder(standing), purgeOrder(given)).spared).toBe(spared);
  });
});
