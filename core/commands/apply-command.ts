import { closing, completedTestRun, wholeSeconds } from '../events/closing.ts';
import type { Actor, EventDraft } from '../events/event.ts';
import type { EventFacts } from '../events/event-types.ts';
import { nextOrder } from '../state/purge-order.ts';
import { withRevocation } from '../state/revocations.ts';
import type { Maintenance, Plan, State } from '../state/state.ts';
import { type Changes, nextState, resetState } from '../state/transition.ts';
import { rfc3339 } from '../text.ts';
import type {
  Command,
  EmergencyCommand,
  EnableCommand,
  LogLevelCommand,
  PurgeSessionsCommand,
  ResetCommand,
  RevokeCommand,
  UpdateCommand,
} from './command.ts';
import { alreadyActive, notActive, notInEmergency, tooManyRevocations } from './conflicts.ts';
import { accepted, type CommandOutcome, invalid } from './outcome.ts';
import {
  changed,
  drainDeadlineOf,
  drainProblems,
  endProblems,
  extendedEnd,
  newEnd,
  newPublicReason,
  openPlan,
  planDetails,
  planOf,
  planProblems,
  suspendedAfter,
  withDrainDeadline,
} from './plan.ts';

/** What a command needs from outside. */
export interface Circumstances {
  readonly actor: Actor;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Makes the id of a new maintenance. */
  readonly newId: () => string;
}

/**
 * Applies a command to a state in which nothing is due any more.
 * Accepts it with the event to append, or refuses it and says which call would work.
 */
export function applyCommand(state: State, command: Command, circumstances: Circumstances): CommandOutcome {
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

function enable(state: State, command: EnableCommand, circumstances: Circumstances): CommandOutcome {
  const { maintenance } = state;
  const { now, actor, newId } = circumstances;
  if (maintenance !== null && !(maintenance.mode === 'test' && command.mode === 'normal')) {
    return alreadyActive(maintenance);
  }
  const endsAt = command.duration === undefined ? (command.endsAt ?? null) : now + command.duration * 1000;
  const plan: Plan = {
    reason: command.reason,
    ...newPublicReason({ reason: command.reason }, command.publicReason),
    endsAt,
    autoEnd: command.autoEnd,
    blockedOperations: command.blockedOperations,
  };
  const problems = [
    ...endProblems(command, endsAt, now),
    ...planProblems(plan, command.mode, state),
    ...drainProblems(command.drainDeadline, command.mode),
  ];
  if (problems.length > 0) return invalid(problems);
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
  const cause = { actor, now, endsSessions, reason: command.reason };
  return accepted(draft({ type: 'activated', details }, state, begun, begun, cause));
}

function declareEmergency(
  state: State,
  command: EmergencyCommand,
  circumstances: Circumstances,
): CommandOutcome {
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
    ...newPublicReason({ reason: command.reason }, command.publicReason),
    declaredAt: now,
    declaredBy: actor.id,
    terminateJobs: command.terminateJobs,
    gracePeriod: command.gracePeriod,
    suspended: interrupted === null ? null : planOf(interrupted),
  };
  const details = {
    mode: 'emergency' as const,
    ...(command.publicReason !== undefined && { public_reason: command.publicReason }),
    terminate_jobs: command.terminateJobs,
    grace_period: command.gracePeriod,
    ...completedTestRun(maintenance, now),
  };
  const type = interrupted === null ? 'activated' : 'escalated';
  const cause = { actor, now, endsSessions: true, reason: command.reason };
  return accepted(draft({ type, details }, state, emergency, emergency, cause));
}

function deescalate(state: State, { actor, now }: Circumstances): CommandOutcome {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  if (maintenance.mode !== 'emergency') return notInEmergency(maintenance);
  const { id, startedAt, startedBy, notifyUsers, suspended } = maintenance;
  const plan = suspended ?? openPlan(maintenance);
  const begun = { id, startedAt, startedBy, notifyUsers, ...drainDeadlineOf(maintenance) };
  const resumed: Maintenance = { mode: 'normal', ...begun, ...plan };
  const details = { emergency_seconds: wholeSeconds(maintenance.declaredAt, now) };
  const cause = { actor, now, reason: plan.reason };
  return accepted(draft({ type: 'deescalated', details }, state, resumed, resumed, cause));
}

function disable(state: State, { actor, now }: Circumstances): CommandOutcome {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  const details = closing(maintenance, now);
  return accepted(draft({ type: 'deactivated', details }, state, maintenance, null, { actor, now }));
}

function update(state: State, command: UpdateCommand, { actor, now }: Circumstances): CommandOutcome {
  const { maintenance } = state;
  if (maintenance === null) return notActive();
  const before = planOf(maintenance);
  const isEmergency = maintenance.mode === 'emergency';
  // In an emergency the estimate is extended: what de-escalation goes back to stays as it was.
  const asked = isEmergency ? { ...command, extend: undefined } : command;
  const plan: Plan = {
    reason: command.reason ?? before.reason,
    ...newPublicReason(before, command.publicReason),
    endsAt: newEnd(asked, before, { startedAt: maintenance.startedAt, now }),
    autoEnd: command.autoEnd ?? before.autoEnd,
    blockedOperations:
      command.blockedOperations === undefined ? before.blockedOperations : command.blockedOperations,
  };
  const problems = [
    ...(command.duration === undefined && command.endsAt === undefined
      ? []
      : endProblems(command, plan.endsAt, now)),
    ...planProblems(plan, maintenance.mode, state),
    ...drainProblems(command.drainDeadline, maintenance.mode),
  ];
  if (problems.length > 0) return invalid(problems);
  const { publicReason: _, ...drained } = withDrainDeadline(maintenance, command.drainDeadline, now);
  const updated: Maintenance =
    drained.mode === 'emergency'
      ? {
          ...drained,
          reason: plan.reason,
          ...newPublicReason(plan, undefined),
          ...(command.extend === undefined
            ? {}
            : { estimatedEnd: extendedEnd(drained.estimatedEnd ?? null, command.extend, now) }),
          suspended: suspendedAfter(drained.suspended, command, plan),
        }
      : { ...drained, ...plan };
  const details = { changed: changed(command), ...planDetails(plan) };
  const cause = { actor, now, reason: plan.reason };
  return accepted(draft({ type: 'updated', details }, state, updated, updated, cause));
}

function purgeSessions(
  state: State,
  { all }: PurgeSessionsCommand,
  { actor, now }: Circumstances,
): CommandOutcome {
  const asked = all ? ({ scope: 'everybody', spared: actor.id } as const) : ({ scope: 'members' } as const);
  const order = nextOrder(state, now, asked, state.maintenance);
  return accepted({
    type: 'sessions_purge_requested',
    at: now,
    actor,
    reason: null,
    maintenanceId: order.maintenanceId,
    details: { purge_id: order.id, scope: order.scope },
    state: nextState(state, now, { order, endsSessions: true }),
  });
}

function revoke(state: State, { principal }: RevokeCommand, { actor, now }: Circumstances): CommandOutcome {
  const revoked = withRevocation(state, principal, now);
  if (revoked === null) return tooManyRevocations();
  const order = nextOrder(state, now, { scope: 'named', users: [principal] }, state.maintenance);
  return accepted({
    type: 'principal_revoked',
    at: now,
    actor,
    reason: null,
    maintenanceId: order.maintenanceId,
    details: { purge_id: order.id, principal },
    state: nextState(state, now, { order, revoked }),
  });
}

function refresh(state: State, { actor, now }: Circumstances): CommandOutcome {
  return accepted({
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
): CommandOutcome {
  const debugUntil = level === 'debug' ? now + minutes * 60_000 : null;
  return accepted({
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
function reset(state: State, gone: ResetCommand, { actor, now }: Circumstances): CommandOutcome {
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
  return accepted({
    type: 'reset',
    at: now,
    actor,
    reason: null,
    maintenanceId: maintenance?.id ?? null,
    details: { cleared, ...(maintenance === null ? {} : closing(maintenance, now)) },
    state: after,
  });
}

interface Cause {
  readonly actor: Actor;
  readonly now: number;
  readonly reason?: string;
  /** Whether this event ends every member's session. */
  readonly endsSessions?: boolean;
}

function draft(
  facts: EventFacts,
  before: State,
  about: Maintenance,
  after: Maintenance | null,
  cause: Cause,
): EventDraft {
  const order = nextOrder(before, cause.now, { scope: 'members' }, about);
  const changes: Changes = {
    maintenance: after,
    ...(cause.endsSessions ? { endsSessions: true, order } : {}),
  };
  return {
    ...facts,
    at: cause.now,
    actor: cause.actor,
    reason: cause.reason ?? null,
    maintenanceId: about.id,
    state: nextState(before, cause.now, changes),
  };
}
