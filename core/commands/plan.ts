import { BLOCKABLE_OPERATIONS } from '../decision/operations.ts';
import type { PlanDetails } from '../events/event-types.ts';
import { type Maintenance, ownOperations, type Plan, type State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import { type EnableCommand, MAX_DURATION_S, MIN_DURATION_S, type UpdateCommand } from './command.ts';
import type { FieldProblem } from './outcome.ts';

/** The plan of a maintenance; of an emergency the one that it suspended, under its own reason. */
export function planOf(maintenance: Maintenance): Plan {
  if (maintenance.mode === 'emergency') {
    return withReasons(maintenance.suspended ?? openPlan(maintenance), maintenance);
  }
  const { endsAt, autoEnd, blockedOperations } = maintenance;
  return { ...reasonsOf(maintenance), endsAt, autoEnd, blockedOperations };
}

export function openPlan(about: Reasons): Plan {
  return { ...reasonsOf(about), endsAt: null, autoEnd: false, blockedOperations: null };
}

type Reasons = Pick<Plan, 'reason' | 'publicReason'>;

function reasonsOf({ reason, publicReason }: Reasons): Reasons {
  return publicReason === undefined ? { reason } : { reason, publicReason };
}

/** The plan, under other reasons. */
function withReasons({ publicReason: _, ...plan }: Plan, reasons: Reasons): Plan {
  return { ...plan, ...reasonsOf(reasons) };
}

/** @param given what is said to callers from now on; null to say the reason itself, undefined to leave it */
export function newPublicReason(
  { publicReason }: Reasons,
  given: string | null | undefined,
): Pick<Plan, 'publicReason'> {
  const next = given === undefined ? publicReason : given;
  return typeof next === 'string' ? { publicReason: next } : {};
}

/** What is planned, for those who compare an event with the one before. The reason is the event's own. */
export function planDetails({ publicReason, endsAt, autoEnd, blockedOperations }: Plan): PlanDetails {
  return {
    ...(publicReason !== undefined && { public_reason: publicReason }),
    ends_at: endsAt === null ? null : rfc3339(endsAt),
    auto_end: autoEnd,
    blocked_operations: blockedOperations,
  };
}

export function newEnd(
  command: UpdateCommand,
  before: Plan,
  { startedAt, now }: { readonly startedAt: number; readonly now: number },
): number | null {
  if (command.extend !== undefined) return extendedEnd(before.endsAt, command.extend, now);
  if (command.duration !== undefined) return startedAt + command.duration * 1000;
  return command.endsAt === undefined ? before.endsAt : command.endsAt;
}

/** @param seconds after the end, or after now where that has passed or is not known */
export function extendedEnd(end: number | null, seconds: number, now: number): number {
  return Math.max(end ?? now, now) + seconds * 1000;
}

/** An update in an emergency changes the emergency's reason, and the plan that de-escalation goes back to. */
export function suspendedAfter(suspended: Plan | null, command: UpdateCommand, plan: Plan): Plan | null {
  const changesPlan = changed(command).some(
    (field) => !['reason', 'public_reason', 'extend', 'drain_deadline'].includes(field),
  );
  if (suspended === null && !changesPlan) return null;
  return withReasons(plan, suspended ?? plan);
}

/** The fields that an update names, as the HTTP API calls them. */
export function changed(command: UpdateCommand): string[] {
  const fields: [string, unknown][] = [
    ['reason', command.reason],
    ['public_reason', command.publicReason],
    ['duration', command.duration],
    ['ends_at', command.endsAt],
    ['extend', command.extend],
    ['auto_end', command.autoEnd],
    ['blocked_operations', command.blockedOperations],
    ['drain_deadline', command.drainDeadline],
  ];
  return fields.filter(([, value]) => value !== undefined).map(([name]) => name);
}

/** Kept over escalation and de-escalation. */
export function drainDeadlineOf(maintenance: Maintenance | null): Pick<Maintenance, 'drainDeadline'> {
  return maintenance?.drainDeadline === undefined ? {} : { drainDeadline: maintenance.drainDeadline };
}

/** @param seconds from now; null takes the deadline away, undefined leaves it */
export function withDrainDeadline(
  { drainDeadline: before, ...rest }: Maintenance,
  seconds: number | null | undefined,
  now: number,
): Maintenance {
  if (seconds === null) return rest;
  const drainDeadline = seconds === undefined ? before : now + seconds * 1000;
  return drainDeadline === undefined ? rest : { ...rest, drainDeadline };
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

/** A new maintenance lasts a minute at least; one that runs may end at any moment to come. */
export function endProblems(
  command: EnableCommand | UpdateCommand,
  endsAt: number | null,
  now: number,
): FieldProblem[] {
  if (endsAt === null) return [];
  const seconds = (endsAt - now) / 1000;
  const isFarEnough = command.type === 'enable' ? seconds >= MIN_DURATION_S : seconds > 0;
  if (isFarEnough && seconds <= MAX_DURATION_S) return [];
  const earliest =
    command.type === 'enable' ? `${MIN_DURATION_S} seconds from now at the earliest` : 'in the future';
  const message = `must put the end ${earliest}, and ${MAX_DURATION_S} seconds from now at the latest`;
  return [{ field: command.duration === undefined ? 'ends_at' : 'duration', message }];
}

/** A test run waits for no jobs. */
export function drainProblems(
  drainDeadline: number | null | undefined,
  mode: Maintenance['mode'],
): FieldProblem[] {
  if (drainDeadline === undefined || mode !== 'test') return [];
  return [{ field: 'drain_deadline', message: 'can only be given in normal mode' }];
}
