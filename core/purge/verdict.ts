import { CLOCK_SKEW_MS } from '../clock-skew.ts';
import type { SessionFacts } from '../identity/session.ts';
import { effective } from '../state/clock.ts';
import type { PurgeOrder, State } from '../state/state.ts';

/** What an order is judged by beside itself. Instants are ms since the epoch. */
export interface PurgeCircumstances {
  /** Whether a maintenance is active that ended sessions: then nobody but admins should have one at all. */
  readonly isClosed: boolean;
  /** When the reading began of the state that says so. */
  readonly asOf: number;
  readonly now: number;
}

/** Whether a maintenance is active at `now` that has ended members' sessions. */
export function isClosedToMembers(state: State, now: number): boolean {
  const { maintenance, sessionsInvalidBefore } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test') return false;
  return sessionsInvalidBefore !== null && sessionsInvalidBefore >= maintenance.startedAt;
}

/**
 * What becomes of a session under an order.
 *
 * - Who is named loses every session. A user that can't be read is nobody.
 * - An admin's session goes only where the order is for everybody, and never that of who asked for it.
 * - While the application is closed to members, all of theirs go, however young; but one that began after the state
 *   was read waits for the next look: maintenance may be over by then.
 * - Otherwise those stay that began after the order. Where it can't be told when a session began, it goes if somebody
 *   asked for it to, and stays if it was to go for a maintenance that is over.
 *
 * @example sessionVerdict({ ...facts, role: 'member' }, order, { isClosed: true, asOf: now, now }) // 'end'
 */
export function sessionVerdict(
  facts: SessionFacts,
  order: PurgeOrder,
  circumstances: PurgeCircumstances,
): 'end' | 'keep' {
  if (facts.user !== null && order.users.includes(facts.user)) return 'end';
  if (order.scope === 'named') return 'keep';
  if (facts.role !== 'admin') return isTooYoung(facts, order, circumstances) ? 'keep' : 'end';
  if (order.scope !== 'everybody' || (order.spared !== null && facts.user === order.spared)) return 'keep';
  return isTooYoung(facts, order, { ...circumstances, isClosed: false }) ? 'keep' : 'end';
}

function isTooYoung(
  { createdAt }: SessionFacts,
  order: PurgeOrder,
  { isClosed, asOf, now }: PurgeCircumstances,
): boolean {
  // No maintenance ends everybody's: whatever it was given during, such an order was asked for.
  const isAskedFor = order.scope === 'everybody' || order.maintenanceId === null;
  if (createdAt === null || createdAt > now + CLOCK_SKEW_MS) return !isClosed && !isAskedFor;
  return createdAt > (isClosed ? asOf : order.at);
}

/** What a slice is gone through for, after the order: members' sessions that appear in spite of all; null for nothing. */
export function sliceOrder(state: State, now: number): PurgeOrder | null {
  const { maintenance } = effective(state, now);
  if (maintenance === null || !isClosedToMembers(state, now)) return null;
  const { id, startedAt } = maintenance;
  return { id: 'slice', at: startedAt, maintenanceId: id, scope: 'members', users: [], spared: null };
}
