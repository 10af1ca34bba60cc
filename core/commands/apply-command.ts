import { BLOCKABLE_OPERATIONS } from '../decision/operations.ts';
import { type Actor, CLOCK, type EventDraft, type EventType } from '../events/event.ts';
import { type ClockStep, clockStep } from '../state/clock.ts';
import { MOST_REVOCATIONS, REVOCATION_KEPT, withRevocation } from '../state/revocations.ts';
import { windowOf } from '../state/schedule.ts';
import {
  type Maintenance,
  ownOperations,
  type Plan,
  type PurgeOrder,
  plannedEnd,
  type State,
} from '../state/state.ts';
import { type Changes, nextState, resetState } from '../state/transition.ts';
import { rfc3339 } from '../text.ts';
import {
  type Command,
  type EmergencyCommand,
  type EnableCommand,
  LONGEST,
  type LogLevelCommand,
  type PurgeSessionsCommand,
  type ResetCommand,
  type RevokeCommand,
  SHORTEST,
  type UpdateCommand,
} from './command.ts';

/** Why a command can't be carried out in the present state. It changes nothing. */
export interface Conflict {
  readonly code:
    | 'maintenance_already_active'
    | 'maintenance_not_active'
    | 'not_in_emergency'
    | 'rule_exists'
    | 'rule_in_use'
    | 'rule_not_found'
    | 'state_changed'
    | 'too_many_revocations'
    | 'window_not_found'
    | 'window_overlap'
    | 'window_running';
  /** Names the mode, who holds it and since when. */
  readonly message: string;
  /** The call that would work. */
  readonly remedy: string;
}

/** A value that does not fit, by the name it has in the HTTP API. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

export type Judgement =
  | { readonly verdict: 'event'; readonly draft: EventDraft }
  | { readonly verdict: 'conflict'; readonly conflict: Conflict }
  | { readonly verdict: 'invalid'; readonly problems: readonly FieldProblem[] };

/** What a judgement needs from outside. */
export interface Circumstances {
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Makes the id of a new maintenance. */
  readonly newId: () => string;
}

/**
 * The event that the clock has made due in `state`, null when there is none. At most one: settle and ask again.
 *
 * @param since when `state` came to be: a maintenance taken up again after its planned end was not over before
 */
export function dueEvent(state: State, now: number, since: number): EventDraft | null {
  const step = clockStep(state, now);
  if (step === null) return null;
  const { what, at, about, completed } = step;
  const isWindow = windowOf(about.id) !== null;
  const types = {
    ended: isWindow ? 'window_ended' : 'auto_ended',
    begun: 'window_begun',
    absorbed: 'window_absorbed',
  } as const;
  return {
    type: types[what],
    at: now,
    actor: CLOCK,
    reason: what === 'ended' ? null : about.reason,
    maintenanceId: about.id,
    details:
      what === 'ended'
        ? closing(about, Math.max(at, since))
        : { ...opening(about), ...completedTestRun(completed, at) },
    state: nextState(step.after, now, orderOf(step, state)),
  };
}

/** A window's sessions go as of its start, however late that is told: those that begin after its end are no part of it. */
function orderOf({ what, at, about }: ClockStep, before: State): Changes {
  if (what !== 'begun' || about.mode === 'test') return {};
  return { order: orderAfter(before, at, { scope: 'members' }, about) };
}

/**
 * Judges a command against a state in which nothing is due any more.
 * Accepts it with the event to append, or refuses it and says which call would work.
 */
export function judge(state: State, command: Command, circumstances: Circumstances): Judgement {
  switch (command.type) {
    case 'enable':
      return enable(state, command, circumstances);
    case 'emergency':
      return declareEmergency(state, command, circumstances);
    case 'deescalate':
      return deescalate(state, circumstances);
    case 'disable':
      return disable(state, circumstances);
    case 'update':
      return update(state, command, circumstances);
    case 'purge_sessions':
      return purgeSessions(state, command, circumstances);
    case 'revoke':
      return revoke(state, command, circumstances);
    case 'refresh':
      return refresh(state, circumstances);
    case 'log_level':
      return changeLogLevel(state, command, circumstances);
    case 'reset':
      return reset(state, command, circumstances);
  }
}

function enable(state: State, command: EnableCommand, circumstances: Circumstances): Judgement {
  const { maintenance } = state;
  const { now, actor, newId } = circumstances;
  if (maintenance !== null && !(maintenance.mode === 'test' && command.mode === 'normal')) {
    return alreadyActive(maintenance);
  }
  const endsAt = command.duration === undefined ? (command.endsAt ?? null) : now + command.duration * 1000;
  const plan: Plan = {
    reason: command.reason,
    endsAt,
    autoEnd: command.autoEnd,
    blockedOperations: command.blockedOperations,
  };
  const problems = [
    ...endProblems(command, endsAt, now),
    ...planProblems(plan, command.mode, state),
    ...drainProblems(command.drainDeadline, command.mode),
  ];
  if (problems.length > 0) return { verdict: 'invalid', problems };
  const begun: Maintenance = {
    ...plan,
    mode: command.mode,
    id: newId(),
    startedAt: now,
    startedBy: actor.id,
    notifyUsers: command.notifyUsers,
    ...(command.drainDeadline === undefined ? {} : { drainDeadline: now + command.drainDeadline * 1000 }),
  };
  const endsSessions = command.mode === 'normal' && command.invalidateSessions;
  const details = {
    mode: command.mode,
    ...planDetails(plan),
    invalidate_sessions: endsSessions,
    ...completedTestRun(maintenance, now),
  };
  return event(
    draft('activated', state, begun, begun, { actor, now, endsSessions, reason: command.reason }, details),
  );
}

function declareEmergency(state: State, command: EmergencyCommand, circumstances: Circumstances): Judgement {
  const { maintenance } = state;
  const { now, actor, newId } = circumstances;
  if (maintenance?.mode === 'emergency') return alreadyActive(maintenance);
  const interrupted = maintenance?.mode === 'normal' ? maintenance : null;
  const emergency: Maintenance = {
    mode: 'emergency',
    id: interrupted?.id ?? newId(),
    startedAt: interrupted?.startedAt ?? now,
    startedBy: interrupted?.startedBy ?? actor.id,
    notifyUsers: interrupted?.notifyUsers ?? true,
    ...drainDeadlineOf(interrupted),
    reason: command.reason,
    declaredAt: now,
    declaredBy: actor.id,
    terminateJobs: command.terminateJobs,
    gracePeriod: command.gracePeriod,
    suspended: interrupted === null ? null : planOf(interrupted),
  };
  const details = {
    mode: 'emergency',
    terminate_jobs: command.terminateJobs,
    grace_period: command.gracePeriod,
    ...completedTestRun(maintenance, now),
  };
  const type = interrupted === null ? 'activated' : 'escalated';
  const cause = { actor, now, endsSessions: true, reason: command.reason };
  return event(draft(type, state, emergency, emergency, cause, details));
}

function deescalate(state: State, { actor, now }: Circumstances): Judgement {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  if (maintenance.mode !== 'emergency') return notInEmergency(maintenance);
  const { id, startedAt, startedBy, notifyUsers, reason, suspended } = maintenance;
  const plan = suspended ?? openPlan(reason);
  const begun = { id, startedAt, startedBy, notifyUsers, ...drainDeadlineOf(maintenance) };
  const resumed: Maintenance = { mode: 'normal', ...begun, ...plan };
  const details = { emergency_seconds: wholeSeconds(maintenance.declaredAt, now) };
  return event(draft('deescalated', state, resumed, resumed, { actor, now, reason: plan.reason }, details));
}

function disable(state: State, { actor, now }: Circumstances): Judgement {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  return event(draft('deactivated', state, maintenance, null, { actor, now }, closing(maintenance, now)));
}

function update(state: State, command: UpdateCommand, { actor, now }: Circumstances): Judgement {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  const before = planOf(maintenance);
  const plan: Plan = {
    reason: command.reason ?? before.reason,
    endsAt: newEnd(command, before, maintenance.startedAt),
    autoEnd: command.autoEnd ?? before.autoEnd,
    blockedOperations:
      command.blockedOperations === undefined ? before.blockedOperations : command.blockedOperations,
  };
  const problems = [
    ...(plan.endsAt === before.endsAt ? [] : endProblems(command, plan.endsAt, now)),
    ...planProblems(plan, maintenance.mode, state),
    ...drainProblems(command.drainDeadline, maintenance.mode),
  ];
  if (problems.length > 0) return { verdict: 'invalid', problems };
  const drained = withDrainDeadline(maintenance, command.drainDeadline, now);
  const updated: Maintenance =
    drained.mode === 'emergency'
      ? {
          ...drained,
          reason: plan.reason,
          suspended: suspendedAfter(drained.suspended, command, plan),
        }
      : { ...drained, ...plan };
  return event(
    draft(
      'updated',
      state,
      updated,
      updated,
      { actor, now, reason: plan.reason },
      { changed: changed(command), ...planDetails(plan) },
    ),
  );
}

function purgeSessions(
  state: State,
  { all }: PurgeSessionsCommand,
  { actor, now }: Circumstances,
): Judgement {
  const asked = all ? ({ scope: 'everybody', spared: actor.id } as const) : ({ scope: 'members' } as const);
  const order = orderAfter(state, now, asked, state.maintenance);
  return event({
    type: 'sessions_purge_requested',
    at: now,
    actor,
    reason: null,
    maintenanceId: order.maintenanceId,
    details: { purge_id: order.id, scope: order.scope },
    state: nextState(state, now, { order, endsSessions: true }),
  });
}

function revoke(state: State, { principal }: RevokeCommand, { actor, now }: Circumstances): Judgement {
  const revoked = withRevocation(state, principal, now);
  if (revoked === null) return tooManyRevocations();
  const order = orderAfter(state, now, { scope: 'named', users: [principal] }, state.maintenance);
  return event({
    type: 'principal_revoked',
    at: now,
    actor,
    reason: null,
    maintenanceId: order.maintenanceId,
    details: { purge_id: order.id, principal },
    state: nextState(state, now, { order, revoked }),
  });
}

function refresh(state: State, { actor, now }: Circumstances): Judgement {
  return event({
    type: 'refreshed',
    at: now,
    actor,
    reason: null,
    maintenanceId: state.maintenance?.id ?? null,
    details: {},
    state: nextState(state, now, { refreshes: true }),
  });
}

function changeLogLevel(
  state: State,
  { level, minutes }: LogLevelCommand,
  { actor, now }: Circumstances,
): Judgement {
  const debugUntil = level === 'debug' ? now + minutes * 60_000 : null;
  return event({
    type: 'log_level_changed',
    at: now,
    actor,
    reason: null,
    maintenanceId: state.maintenance?.id ?? null,
    details: { level, until: debugUntil === null ? null : rfc3339(debugUntil) },
    state: nextState(state, now, { debugUntil }),
  });
}

/** Never refused: it is for when nobody knows any more what holds. */
function reset(state: State, gone: ResetCommand, { actor, now }: Circumstances): Judgement {
  const { maintenance } = state;
  const after = resetState(state, gone);
  const parts = {
    maintenance: maintenance !== null,
    revocations: state.revoked !== undefined,
    session_purge: state.purge !== undefined,
    refresh: state.refresh !== undefined,
    log_level: state.debugUntil !== undefined,
    windows: state.windows !== undefined && after.windows === undefined,
    rules: state.rules !== null && after.rules === null,
  };
  const cleared = Object.entries(parts).flatMap(([part, isCleared]) => (isCleared ? part : []));
  return event({
    type: 'reset',
    at: now,
    actor,
    reason: null,
    maintenanceId: maintenance?.id ?? null,
    details: { cleared, ...(maintenance === null ? {} : closing(maintenance, now)) },
    state: after,
  });
}

/** The order that the next event gives. Its id is as unique as the event's number. */
function orderAfter(
  { version }: State,
  now: number,
  asked: Pick<PurgeOrder, 'scope'> & Partial<Pick<PurgeOrder, 'users' | 'spared'>>,
  maintenance: Maintenance | null,
): PurgeOrder {
  return {
    id: `purge-${version + 1}`,
    at: now,
    // A test run closes nothing to anybody: an order during one is as good as one without.
    maintenanceId: maintenance === null || maintenance.mode === 'test' ? null : maintenance.id,
    users: [],
    spared: null,
    ...asked,
  };
}

/** What is planned, for those who compare an event with the one before. The reason is the event's own. */
function planDetails({ endsAt, autoEnd, blockedOperations }: Plan): Record<string, unknown> {
  return {
    ends_at: endsAt === null ? null : rfc3339(endsAt),
    auto_end: autoEnd,
    blocked_operations: blockedOperations,
  };
}

function newEnd(command: UpdateCommand, before: Plan, startedAt: number): number | null {
  if (command.duration !== undefined) return startedAt + command.duration * 1000;
  return command.endsAt === undefined ? before.endsAt : command.endsAt;
}

/** An update in an emergency changes the emergency's reason, and the plan that de-escalation goes back to. */
function suspendedAfter(suspended: Plan | null, command: UpdateCommand, plan: Plan): Plan | null {
  const changesPlan = changed(command).some((field) => !['reason', 'drain_deadline'].includes(field));
  if (suspended === null && !changesPlan) return null;
  return { ...plan, reason: suspended?.reason ?? plan.reason };
}

function changed(command: UpdateCommand): string[] {
  const fields: [string, unknown][] = [
    ['reason', command.reason],
    ['duration', command.duration],
    ['ends_at', command.endsAt],
    ['auto_end', command.autoEnd],
    ['blocked_operations', command.blockedOperations],
    ['drain_deadline', command.drainDeadline],
  ];
  return fields.filter(([, value]) => value !== undefined).map(([name]) => name);
}

/** A test run waits for no jobs. */
function drainProblems(drainDeadline: number | null | undefined, mode: Maintenance['mode']): FieldProblem[] {
  if (drainDeadline === undefined || mode !== 'test') return [];
  return [{ field: 'drain_deadline', message: 'can only be given in normal mode' }];
}

/** @param seconds from now; null takes the deadline away, undefined leaves it */
function withDrainDeadline(
  { drainDeadline: before, ...rest }: Maintenance,
  seconds: number | null | undefined,
  now: number,
): Maintenance {
  if (seconds === null) return rest;
  const drainDeadline = seconds === undefined ? before : now + seconds * 1000;
  return drainDeadline === undefined ? rest : { ...rest, drainDeadline };
}

/** Kept over escalation and de-escalation. */
function drainDeadlineOf(maintenance: Maintenance | null): Pick<Maintenance, 'drainDeadline'> {
  return maintenance?.drainDeadline === undefined ? {} : { drainDeadline: maintenance.drainDeadline };
}

function openPlan(reason: string): Plan {
  return { reason, endsAt: null, autoEnd: false, blockedOperations: null };
}

/** The plan of a maintenance; of an emergency the one that it suspended, under its own reason. */
export function planOf(maintenance: Maintenance): Plan {
  if (maintenance.mode === 'emergency') {
    return { ...(maintenance.suspended ?? openPlan(maintenance.reason)), reason: maintenance.reason };
  }
  const { reason, endsAt, autoEnd, blockedOperations } = maintenance;
  return { reason, endsAt, autoEnd, blockedOperations };
}

/** A new maintenance lasts a minute at least; one that runs may end at any moment to come. */
function endProblems(
  command: EnableCommand | UpdateCommand,
  endsAt: number | null,
  now: number,
): FieldProblem[] {
  if (endsAt === null) return [];
  const seconds = (endsAt - now) / 1000;
  const isFarEnough = command.type === 'enable' ? seconds >= SHORTEST : seconds > 0;
  if (isFarEnough && seconds <= LONGEST) return [];
  const earliest =
    command.type === 'enable' ? `${SHORTEST} seconds from now at the earliest` : 'in the future';
  const message = `must put the end ${earliest}, and ${LONGEST} seconds from now at the latest`;
  return [{ field: command.duration === undefined ? 'ends_at' : 'duration', message }];
}

/** What does not fit in a plan, by the mode that it is for and by the owner's types in a state. */
export function planProblems(plan: Plan, mode: Maintenance['mode'], state: State): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (plan.autoEnd && plan.endsAt === null) {
    problems.push({ field: 'auto_end', message: 'needs an end: give duration or ends_at' });
  }
  if (plan.blockedOperations !== null && mode === 'test') {
    problems.push({ field: 'blocked_operations', message: 'can only be given in normal mode' });
  }
  const known = [...BLOCKABLE_OPERATIONS, ...ownOperations(state)];
  if (plan.blockedOperations?.some((name) => !known.includes(name))) {
    problems.push({ field: 'blocked_operations', message: `must hold names out of ${known.join(', ')}` });
  }
  return problems;
}

/** The refusal of what would begin another maintenance. */
export function alreadyActive(held: Maintenance): Judgement {
  const remedies: Record<Maintenance['mode'], string> = {
    normal: 'POST /api/maintenance/disable ends it, PATCH /api/maintenance changes it',
    test: 'POST /api/maintenance/disable ends the test run',
    emergency:
      'POST /api/maintenance/deescalate goes back to normal mode, POST /api/maintenance/disable ends it',
  };
  const message = `${holding(held)}.`;
  return conflict({ code: 'maintenance_already_active', message, remedy: remedies[held.mode] });
}

function notActive(): Judgement {
  return conflict({
    code: 'maintenance_not_active',
    message: 'No maintenance is active (mode normal, held by nobody).',
    remedy: 'POST /api/maintenance/enable starts one, POST /api/maintenance/emergency starts an emergency',
  });
}

function notInEmergency(held: Maintenance): Judgement {
  return conflict({
    code: 'not_in_emergency',
    message: `${holding(held)}; there is no emergency to de-escalate.`,
    remedy: 'POST /api/maintenance/disable ends it',
  });
}

function tooManyRevocations(): Judgement {
  const minutes = REVOCATION_KEPT / 60_000;
  return conflict({
    code: 'too_many_revocations',
    message: `The state has room for ${MOST_REVOCATIONS} revoked principals: those of the last ${minutes} minutes, and those whose sessions have yet to be deleted.`,
    remedy: `POST /api/maintenance/sessions/purge ends the sessions of all members at once; or repeat the call, in ${minutes} minutes at the latest`,
  });
}

/** @example 'Maintenance is active in normal mode, held by "alice" since 2026-01-15T10:00:00Z' */
export function holding(held: Maintenance): string {
  const [by, since] =
    held.mode === 'emergency' ? [held.declaredBy, held.declaredAt] : [held.startedBy, held.startedAt];
  return `Maintenance is active in ${held.mode} mode, held by "${by}" since ${rfc3339(since)}`;
}

function conflict(found: Conflict): Judgement {
  return { verdict: 'conflict', conflict: found };
}

function event(accepted: EventDraft): Judgement {
  return { verdict: 'event', draft: accepted };
}

function completedTestRun(maintenance: Maintenance | null, now: number): Record<string, unknown> {
  return maintenance?.mode === 'test' ? { completed_test_run: closing(maintenance, now) } : {};
}

/** What a window begins, or would have begun. */
function opening(about: Maintenance): Record<string, unknown> {
  const endsAt = plannedEnd(about);
  return {
    window: windowOf(about.id),
    mode: about.mode,
    starts_at: rfc3339(about.startedAt),
    ends_at: endsAt === null ? null : rfc3339(endsAt),
    invalidate_sessions: about.mode === 'normal',
  };
}

function closing({ id, mode, startedAt }: Maintenance, endedAt: number): Record<string, unknown> {
  return { id, mode, duration: wholeSeconds(startedAt, endedAt) };
}

/** Never negative: the clocks of two writers may differ. */
function wholeSeconds(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 1000));
}

interface Cause {
  readonly actor: Actor;
  readonly now: number;
  readonly reason?: string;
  /** Whether this event ends every member's session. */
  readonly endsSessions?: boolean;
}

function draft(
  type: EventType,
  before: State,
  about: Maintenance,
  after: Maintenance | null,
  cause: Cause,
  details: Record<string, unknown>,
): EventDraft {
  const order = orderAfter(before, cause.now, { scope: 'members' }, about);
  const changes: Changes = {
    maintenance: after,
    ...(cause.endsSessions ? { endsSessions: true, order } : {}),
  };
  return {
    type,
    at: cause.now,
    actor: cause.actor,
    reason: cause.reason ?? null,
    maintenanceId: about.id,
    details,
    state: nextState(before, cause.now, changes),
  };
}
