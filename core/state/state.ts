/**
 * The state of maintenance: the whole of what an authorizer needs to decide, at most 13 KB as JSON, and mostly less
 * than one.
 * All instants are milliseconds since the Unix epoch.
 */
export type Mode = 'normal' | 'emergency' | 'test';

/** What was planned for a normal maintenance or a test run. */
export interface Plan {
  readonly reason: string;
  /** What callers read in place of the reason; absent where they may read that. */
  readonly publicReason?: string;
  /** The planned end, or null when none is known. */
  readonly endsAt: number | null;
  /** Whether the clock ends the maintenance at `endsAt`. */
  readonly autoEnd: boolean;
  /** The operation types that are blocked; null means all that can be. */
  readonly blockedOperations: readonly string[] | null;
}

interface Begun {
  /** Stable over escalation and de-escalation, and unique over the log. */
  readonly id: string;
  readonly startedAt: number;
  /** The admin who started it. */
  readonly startedBy: string;
  readonly notifyUsers: boolean;
  /** When jobs should be gone in normal mode; absent where nobody has said. Passing it is told, and stops nothing. */
  readonly drainDeadline?: number;
}

export interface NormalMaintenance extends Begun, Plan {
  readonly mode: 'normal';
}

export interface TestRun extends Begun, Plan {
  readonly mode: 'test';
}

export interface Emergency extends Begun {
  readonly mode: 'emergency';
  readonly reason: string;
  /** What callers read in place of the reason; absent where they may read that. */
  readonly publicReason?: string;
  readonly declaredAt: number;
  readonly declaredBy: string;
  readonly terminateJobs: boolean;
  /** Seconds that jobs are given to stop by themselves. */
  readonly gracePeriod: number;
  /** When it should be over, as somebody has said since; absent where nobody has. It ends nothing. */
  readonly estimatedEnd?: number;
  /** What de-escalation goes back to: the plan that the emergency suspended, null if there was none. */
  readonly suspended: Plan | null;
}

export type Maintenance = NormalMaintenance | TestRun | Emergency;

/** The reason as callers read it that are no admins. */
export function publicReasonOf({ reason, publicReason }: Pick<Plan, 'reason' | 'publicReason'>): string {
  return publicReason ?? reason;
}

/** What a window orders beside its plan, as `enable` does; each absent where it is as usual. */
export interface WindowOrders {
  /** Members' sessions are left alone. */
  readonly invalidateSessions?: false;
  /** Nobody is told of it. */
  readonly notifyUsers?: false;
  /** Seconds from each start after which jobs should be gone. */
  readonly drainDeadline?: number;
}

/** A window that is coming, as far as the clock needs to know it to begin and to end the maintenance. */
export interface ComingWindow extends Omit<Plan, 'endsAt'>, WindowOrders {
  readonly id: string;
  readonly mode: 'normal' | 'test';
  /** The admin who scheduled it. */
  readonly scheduledBy: string;
  /** Milliseconds from each start to the planned end. */
  readonly length: number;
  /** Its next starts, ms since the epoch, ascending; at least one. */
  readonly starts: readonly number[];
}

/**
 * What is coming of the owner's windows, computed ahead: the newest state alone tells when a maintenance begins, so
 * that nothing but the clock is needed for it. The windows themselves are kept elsewhere, as a set that never changes.
 */
export interface WindowSchedule {
  /** Names the set of windows: a digest of what it holds. */
  readonly name: string;
  /** Those with the next occurrences of the whole set, each with its own. */
  readonly windows: readonly ComingWindow[];
  /** Whether the set has occurrences after those: then `tick` puts in more before they run out. */
  readonly hasMore: boolean;
  /** The operation types of the owner's that any of the windows names: they must not lose their last rule. */
  readonly operations: readonly string[];
}

export interface State {
  /** The number of the newest event; 0 before the first. */
  readonly version: number;
  readonly maintenance: Maintenance | null;
  /** The owner's classification rules, which are kept elsewhere; null while there are none. */
  readonly rules: RuleSetReference | null;
  /** Credentials of members issued before this instant are worth nothing; null before the first maintenance. */
  readonly sessionsInvalidBefore: number | null;
  /** Whose credentials are worth nothing, whatever their role; absent while there are none. */
  readonly revoked?: readonly Revocation[];
  /** The sessions that still have to be deleted; absent once the receipt is in the log. */
  readonly purge?: PurgeOrder;
  /** What is coming of the owner's windows; absent while there are none. */
  readonly windows?: WindowSchedule;
  /**
   * The number of the event that asked every instance to drop what it remembers; absent before the first. A number that
   * an instance has not met tells it to.
   */
  readonly refresh?: number;
  /** Until when every decision is told in the log; absent while that was not asked for. */
  readonly debugUntil?: number;
}

/** Ends what a principal was given before an instant. Kept for as long as a token could be believed. */
export interface Revocation {
  /** The principal's id. */
  readonly id: string;
  /** Credentials issued before this instant are worth nothing. */
  readonly before: number;
}

/**
 * Which sessions are to be deleted. An order that comes while another stands takes its place and asks for what both
 * asked for, so that none is lost; the event `sessions_purged` takes it away.
 */
export interface PurgeOrder {
  /** Unique: names the run, its progress and its receipt. Made of the number of the event that gave it. */
  readonly id: string;
  /** When it was given. Sessions that begin later are none of its business, unless maintenance is active. */
  readonly at: number;
  /** The maintenance that it was given for or during, null where there was none. */
  readonly maintenanceId: string | null;
  /** `members`: all but admins' sessions. `everybody`: admins' too. `named`: those of `users` alone. */
  readonly scope: 'members' | 'everybody' | 'named';
  /** Whose sessions go in any case: of principals that were revoked. */
  readonly users: readonly string[];
  /** The admin who asked for `everybody`, and keeps their own admin sessions. */
  readonly spared: string | null;
}

/** Which set of the owner's rules is in force. */
export interface RuleSetReference {
  /** Names the set: a digest of what it holds. */
  readonly name: string;
  /** The operation types that the owner has added; they can be blocked like the built-in ones. */
  readonly operations: readonly string[];
}

export const INITIAL_STATE: State = {
  version: 0,
  maintenance: null,
  rules: null,
  sessionsInvalidBefore: null,
};

/** The operation types that the owner has added. */
export function ownOperations(state: State): readonly string[] {
  return state.rules?.operations ?? [];
}

/** Whether every decision is told in the log at an instant. It ends by the clock, without an event. */
export function isDebugging({ debugUntil }: State, now: number): boolean {
  return debugUntil !== undefined && now < debugUntil;
}

/** The planned end of a maintenance; an emergency suspends its own, and may have an estimate. */
export function plannedEnd(maintenance: Maintenance): number | null {
  return maintenance.mode === 'emergency' ? (maintenance.estimatedEnd ?? null) : maintenance.endsAt;
}
