import type { LogLevel } from '../commands/command.ts';
import type { DrainEnd, FailedWork, StepRecord } from '../drain/record.ts';
import type { PurgeCounts } from '../purge/record.ts';
import type { OwnRule } from '../rules/rule-set.ts';
import type { Maintenance, Mode, PurgeOrder } from '../state/state.ts';
import { line } from '../text.ts';
import type { WindowView } from '../windows/schemas.ts';
import { viewOfFacts, type WindowFacts } from '../windows/window-facts.ts';

/*
 * The details of events, as JSON. Instants are RFC 3339, lengths are seconds. What is optional is left out where there
 * is nothing to say.
 */

/** What is planned, for those who compare an event with the one before. The reason is the event's own. */
export interface PlanDetails {
  /** What callers read in place of the reason; absent where they read that. */
  readonly public_reason?: string;
  readonly ends_at: string | null;
  readonly auto_end: boolean;
  /** Null where everything is blocked that can be. */
  readonly blocked_operations: readonly string[] | null;
}

/** What has come to its end. */
export interface ClosingDetails {
  readonly id: string;
  readonly mode: Mode;
  readonly duration: number;
}

/** Of an event that takes the place of a test run. */
export interface ReplacingDetails {
  readonly completed_test_run?: ClosingDetails;
}

interface EmergencyDetails extends ReplacingDetails {
  readonly mode: 'emergency';
  readonly terminate_jobs: boolean;
  readonly grace_period: number;
}

interface ActivationDetails extends PlanDetails, ReplacingDetails {
  readonly mode: 'normal' | 'test';
  readonly invalidate_sessions: boolean;
}

/** What a window begins, or would have begun. */
export interface OpeningDetails extends ReplacingDetails {
  /** The window's id. */
  readonly window: string | null;
  readonly mode: Mode;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly invalidate_sessions: boolean;
}

/** The first events of windows hold what the API shows of them: read either by `viewOfFacts`. */
interface WindowDetails {
  readonly window: WindowFacts | WindowView;
}

export interface RuleDetails {
  /** In words. */
  readonly change: string;
  readonly added?: RuleFacts;
  readonly removed?: RuleFacts;
}

type RuleFacts = Partial<Pick<OwnRule, 'id' | 'method' | 'path' | 'operation'>>;

interface PurgeDetails extends PurgeCounts {
  readonly purge_id: string;
  readonly scope: PurgeOrder['scope'];
  readonly duration: number;
  readonly interruptions: number;
  readonly counts_exact: boolean;
}

export interface DrainDetails {
  readonly mode: Mode;
  readonly outcome: DrainEnd['outcome'];
  readonly found: number;
  readonly terminated: number;
  readonly lost: number;
  readonly left: number;
  readonly counts_exact: boolean;
  readonly duration: number;
  readonly failed: readonly FailedWork[];
  readonly paused: StepRecord['outcome'];
}

/** What the log line of an event is made of. */
interface Told<Details> {
  readonly details: Details;
  readonly reason: string | null;
  /** Who caused it. */
  readonly admin: string;
  /** The maintenance after the event, null when none is active. */
  readonly maintenance: Maintenance | null;
}

interface NamedLine {
  /** The `event` of the log line. */
  readonly name: string;
  readonly message: string;
}

interface EventTypeEntry<Details> {
  /** Its `detail-type` on the bus. */
  readonly busName: string;
  /**
   * `decision`: requests are decided by another state after it. `plan`: it changes what is to come. `receipt`: it tells
   * of what came by itself, work that is done or times that were computed; nobody decides by it.
   */
  readonly kind: 'decision' | 'plan' | 'receipt';
  readonly line: (told: Told<Details>) => NamedLine;
}

/** Makes an entry; the details of its events are told by the type that it is given. */
const entry = <Details>(made: EventTypeEntry<Details>): EventTypeEntry<Details> => made;

const ended = <Details extends { readonly duration: number }>(busName: string) =>
  entry<Details>({
    busName,
    kind: 'decision',
    line: ({ details, admin }) => deactivated(details.duration, admin),
  });

const planned = (busName: string, done: string) =>
  entry<WindowDetails>({
    busName,
    kind: 'plan',
    line: ({ details: { window }, admin }) => {
      const { id, starts_at } = viewOfFacts(window);
      return {
        name: `window_${done}`,
        message: line(`[MAINTENANCE] Window ${done}`, { window: id, starts_at, admin }),
      };
    },
  });

/**
 * Every type of event: what its events tell besides what all do, what it is called on the bus, what it is to others, and
 * its line in the log. Whatever differs by type alone is here.
 */
export const EVENT_TYPE = {
  activated: entry<ActivationDetails | EmergencyDetails>({
    busName: 'Maintenance Activated',
    kind: 'decision',
    line: ({ reason, admin, maintenance }) =>
      maintenance?.mode === 'emergency' ? emergencyActivated(reason, admin) : activated(reason, admin),
  }),
  escalated: entry<EmergencyDetails>({
    busName: 'Maintenance Escalated',
    kind: 'decision',
    line: ({ reason, admin }) => emergencyActivated(reason, admin),
  }),
  deescalated: entry<{ readonly emergency_seconds: number }>({
    busName: 'Maintenance De-escalated',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'emergency_ended',
      message: line('[EMERGENCY] Emergency maintenance ended', {
        duration: seconds(details.emergency_seconds),
        admin,
      }),
    }),
  }),
  updated: entry<PlanDetails & { readonly changed: readonly string[] }>({
    busName: 'Maintenance Updated',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'maintenance_updated',
      message: line('[MAINTENANCE] Maintenance mode updated', { changed: details.changed.join(','), admin }),
    }),
  }),
  deactivated: ended<ClosingDetails>('Maintenance Deactivated'),
  auto_ended: ended<ClosingDetails>('Maintenance Ended By Clock'),
  rules_changed: entry<RuleDetails>({
    busName: 'Classification Rules Changed',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'rules_changed',
      message: line('[MAINTENANCE] Classification rules changed', { change: details.change, admin }),
    }),
  }),
  window_scheduled: planned('Window Scheduled', 'scheduled'),
  window_changed: planned('Window Changed', 'changed'),
  window_cancelled: planned('Window Cancelled', 'cancelled'),
  window_begun: entry<OpeningDetails>({
    busName: 'Window Begun',
    kind: 'decision',
    line: ({ reason, admin, maintenance }) => activated(reason, maintenance?.startedBy ?? admin),
  }),
  window_ended: ended<ClosingDetails>('Window Ended'),
  window_absorbed: entry<OpeningDetails>({
    busName: 'Window Absorbed',
    kind: 'decision',
    line: ({ details, reason }) => ({
      name: 'window_absorbed',
      message: line('[MAINTENANCE] Window absorbed by the maintenance that was active', {
        window: String(details.window),
        reason: reason ?? '',
      }),
    }),
  }),
  window_schedule_extended: entry<{ readonly coming: number }>({
    busName: 'Window Schedule Extended',
    kind: 'receipt',
    line: ({ details }) => ({
      name: 'window_schedule_extended',
      message: line('[MAINTENANCE] Window schedule extended', { coming: String(details.coming) }),
    }),
  }),
  principal_revoked: entry<{ readonly purge_id: string; readonly principal: string }>({
    busName: 'Principal Revoked',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'principal_revoked',
      message: line('[MAINTENANCE] Principal revoked', { user: details.principal, admin }),
    }),
  }),
  sessions_purge_requested: entry<{ readonly purge_id: string; readonly scope: PurgeOrder['scope'] }>({
    busName: 'Session Purge Requested',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'sessions_purge_requested',
      message: line('[MAINTENANCE] Session purge requested', { scope: details.scope, admin }),
    }),
  }),
  sessions_purged: entry<PurgeDetails>({
    busName: 'Sessions Purged',
    kind: 'receipt',
    line: ({ details }) => ({
      name: 'sessions_purged',
      message: line('[MAINTENANCE] Sessions purged', {
        deleted: String(details.deleted),
        kept: String(details.kept),
        duration: seconds(details.duration),
      }),
    }),
  }),
  drained: entry<DrainDetails>({
    busName: 'Jobs Drained',
    kind: 'receipt',
    line: ({ details }) => ({
      name: 'drained',
      message: line('[MAINTENANCE] No jobs left, ready for maintenance', {
        terminated: String(details.terminated),
        lost: String(details.lost),
        duration: seconds(details.duration),
      }),
    }),
  }),
  drain_incomplete: entry<DrainDetails>({
    busName: 'Job Drain Incomplete',
    kind: 'receipt',
    line: ({ details }) => ({
      name: 'drain_incomplete',
      message: line('[EMERGENCY] Jobs could not be terminated', {
        left: String(details.left),
        duration: seconds(details.duration),
      }),
    }),
  }),
  refreshed: entry<Readonly<Record<string, never>>>({
    busName: 'Refresh Requested',
    kind: 'decision',
    line: ({ admin }) => ({
      name: 'refresh_requested',
      message: line('[MAINTENANCE] Refresh requested', { admin }),
    }),
  }),
  log_level_changed: entry<{ readonly level: LogLevel; readonly until: string | null }>({
    busName: 'Log Level Changed',
    kind: 'decision',
    line: ({ details, admin }) => ({
      name: 'log_level_changed',
      message: line('[MAINTENANCE] Log level changed', {
        level: details.level,
        until: details.until ?? '',
        admin,
      }),
    }),
  }),
  reset: entry<{ readonly cleared: readonly string[] } & Partial<ClosingDetails>>({
    busName: 'State Reset',
    kind: 'decision',
    // What was active has ended: searches for the end of maintenance find it.
    line: ({ details: { cleared, duration }, admin }) =>
      duration === undefined
        ? {
            name: 'state_reset',
            message: line('[MAINTENANCE] State reset', { cleared: cleared.join(','), admin }),
          }
        : deactivated(duration, admin),
  }),
} as const;

export type EventType = keyof typeof EVENT_TYPE;

/** What the events of each type tell besides what all do. */
type EventDetails = {
  readonly [Type in EventType]: (typeof EVENT_TYPE)[Type] extends EventTypeEntry<infer Details>
    ? Details
    : never;
};

/** A type of event with details of that type, whichever it is. */
export type EventFacts = {
  readonly [Type in EventType]: { readonly type: Type; readonly details: EventDetails[Type] };
}[EventType];

/** Every type, in the order of the documentation. */
export const EVENT_TYPES = Object.keys(EVENT_TYPE) as [EventType, ...EventType[]];

/** Whether events of a type tell of what came by itself. Nobody decides by them. */
export function isReceipt(type: EventType): boolean {
  return EVENT_TYPE[type].kind === 'receipt';
}

/** Whether requests are decided by another state after events of a type. */
export function isDecisive(type: EventType): boolean {
  return EVENT_TYPE[type].kind === 'decision';
}

/** The log line of an event, without the fields that all have. */
export function namedLine(facts: EventFacts, others: Omit<Told<unknown>, 'details'>): NamedLine {
  const { line: lineOf } = EVENT_TYPE[facts.type] as EventTypeEntry<EventFacts['details']>;
  return lineOf({ ...others, details: facts.details });
}

function activated(reason: string | null, admin: string): NamedLine {
  return {
    name: 'maintenance_activated',
    message: line('[MAINTENANCE] Maintenance mode activated', { reason: reason ?? '', admin }),
  };
}

function emergencyActivated(reason: string | null, admin: string): NamedLine {
  return {
    name: 'emergency_activated',
    message: line('[EMERGENCY] Emergency maintenance activated', { reason: reason ?? '', admin }),
  };
}

function deactivated(duration: number, admin: string): NamedLine {
  return {
    name: 'maintenance_deactivated',
    message: line('[MAINTENANCE] Maintenance mode deactivated', { duration: seconds(duration), admin }),
  };
}

/** Whole seconds with their unit: `1800s`. */
function seconds(value: number): string {
  return `${value}s`;
}
