import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_STATE_BYTES } from '../../../../adapters/events/seal-event.ts';
import { applyCommand } from '../../../../core/commands/apply-command.ts';
import {
  type Command,
  MAX_DURATION_S,
  MIN_DURATION_S,
  type UpdateCommand,
} from '../../../../core/commands/command.ts';
import type { CommandOutcome } from '../../../../core/commands/outcome.ts';
import { dueEvent } from '../../../../core/events/due-event.ts';
import { CLOCK, type EventDraft } from '../../../../core/events/event.ts';
import {
  INITIAL_STATE,
  isDebugging,
  type Maintenance,
  type NormalMaintenance,
  type Plan,
  type PurgeOrder,
  type State,
} from '../../../../core/state/state.ts';
import { nextState } from '../../../../core/state/transition.ts';
import {
  command as anyCommand,
  state as anyState,
  commandSequence,
  instant,
} from '../../../support/arbitraries.ts';
import {
  ALICE,
  BOB,
  declareEmergency,
  deepFreeze,
  emergency,
  enable,
  NOW,
  normalMaintenance,
  purgeOrder,
  stateWith,
  testRun,
} from '../../../support/examples.ts';

const LATER = NOW + 600_000;
const PLAN: Plan = {
  reason: 'Database upgrade',
  endsAt: NOW + 3_600_000,
  autoEnd: true,
  blockedOperations: ['caption_generation', 'unknown'],
};

/** Bob's command, ten minutes after the examples began. */
function applyLater(state: State, command: Command): CommandOutcome {
  return applyCommand(deepFreeze(state), deepFreeze(command), { actor: BOB, now: LATER, newId: () => 'm-2' });
}

function accepted(applied: CommandOutcome): EventDraft {
  if (applied.outcome !== 'event') throw new Error(`Refused: ${JSON.stringify(applied)}`);
  return applied.draft;
}

function resulting(maintenance: Maintenance | null, command: Command): Maintenance | null {
  return accepted(applyLater(stateWith(maintenance), command)).state.maintenance;
}

function problemsOf(maintenance: Maintenance | null, command: Command) {
  const applied = applyLater(stateWith(maintenance), command);
  return applied.outcome === 'invalid' ? applied.problems : [];
}

describe('the transition table', () => {
  const held: Record<string, Maintenance | null> = {
    inactive: null,
    normal: normalMaintenance(PLAN),
    emergency: emergency(),
    test: testRun(),
  };
  const commands: Record<string, Command> = {
    'enable normal': enable(),
    'enable test': enable({ mode: 'test' }),
    emergency: declareEmergency(),
    deescalate: { type: 'deescalate' },
    disable: { type: 'disable' },
    update: { type: 'update', reason: 'Another reason' },
    'purge sessions': { type: 'purge_sessions', all: false },
    revoke: { type: 'revoke', principal: 'mia' },
    refresh: { type: 'refresh' },
    'log level': { type: 'log_level', level: 'debug', minutes: 15 },
    reset: { type: 'reset', windows: false, rules: false },
  };

  test.each([
    ['inactive', 'enable normal', 'activated', 'normal'],
    ['inactive', 'enable test', 'activated', 'test'],
    ['inactive', 'emergency', 'activated', 'emergency'],
    ['normal', 'emergency', 'escalated', 'emergency'],
    ['normal', 'disable', 'deactivated', null],
    ['normal', 'update', 'updated', 'normal'],
    ['emergency', 'deescalate', 'deescalated', 'normal'],
    ['emergency', 'disable', 'deactivated', null],
    ['emergency', 'update', 'updated', 'emergency'],
    ['test', 'enable normal', 'activated', 'normal'],
    ['test', 'emergency', 'activated', 'emergency'],
    ['test', 'disable', 'deactivated', null],
    ['test', 'update', 'updated', 'test'],
    ['inactive', 'purge sessions', 'sessions_purge_requested', null],
    ['normal', 'purge sessions', 'sessions_purge_requested', 'normal'],
    ['emergency', 'purge sessions', 'sessions_purge_requested', 'emergency'],
    ['test', 'purge sessions', 'sessions_purge_requested', 'test'],
    ['inactive', 'revoke', 'principal_revoked', null],
    ['normal', 'revoke', 'principal_revoked', 'normal'],
    ['emergency', 'revoke', 'principal_revoked', 'emergency'],
    ['test', 'revoke', 'principal_revoked', 'test'],
    ['inactive', 'refresh', 'refreshed', null],
    ['normal', 'refresh', 'refreshed', 'normal'],
    ['emergency', 'refresh', 'refreshed', 'emergency'],
    ['test', 'refresh', 'refreshed', 'test'],
    ['inactive', 'log level', 'log_level_changed', null],
    ['normal', 'log level', 'log_level_changed', 'normal'],
    ['emergency', 'log level', 'log_level_changed', 'emergency'],
    ['test', 'log level', 'log_level_changed', 'test'],
    ['inactive', 'reset', 'reset', null],
    ['normal', 'reset', 'reset', null],
    ['emergency', 'reset', 'reset', null],
    ['test', 'reset', 'reset', null],
  ])('%s, %s: %s → %s', (from, asked, type, mode) => {
    const draft = accepted(applyLater(stateWith(held[from] ?? null), commands[asked] as Command));
    expect(draft).toMatchObject({ type, actor: BOB, at: LATER });
    expect(draft.state.version).toBe(8);
    expect(draft.state.maintenance?.mode ?? null).toBe(mode);
  });

  test.each([
    ['inactive', 'deescalate', 'maintenance_not_active'],
    ['inactive', 'disable', 'maintenance_not_active'],
    ['inactive', 'update', 'maintenance_not_active'],
    ['normal', 'enable normal', 'maintenance_already_active'],
    ['normal', 'enable test', 'maintenance_already_active'],
    ['normal', 'deescalate', 'not_in_emergency'],
    ['emergency', 'enable normal', 'maintenance_already_active'],
    ['emergency', 'enable test', 'maintenance_already_active'],
    ['emergency', 'emergency', 'maintenance_already_active'],
    ['test', 'enable test', 'maintenance_already_active'],
    ['test', 'deescalate', 'not_in_emergency'],
  ])('%s, %s: refused with %s', (from, asked, code) => {
    const applied = applyLater(stateWith(held[from] ?? null), commands[asked] as Command);
    expect(applied).toMatchObject({ outcome: 'conflict', conflict: { code } });
  });

  test('has a row for every state and command', () => {
    const verdicts = Object.values(held).flatMap((maintenance) =>
      Object.values(commands).map((command) => applyLater(stateWith(maintenance), command).outcome),
    );
    expect(verdicts.filter((verdict) => verdict === 'event')).toHaveLength(33);
    expect(verdicts.filter((verdict) => verdict === 'conflict')).toHaveLength(11);
  });
});

describe('a refusal says who holds the maintenance, since when, and what would work', () => {
  test.each([
    [
      normalMaintenance(),
      enable(),
      /normal mode, held by "alice" since 2026-01-15T10:00:00Z/,
      /disable.*PATCH/,
    ],
    [testRun(), enable({ mode: 'test' }), /test mode, held by "alice" since/, /disable/],
    [
      emergency({ declaredBy: 'carol', declaredAt: NOW + 60_000 }),
      declareEmergency(),
      /emergency mode, held by "carol" since 2026-01-15T10:01:00Z/,
      /deescalate.*disable/,
    ],
    [testRun(), { type: 'deescalate' }, /test mode, held by "alice"/, /disable/],
    [null, { type: 'disable' }, /No maintenance is active/, /enable.*emergency/],
  ] as [Maintenance | null, Command, RegExp, RegExp][])('%j, %j', (maintenance, command, message, remedy) => {
    expect(applyLater(stateWith(maintenance), command)).toMatchObject({
      conflict: { message: expect.stringMatching(message), remedy: expect.stringMatching(remedy) },
    });
  });
});

describe('enabling', () => {
  test('starts what was asked for', () => {
    const command = enable({ ...PLAN, endsAt: undefined, duration: 3600, notifyUsers: false });
    expect(resulting(null, command)).toEqual({
      mode: 'normal',
      id: 'm-2',
      startedAt: LATER,
      startedBy: 'bob',
      notifyUsers: false,
      ...PLAN,
      endsAt: LATER + 3_600_000,
    });
  });

  test.each([
    ['duration', { duration: MIN_DURATION_S }, LATER + MIN_DURATION_S * 1000],
    ['duration', { duration: MAX_DURATION_S }, LATER + MAX_DURATION_S * 1000],
    ['ends_at', { endsAt: LATER + MIN_DURATION_S * 1000 }, LATER + MIN_DURATION_S * 1000],
    ['ends_at', { endsAt: LATER + MAX_DURATION_S * 1000 }, LATER + MAX_DURATION_S * 1000],
  ])('%s %j is within its bounds', (_field, end, endsAt) => {
    expect(resulting(null, enable(end))).toMatchObject({ endsAt });
  });

  test.each([
    ['duration', { duration: MIN_DURATION_S - 1 }],
    ['duration', { duration: MAX_DURATION_S + 1 }],
    ['duration', { duration: 0 }],
    ['duration', { duration: -60 }],
    ['duration', { duration: Number.NaN }],
    ['duration', { duration: Number.POSITIVE_INFINITY }],
    ['ends_at', { endsAt: LATER + MIN_DURATION_S * 1000 - 1 }],
    ['ends_at', { endsAt: LATER + MAX_DURATION_S * 1000 + 1 }],
    ['ends_at', { endsAt: LATER - 1 }],
  ])('%s %j is out of bounds', (field, end) => {
    expect(problemsOf(null, enable(end))).toEqual([
      {
        field,
        message: `must put the end ${MIN_DURATION_S} seconds from now at the earliest, and ${MAX_DURATION_S} seconds from now at the latest`,
      },
    ]);
  });

  test('auto_end needs an end', () => {
    expect(problemsOf(null, enable({ autoEnd: true }))).toEqual([
      { field: 'auto_end', message: 'needs an end: give duration or ends_at' },
    ]);
  });

  test('blocked_operations belongs to normal mode', () => {
    expect(problemsOf(null, enable({ mode: 'test', blockedOperations: ['unknown'] }))).toEqual([
      { field: 'blocked_operations', message: 'can only be given in normal mode' },
    ]);
  });

  test('all problems are told at once', () => {
    const command = enable({ mode: 'test', duration: 1, autoEnd: true, blockedOperations: ['unknown'] });
    expect(problemsOf(null, command).map(({ field }) => field)).toEqual(['duration', 'blocked_operations']);
  });
});

describe("members' sessions end", () => {
  test.each([
    ['with normal maintenance', enable(), LATER],
    ['not when the admin spares them', enable({ invalidateSessions: false }), null],
    ['not with a test run', enable({ mode: 'test' }), null],
    ['with an emergency', declareEmergency(), LATER],
  ])('%s', (_when, command, expected) => {
    expect(accepted(applyLater(stateWith(null), command)).state.sessionsInvalidBefore).toBe(expected);
  });

  test.each([
    ['disable', { type: 'disable' }],
    ['deescalate', { type: 'deescalate' }],
    ['update', { type: 'update', reason: 'x' }],
  ] as [string, Command][])('and do not begin again with %s', (_what, command) => {
    const state = { ...stateWith(emergency()), sessionsInvalidBefore: NOW };
    expect(accepted(applyLater(state, command)).state.sessionsInvalidBefore).toBe(NOW);
  });

  test('by an instant that never moves back, though clocks of writers differ', () => {
    const state = { ...stateWith(null), sessionsInvalidBefore: LATER + 5 };
    expect(accepted(applyLater(state, declareEmergency())).state.sessionsInvalidBefore).toBe(LATER + 5);
  });
});

describe('a test run', () => {
  test.each([
    ['enable normal', enable()],
    ['emergency', declareEmergency()],
  ])('is completed by %s, in the same event, and a new maintenance begins', (_what, command) => {
    const draft = accepted(applyLater(stateWith(testRun()), command));
    expect(draft.details).toMatchObject({ completed_test_run: { id: 'm-1', mode: 'test', duration: 600 } });
    expect(draft.state.maintenance).toMatchObject({ id: 'm-2', startedAt: LATER, startedBy: 'bob' });
    expect(draft.maintenanceId).toBe('m-2');
  });

  test('leaves nothing for the emergency to suspend', () => {
    expect(resulting(testRun({ endsAt: NOW + 1e6 }), declareEmergency())).toMatchObject({ suspended: null });
  });

  test('is completed by disable', () => {
    const draft = accepted(applyLater(stateWith(testRun()), { type: 'disable' }));
    expect(draft).toMatchObject({
      maintenanceId: 'm-1',
      details: { id: 'm-1', mode: 'test', duration: 600 },
    });
  });
});

describe('escalation and de-escalation', () => {
  test('an escalation suspends the plan and keeps the identity of the maintenance', () => {
    const command = declareEmergency({ terminateJobs: false, gracePeriod: 5 });
    expect(resulting(normalMaintenance({ ...PLAN, notifyUsers: false }), command)).toEqual({
      mode: 'emergency',
      id: 'm-1',
      startedAt: NOW,
      startedBy: 'alice',
      notifyUsers: false,
      reason: 'Data at risk',
      declaredAt: LATER,
      declaredBy: 'bob',
      terminateJobs: false,
      gracePeriod: 5,
      suspended: PLAN,
    });
  });

  test('de-escalation restores reason, end, auto_end and blocked operations', () => {
    const before = normalMaintenance(PLAN);
    expect(resulting(resulting(before, declareEmergency()), { type: 'deescalate' })).toEqual(before);
  });

  test('de-escalating an emergency that had no maintenance before it gives an open one', () => {
    expect(resulting(emergency(), { type: 'deescalate' })).toEqual({
      mode: 'normal',
      id: 'm-1',
      startedAt: NOW,
      startedBy: 'alice',
      notifyUsers: true,
      reason: 'Data at risk',
      endsAt: null,
      autoEnd: false,
      blockedOperations: null,
    });
  });

  test('de-escalating after the planned end leaves an event due at once, that counts the emergency in', () => {
    const escalated = emergency({ suspended: { ...PLAN, endsAt: NOW + 60_000 } });
    const { state } = accepted(applyLater(stateWith(escalated), { type: 'deescalate' }));
    expect(dueEvent(state, LATER, LATER)).toMatchObject({
      type: 'auto_ended',
      details: { id: 'm-1', mode: 'normal', duration: 600 },
    });
  });

  test('the event says how long the emergency took, and never less than nothing', () => {
    const seconds = (declaredAt: number) =>
      accepted(applyLater(stateWith(emergency({ declaredAt })), { type: 'deescalate' })).details;
    expect(seconds(NOW)).toEqual({ emergency_seconds: 600 });
    expect(seconds(LATER + 4000)).toEqual({ emergency_seconds: 0 });
  });
});

describe('an update changes what is given and keeps the rest', () => {
  test.each([
    [{ reason: 'Taking longer' }, { reason: 'Taking longer' }],
    [{ duration: 7200 }, { endsAt: NOW + 7_200_000 }],
    [{ endsAt: LATER + 1 }, { endsAt: LATER + 1 }],
    [
      { endsAt: null, autoEnd: false },
      { endsAt: null, autoEnd: false },
    ],
    [{ autoEnd: false }, { autoEnd: false }],
    [{ blockedOperations: null }, { blockedOperations: null }],
    [{ blockedOperations: ['unknown'] }, { blockedOperations: ['unknown'] }],
    [{ drainDeadline: 60 }, { drainDeadline: LATER + 60_000 }],
    [{}, {}],
  ] as [Omit<UpdateCommand, 'type'>, Partial<NormalMaintenance>][])('%j', (given, changed) => {
    const before = normalMaintenance(PLAN);
    expect(resulting(before, { type: 'update', ...given })).toEqual({ ...before, ...changed });
  });

  test("the drain's deadline can be moved and taken away, in an emergency for the time after it", () => {
    const held = normalMaintenance({ ...PLAN, drainDeadline: LATER });
    expect(resulting(held, { type: 'update', drainDeadline: null })).toEqual(normalMaintenance(PLAN));
    expect(resulting(emergency(), { type: 'update', drainDeadline: 60 })).toEqual({
      ...emergency(),
      drainDeadline: LATER + 60_000,
    });
  });

  test('the event names what was changed, and the plan as it is now', () => {
    const command: Command = { type: 'update', duration: 7200, endsAt: undefined, blockedOperations: null };
    const before = normalMaintenance(PLAN);
    expect(accepted(applyLater(stateWith(before), command)).details).toEqual({
      changed: ['duration', 'blocked_operations'],
      ends_at: new Date(before.startedAt + 7_200_000).toISOString().replace('.000Z', 'Z'),
      auto_end: PLAN.autoEnd,
      blocked_operations: null,
    });
  });

  test.each([
    ['ends_at', { endsAt: LATER }],
    ['ends_at', { endsAt: LATER - 1 }],
    ['ends_at', { endsAt: LATER + MAX_DURATION_S * 1000 + 1 }],
    ['duration', { duration: 600 }],
    ['duration', { duration: 60 }],
  ])('%s: %j puts the end where it cannot be', (field, given) => {
    expect(problemsOf(normalMaintenance(), { type: 'update', ...given })).toEqual([
      {
        field,
        message: `must put the end in the future, and ${MAX_DURATION_S} seconds from now at the latest`,
      },
    ]);
  });

  test.each([
    ['taking the end away from under auto_end', normalMaintenance(PLAN), { endsAt: null }, 'auto_end'],
    ['auto_end without an end', normalMaintenance(), { autoEnd: true }, 'auto_end'],
    ['a list of types for a test run', testRun(), { blockedOperations: ['unknown'] }, 'blocked_operations'],
    ['a deadline of jobs for a test run', testRun(), { drainDeadline: 60 }, 'drain_deadline'],
  ])('refused: %s', (_what, maintenance, given, field) => {
    const problems = problemsOf(maintenance, { type: 'update', ...given });
    expect(problems.map((problem) => problem.field)).toEqual([field]);
  });

  test('an overdue maintenance can be given another reason without moving its end', () => {
    const overdue = normalMaintenance({ endsAt: LATER - 1 });
    expect(resulting(overdue, { type: 'update', reason: 'Still at it' })).toEqual({
      ...overdue,
      reason: 'Still at it',
    });
  });

  test('a longer end is possible however long the maintenance has run', () => {
    const old = normalMaintenance({ startedAt: NOW - 3 * MAX_DURATION_S * 1000 });
    expect(resulting(old, { type: 'update', endsAt: LATER + 1000 })).toMatchObject({ endsAt: LATER + 1000 });
  });

  describe('in an emergency', () => {
    const escalated = emergency({ suspended: PLAN });

    test("the reason is the emergency's own", () => {
      expect(resulting(escalated, { type: 'update', reason: 'Worse' })).toEqual({
        ...escalated,
        reason: 'Worse',
      });
    });

    test('everything else is for the maintenance that de-escalation goes back to', () => {
      const command: Command = { type: 'update', duration: 7200, blockedOperations: null, reason: 'Worse' };
      expect(resulting(escalated, command)).toEqual({
        ...escalated,
        reason: 'Worse',
        suspended: { ...PLAN, endsAt: NOW + 7_200_000, blockedOperations: null },
      });
    });

    test('with nothing suspended, a plan gets the reason of the emergency', () => {
      expect(resulting(emergency(), { type: 'update', duration: 7200 })).toMatchObject({
        suspended: {
          reason: 'Data at risk',
          endsAt: NOW + 7_200_000,
          autoEnd: false,
          blockedOperations: null,
        },
      });
      expect(resulting(emergency(), { type: 'update', reason: 'Worse' })).toMatchObject({ suspended: null });
    });
  });
});

describe('sessions that are to be deleted', () => {
  const order = (state: State, command: Command) => accepted(applyLater(state, command)).state.purge;
  const standing = purgeOrder({ scope: 'everybody', spared: 'alice', users: ['walt'] });

  test.each([
    ['normal maintenance', enable(), { scope: 'members', maintenanceId: 'm-2' }],
    ['an emergency', declareEmergency(), { scope: 'members', maintenanceId: 'm-2' }],
    ['a purge', { type: 'purge_sessions', all: false }, { scope: 'members', maintenanceId: null }],
    [
      'a purge of all, but for those of who asks',
      { type: 'purge_sessions', all: true },
      { scope: 'everybody', spared: 'bob', maintenanceId: null },
    ],
    ['a revocation', { type: 'revoke', principal: 'mia' }, { scope: 'named', users: ['mia'] }],
  ] as [string, Command, object][])('are ordered by %s', (_what, command, expected) => {
    expect(order(stateWith(null), command)).toEqual({
      ...purgeOrder({ id: 'purge-8', at: LATER }),
      ...expected,
    });
  });

  test.each([
    ['a test run', enable({ mode: 'test' })],
    ['a maintenance that leaves sessions alone', enable({ invalidateSessions: false })],
  ])('are none with %s', (_what, command) => {
    expect(order(stateWith(null), command)).toBeUndefined();
  });

  test('belong to the maintenance that is escalated, or active when somebody asks', () => {
    for (const command of [declareEmergency(), { type: 'purge_sessions', all: false } as const]) {
      expect(order(stateWith(normalMaintenance()), command)).toMatchObject({ maintenanceId: 'm-1' });
    }
    const inTest = order(stateWith(testRun()), { type: 'purge_sessions', all: false });
    expect(inTest).toMatchObject({ maintenanceId: null });
  });

  test.each([
    ['disable', emergency(), { type: 'disable' }],
    ['de-escalation', emergency(), { type: 'deescalate' }],
    ['an update', emergency(), { type: 'update', reason: 'x' }],
    ['a test run', null, enable({ mode: 'test' })],
  ] as [string, Maintenance | null, Command][])('stay ordered over %s', (_what, maintenance, command) => {
    expect(order({ ...stateWith(maintenance), purge: standing }, command)).toEqual(standing);
  });

  test('of two orders, are those of both', () => {
    const both = order({ ...stateWith(null), purge: standing }, { type: 'revoke', principal: 'mia' });
    expect(both).toEqual({ ...standing, id: 'purge-8', users: ['walt', 'mia'] });
  });

  test('lose their worth with the order, whatever the mode', () => {
    const { state } = accepted(applyLater(stateWith(null), { type: 'purge_sessions', all: true }));
    expect(state.sessionsInvalidBefore).toBe(LATER);
  });
});

describe('a revocation', () => {
  const MINUTE = 60_000;
  const revoking = (state: State, principal: string) => applyLater(state, { type: 'revoke', principal });
  const revokedIn = (applied: CommandOutcome) => accepted(applied).state.revoked;
  const withRevoked = (...revoked: { id: string; before: number }[]) => ({ ...stateWith(null), revoked });

  test('makes worthless what the principal was given before, and nobody else', () => {
    const draft = accepted(revoking(stateWith(null), 'mia'));
    expect(draft).toMatchObject({ details: { principal: 'mia', purge_id: 'purge-8' }, maintenanceId: null });
    expect(draft.state.revoked).toEqual([{ id: 'mia', before: LATER }]);
    expect(draft.state.sessionsInvalidBefore).toBeNull();
  });

  test('of somebody again holds from the later instant, and takes no more room', () => {
    const state = withRevoked({ id: 'mia', before: LATER - 1 }, { id: 'walt', before: LATER - 1 });
    expect(revokedIn(revoking(state, 'mia'))).toEqual([
      { id: 'walt', before: LATER - 1 },
      { id: 'mia', before: LATER },
    ]);
    const ahead = withRevoked({ id: 'mia', before: LATER + 5 });
    expect(revokedIn(revoking(ahead, 'mia'))).toEqual([{ id: 'mia', before: LATER + 5 }]);
  });

  test.each<[string, Command]>([
    ['an order', { type: 'purge_sessions', all: false }],
    ['an activation', enable()],
    ['another revocation', { type: 'revoke', principal: 'walt' }],
  ])('is forgotten with the first event after 16 minutes: %s', (_what, command) => {
    const kept = { id: 'kept', before: LATER - 16 * MINUTE + 1 };
    const state = withRevoked({ id: 'old', before: LATER - 16 * MINUTE }, kept);
    const revoked = revokedIn(applyLater(state, command)) ?? [];
    expect(revoked.map(({ id }) => id)).not.toContain('old');
    expect(revoked).toContainEqual(kept);
  });

  test('is kept for as long as its sessions wait to be deleted, and then no longer', () => {
    const old = { id: 'mia', before: LATER - 60 * MINUTE };
    const waiting = { ...withRevoked(old), purge: purgeOrder({ scope: 'named', users: ['mia'] }) };
    expect(revokedIn(applyLater(waiting, enable()))).toEqual([old]);
    expect(nextState(waiting, LATER, { isPurged: true })).not.toHaveProperty('revoked');
  });

  test('leaves no empty list behind', () => {
    const state = withRevoked({ id: 'old', before: LATER - 16 * MINUTE });
    expect(accepted(applyLater(state, enable())).state).not.toHaveProperty('revoked');
  });

  const ten = Array.from({ length: 10 }, (_, n) => ({ id: `user-${n}`, before: LATER - n }));
  const waiting = {
    ...withRevoked(...ten.map(({ id }) => ({ id, before: LATER - 60 * MINUTE }))),
    purge: purgeOrder({ scope: 'named', users: ten.map(({ id }) => id) }),
  };

  test.each<[string, State]>([
    ['ten others are revoked', withRevoked(...ten)],
    ['the sessions of ten others wait to be deleted', waiting],
    ['long ids take the room', withRevoked({ id: 'é'.repeat(255), before: LATER })],
  ])('is refused where %s', (_what, state) => {
    expect(revoking(state, 'ê'.repeat(80))).toMatchObject({
      outcome: 'conflict',
      conflict: { code: 'too_many_revocations', remedy: expect.stringContaining('sessions/purge') },
    });
  });

  test('of one of ten that are revoked is none too many', () => {
    expect(revokedIn(revoking(withRevoked(...ten), 'user-3'))).toHaveLength(10);
  });

  test('always finds room in an empty list, however long the id', () => {
    expect(revokedIn(revoking(stateWith(null), '\u{10ffff}'.repeat(128)))).toHaveLength(1);
    expect(revokedIn(revoking(stateWith(null), 'x'.repeat(255)))).toHaveLength(1);
  });
});

describe('a refresh', () => {
  test('is named by a number that no instance can have met', () => {
    const first = accepted(applyLater(stateWith(null), { type: 'refresh' })).state;
    const cleared = accepted(applyLater(first, { type: 'reset', windows: false, rules: false })).state;
    const second = accepted(applyLater(cleared, { type: 'refresh' })).state;
    expect([first.refresh, cleared.refresh, second.refresh]).toEqual([8, undefined, 10]);
  });
});

describe('the log level', () => {
  const UNTIL = LATER + 15 * 60_000;
  const level = (state: State, asked: 'debug' | 'info') =>
    accepted(applyLater(state, { type: 'log_level', level: asked, minutes: 15 }));

  test('is debug until an instant, by the clock alone', () => {
    const draft = level(stateWith(null), 'debug');
    expect(draft.details).toEqual({ level: 'debug', until: '2026-01-15T10:25:00Z' });
    expect([UNTIL - 1, UNTIL].map((now) => isDebugging(draft.state, now))).toEqual([true, false]);
  });

  test('goes back at once, or with the first event after its time', () => {
    const debugging = { ...stateWith(null), debugUntil: UNTIL };
    expect(level(debugging, 'info')).toMatchObject({ details: { level: 'info', until: null } });
    expect(level(debugging, 'info').state).not.toHaveProperty('debugUntil');
    expect(nextState(debugging, UNTIL - 1, {})).toHaveProperty('debugUntil', UNTIL);
    expect(nextState(debugging, UNTIL, {})).not.toHaveProperty('debugUntil');
  });
});

describe('a reset', () => {
  const windows = { name: 'w', windows: [], hasMore: false, operations: [] };
  const rules = { name: 'r', operations: ['newsletter'] };
  const full: State = {
    ...stateWith(emergency({ suspended: PLAN })),
    rules,
    windows,
    sessionsInvalidBefore: NOW,
    revoked: [{ id: 'mia', before: LATER }],
    purge: purgeOrder({}),
    refresh: 3,
    debugUntil: LATER + 1,
  };
  const reset = (state: State, gone: { windows?: boolean; rules?: boolean } = {}) =>
    accepted(applyLater(state, { type: 'reset', windows: false, rules: false, ...gone }));

  test('clears what could be stuck, keeps what the owner has set up, and brings no session back', () => {
    expect(reset(full)).toMatchObject({
      maintenanceId: 'm-1',
      details: {
        cleared: ['maintenance', 'revocations', 'session_purge', 'refresh', 'log_level'],
        id: 'm-1',
        mode: 'emergency',
        duration: 600,
      },
    });
    expect(reset(full).state).toEqual({
      version: 8,
      maintenance: null,
      rules,
      sessionsInvalidBefore: NOW,
      windows,
    });
  });

  test.each([
    [{ windows: true }, ['windows'], { rules }],
    [{ rules: true }, ['rules'], { rules: null, windows }],
    [{ windows: true, rules: true }, ['windows', 'rules'], { rules: null }],
  ])('%j', (gone, cleared, kept) => {
    const draft = reset({ ...stateWith(null), rules, windows }, gone);
    expect(draft).toMatchObject({ maintenanceId: null, details: { cleared } });
    expect(draft.state).toEqual({ version: 8, maintenance: null, sessionsInvalidBefore: null, ...kept });
  });

  test('of any state leaves nothing active, and no event due but those of windows', () => {
    fc.assert(
      fc.property(anyState, instant, (state, now) => {
        const command: Command = { type: 'reset', windows: true, rules: true };
        const after = accepted(applyCommand(state, command, { actor: BOB, now, newId: () => 'm-2' })).state;
        expect(dueEvent(after, now + MAX_DURATION_S * 1000, now)).toBeNull();
        expect(after).toEqual({
          version: state.version + 1,
          maintenance: null,
          rules: null,
          sessionsInvalidBefore: state.sessionsInvalidBefore,
        });
      }),
    );
  });
});

describe('what the clock makes due', () => {
  const END = NOW + 3_600_000;
  const ending = deepFreeze(stateWith(normalMaintenance({ endsAt: END, autoEnd: true })));

  test('nothing just before the end', () => {
    expect(dueEvent(ending, END - 1, NOW)).toBeNull();
  });

  test.each([END, END + 1, END + 90_000])('its end, however late it is written (%i)', (now) => {
    expect(dueEvent(ending, now, NOW)).toEqual({
      type: 'auto_ended',
      at: now,
      actor: CLOCK,
      reason: null,
      maintenanceId: 'm-1',
      details: { id: 'm-1', mode: 'normal', duration: 3600 },
      state: { version: 8, maintenance: null, rules: null, sessionsInvalidBefore: null },
    });
  });

  test.each([
    ['without auto_end', normalMaintenance({ endsAt: END })],
    ['in an emergency', emergency({ suspended: PLAN })],
    ['when nothing is active', null],
  ])('nothing %s', (_when, maintenance) => {
    expect(dueEvent(stateWith(maintenance), END + 1, NOW)).toBeNull();
  });
});

describe('laws of judging', () => {
  const circumstances = (now: number) => ({ actor: ALICE, now, newId: () => 'm-2' });

  test('whatever the state and the command, the input is untouched and the version goes up by one', () => {
    fc.assert(
      fc.property(anyState, anyCommand, instant, (state, command, now) => {
        const before = JSON.stringify(state);
        const applied = applyCommand(deepFreeze(state), deepFreeze(command), circumstances(now));
        expect(JSON.stringify(state)).toBe(before);
        if (applied.outcome === 'event') expect(applied.draft.state.version).toBe(state.version + 1);
        if (applied.outcome === 'invalid') expect(applied.problems).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  test('no event but a reset takes away what an order asks for', () => {
    fc.assert(
      fc.property(anyState, anyCommand, instant, (state, command, now) => {
        const applied = applyCommand(state, command, circumstances(now));
        fc.pre(applied.outcome === 'event' && state.purge !== undefined && command.type !== 'reset');
        const before = state.purge as PurgeOrder;
        const after = accepted(applied).state.purge;
        expect(after?.users).toEqual(expect.arrayContaining([...before.users]));
        if (before.scope !== 'named') expect(['members', 'everybody']).toContain(after?.scope);
      }),
    );
  });

  test('the same question gets the same answer', () => {
    fc.assert(
      fc.property(anyState, anyCommand, instant, (state, command, now) => {
        const [once, again] = [1, 2].map(() => applyCommand(state, command, circumstances(now)));
        expect(again).toEqual(once);
      }),
    );
  });

  test('a due event is due once', () => {
    fc.assert(
      fc.property(anyState, instant, (state, now) => {
        const due = dueEvent(state, now, now);
        if (due !== null) expect(dueEvent(due.state, now, now)).toBeNull();
      }),
    );
  });

  test('the state stays small, whatever is asked for with any legal reason', () => {
    const actor = { ...ALICE, id: '\u{10ffff}'.repeat(128) };
    const newId = () => crypto.randomUUID();
    fc.assert(
      fc.property(commandSequence, (steps) => {
        let state = INITIAL_STATE;
        let now = NOW;
        for (const { command, pause } of steps) {
          now += pause;
          const applied = applyCommand(state, command, { actor, now, newId });
          if (applied.outcome === 'event') state = applied.draft.state;
          expect(Buffer.byteLength(JSON.stringify(state))).toBeLessThanOrEqual(MAX_STATE_BYTES);
        }
      }),
      { numRuns: 300 },
    );
  });
});
