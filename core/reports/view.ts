import { type AttemptCount, totalOf } from '../attempts/counts.ts';
import { COUNTS_KEPT } from '../attempts/store.ts';
import type { TestRecord } from '../attempts/test-record.ts';
import type { Tally } from '../attempts/totals.ts';
import type { Rule } from '../decision/rule.ts';
import type { EventDraft, EventOf } from '../events/event.ts';
import type { EventType } from '../events/event-types.ts';
import { type MeasuredLag, NOTHING_WATCHED, type WatchRecord } from '../health/enforcement-record.ts';
import type { NoticeRecord } from '../notices/record.ts';
import type { Mode, Plan, PurgeOrder, State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import {
  drainedSteps,
  type EmergencyStep,
  type JobsReport,
  jobsReport,
  type ReportDrain,
  type StepOutcome,
} from './drain.ts';
import type { EmergencyFacts, Ending, ReportFacts, ReportKind } from './facts.ts';
import { noticesStep } from './notices.ts';
import { type TestRunView, testRunView } from './test-run-view.ts';

/** A report as the list shows it. */
export interface ReportSummary {
  /** The id of the maintenance: what `disable` answers as `report_id`. */
  readonly id: string;
  readonly kind: ReportKind;
  readonly status: 'in_progress' | 'completed';
  /** In the order in which they came. */
  readonly modes: readonly Mode[];
  readonly reason: string;
  readonly started_by: string;
  readonly started_at: string;
  readonly ended_by: string | null;
  readonly ended_at: string | null;
  readonly ended_how: Ending | null;
  /** Seconds, until now where it goes on. */
  readonly duration: number;
  readonly window: string | null;
}

/** The report of one maintenance, emergency or test run. Source: contract of the product, "Reports". */
export interface ReportView extends ReportSummary {
  readonly plan: {
    readonly at_start: PlanView;
    /** As it was changed last. */
    readonly final: PlanView;
    /** Seconds that it took longer than planned last, negative where it was shorter; null without a planned end. */
    readonly overrun: number | null;
  };
  readonly timeline: readonly TimelineEntry[];
  /** Null when nobody knows. */
  readonly attempts: AttemptsReport | null;
  readonly counts_source: ReportCounts['source'];
  readonly sessions: SessionsReport;
  /** Null where no drain was recorded, or nobody knows. */
  readonly jobs: JobsReport | null;
  readonly jobs_source: ReportDrain['source'];
  readonly enforcement_lag: { readonly milliseconds: number | null; readonly note: string | null };
  readonly alarms: { readonly raised: readonly string[] | null; readonly note: string | null };
  readonly emergencies: readonly EmergencyReport[];
  /** Null unless it is a test run; also where its counts are not known. */
  readonly test_run: TestRunView | null;
  readonly version: number;
  readonly as_of: string;
}

export interface PlanView {
  readonly ends_at: string | null;
  /** Seconds from start to planned end. */
  readonly duration: number | null;
  readonly auto_end: boolean;
  /** Null where all are blocked that can be. */
  readonly blocked_operations: readonly string[] | null;
}

export interface TimelineEntry {
  readonly number: number;
  readonly type: EventType;
  readonly at: string;
  readonly by: string;
  readonly via: 'api' | 'direct' | 'clock';
  readonly reason: string | null;
  /** The mode after it, null when nothing is active. */
  readonly mode: Mode | null;
}

export interface CountsByType {
  readonly total: number;
  readonly by_type: readonly {
    readonly operation_type: string;
    readonly calls: number;
    readonly last_call: string;
  }[];
}

export interface AttemptsReport {
  readonly blocked: CountsByType & {
    /** Different clients that were blocked. */
    readonly clients: number;
    readonly clients_exact: boolean;
  };
  /** Calls that were let through because an admin made them. */
  readonly bypasses: CountsByType;
}

export interface SessionsReport {
  /** Sessions that were ended, those included that appeared later as far as that is known. */
  readonly ended: number;
  /** Sessions that stayed, as of the newest purge of all of them; null before one is through. */
  readonly kept: number | null;
  /** Of those that were ended, how many nobody could read. */
  readonly unparsable: number;
  /** Whether a purge is still to be carried out. */
  readonly pending: boolean;
  readonly purges: readonly {
    readonly purge_id: string;
    readonly scope: PurgeOrder['scope'];
    readonly completed_at: string;
    readonly scanned: number;
    readonly deleted: number;
    readonly kept: number;
    readonly unparsable: number;
    /** Seconds. */
    readonly duration: number;
    readonly interruptions: number;
    readonly counts_exact: boolean;
  }[];
}

export interface EmergencyReport {
  readonly trigger: EmergencyFacts['trigger'];
  readonly reason: string;
  readonly declared_by: string;
  readonly declared_at: string;
  readonly terminate_jobs: boolean;
  readonly grace_period: number;
  readonly ended_at: string | null;
  readonly duration: number;
  readonly steps: readonly EmergencyStep[];
  readonly recovery: 'in_emergency' | 'deescalated' | 'ended';
  /** Milliseconds from the declaration until the gate was seen to enforce it; null where that was not measured. */
  readonly enforcement_lag: number | null;
}

/** What was counted during a maintenance, and how it is known. */
export type ReportCounts =
  | { readonly source: 'activity_table'; readonly tally: Tally; readonly record: TestRecord }
  | { readonly source: 'unavailable' | 'expired' };

export interface ReportParts {
  readonly counts: ReportCounts;
  /** Every rule by which requests were classified. */
  readonly rules: readonly Rule[];
  /** Sessions that the ledger of purging has counted for this maintenance; null where it has another, or none. */
  readonly endedSessions: number | null;
  readonly drain: ReportDrain;
  readonly watched: ReportWatch;
  /** Null where it can't be read. */
  readonly notices: NoticeRecord | null;
  /** The newest state. */
  readonly newest: State;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What the health check saw during the maintenance; `none` where it has kept nothing. */
export type ReportWatch =
  | { readonly source: 'recorded'; readonly record: WatchRecord }
  | { readonly source: 'none' | 'unavailable' };

/** @param now ms since the epoch */
export function reportSummary(facts: ReportFacts, now: number): ReportSummary {
  const { id, kind, modes, reason, startedBy, startedAt, end, window } = facts;
  return {
    id,
    kind,
    status: end === null ? 'in_progress' : 'completed',
    modes,
    reason,
    started_by: startedBy,
    started_at: rfc3339(startedAt),
    ended_by: end?.by ?? null,
    ended_at: end === null ? null : rfc3339(end.at),
    ended_how: end?.how ?? null,
    duration: durationOf(facts, now),
    window,
  };
}

/** The whole report, of what the log says and what was counted. */
export function reportView(facts: ReportFacts, parts: ReportParts): ReportView {
  const { counts, now, newest, drain } = parts;
  const sessions = sessionsReport(facts, parts);
  return {
    ...reportSummary(facts, now),
    plan: {
      at_start: planView(facts.plannedAtStart, facts.startedAt),
      final: planView(facts.planned, facts.startedAt),
      overrun: overrunOf(facts, now),
    },
    timeline: facts.events.map(timelineEntry),
    attempts: counts.source === 'activity_table' ? attemptsReport(counts.tally) : null,
    counts_source: counts.source,
    sessions,
    jobs: jobsReport(facts, drain),
    jobs_source: drain.source,
    ...watchReport(parts.watched),
    emergencies: facts.emergencies.map((emergency) => emergencyReport(emergency, facts, sessions, parts)),
    test_run:
      facts.kind === 'test_run' && counts.source === 'activity_table'
        ? testRunView(counts.record, counts.tally, parts.rules)
        : null,
    version: newest.version,
    as_of: rfc3339(now),
  };
}

/** The lag of a maintenance is the longest that was measured of its events: nobody waited for longer. */
function watchReport(watched: ReportWatch): Pick<ReportView, 'enforcement_lag' | 'alarms'> {
  if (watched.source === 'unavailable') {
    const note = 'could not be read';
    return { enforcement_lag: { milliseconds: null, note }, alarms: { raised: null, note } };
  }
  const { lags, alarms } = watched.source === 'recorded' ? watched.record : NOTHING_WATCHED;
  const late = lags.filter(({ milliseconds }) => milliseconds === null).length;
  const milliseconds = lagOf(watched, () => true);
  const note = milliseconds === null && late === 0 ? 'not measured' : null;
  return {
    enforcement_lag: { milliseconds, note: late > 0 ? `${late} events were not shown within 5 s` : note },
    alarms: { raised: alarms, note: null },
  };
}

function lagOf(watched: ReportWatch, isMeant: (lag: MeasuredLag) => boolean): number | null {
  if (watched.source !== 'recorded') return null;
  const known = watched.record.lags.filter(isMeant).flatMap(({ milliseconds }) => milliseconds ?? []);
  return known.length === 0 ? null : Math.max(...known);
}

/** Whether what was counted during a maintenance may be gone: counts are kept for COUNTS_KEPT after the last. */
export function areCountsExpired({ end }: ReportFacts, now: number): boolean {
  return end !== null && now - end.at > COUNTS_KEPT * 1000;
}

function durationOf({ end, startedAt }: ReportFacts, now: number): number {
  return end?.duration ?? Math.max(0, Math.round((now - startedAt) / 1000));
}

function overrunOf(facts: ReportFacts, now: number): number | null {
  const planned = planView(facts.planned, facts.startedAt).duration;
  if (planned === null) return null;
  const overrun = durationOf(facts, now) - planned;
  return facts.end === null ? Math.max(0, overrun) : overrun;
}

function planView({ endsAt, autoEnd, blockedOperations }: Plan, startedAt: number): PlanView {
  return {
    ends_at: endsAt === null ? null : rfc3339(endsAt),
    duration: endsAt === null ? null : Math.round((endsAt - startedAt) / 1000),
    auto_end: autoEnd,
    blocked_operations: blockedOperations,
  };
}

function timelineEntry({ type, at, actor, reason, state }: EventDraft): TimelineEntry {
  return {
    number: state.version,
    type,
    at: rfc3339(at),
    by: actor.id,
    via: actor.via,
    reason,
    mode: state.maintenance?.mode ?? null,
  };
}

function attemptsReport({ counts, clients }: Tally): AttemptsReport {
  const blocked = byType(counts.blocked);
  // A test run blocks nobody: its clients are those that would have been.
  const known = blocked.total === 0 ? { count: 0, exact: true } : clients;
  return {
    blocked: { ...blocked, clients: known.count, clients_exact: known.exact },
    bypasses: byType(counts.bypassed),
  };
}

function byType(counts: ReadonlyMap<string, AttemptCount>): CountsByType {
  return {
    total: totalOf(counts)?.calls ?? 0,
    by_type: [...counts]
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([operation, { calls, lastAt }]) => ({
        operation_type: operation,
        calls,
        last_call: rfc3339(lastAt),
      })),
  };
}

function sessionsReport({ id, events }: ReportFacts, { newest, endedSessions }: ReportParts): SessionsReport {
  const purges = receiptsOf({ id, events }).map(({ at, details }) => ({
    purge_id: details.purge_id,
    scope: details.scope,
    completed_at: rfc3339(at),
    scanned: details.scanned,
    deleted: details.deleted,
    kept: details.kept,
    unparsable: details.unparsable,
    duration: details.duration,
    interruptions: details.interruptions,
    counts_exact: details.counts_exact,
  }));
  const sum = (name: 'deleted' | 'unparsable') => purges.reduce((total, purge) => total + purge[name], 0);
  return {
    ended: Math.max(sum('deleted'), endedSessions ?? 0),
    kept: purges.findLast(({ scope }) => scope !== 'named')?.kept ?? null,
    unparsable: sum('unparsable'),
    pending: newest.purge?.maintenanceId === id,
    purges,
  };
}

function receiptsOf({ id, events }: Pick<ReportFacts, 'id' | 'events'>): EventOf<'sessions_purged'>[] {
  return events
    .filter((event) => event.type === 'sessions_purged')
    .filter((event) => event.maintenanceId === id);
}

function emergencyReport(
  emergency: EmergencyFacts,
  facts: ReportFacts,
  sessions: SessionsReport,
  { now, drain, watched, notices }: ReportParts,
): EmergencyReport {
  const { trigger, reason, declaredBy, declaredAt, terminateJobs, gracePeriod, endedAt } = emergency;
  const purged = receiptsOf(facts).find(({ at, details }) => at >= declaredAt && details.scope !== 'named');
  const steps = drainedSteps(emergency, facts, drain);
  const unpurged: StepOutcome = sessions.pending
    ? { outcome: 'pending', at: null, error: null }
    : steps.sessions;
  return {
    trigger,
    reason,
    declared_by: declaredBy,
    declared_at: rfc3339(declaredAt),
    terminate_jobs: terminateJobs,
    grace_period: gracePeriod,
    ended_at: endedAt === null ? null : rfc3339(endedAt),
    duration: Math.max(0, Math.round(((endedAt ?? now) - declaredAt) / 1000)),
    steps: [
      { step: 'block', ...done(declaredAt) },
      { step: 'sessions', ...(purged === undefined ? unpurged : done(purged.at)) },
      { step: 'jobs', ...steps.jobs },
      { step: 'pauses', ...steps.pauses },
      { step: 'notices', ...noticesStep(emergency, facts, notices) },
    ],
    recovery: endedAt === null ? 'in_emergency' : emergency.isDeescalated ? 'deescalated' : 'ended',
    enforcement_lag: lagOf(watched, ({ at }) => at === declaredAt),
  };
}

function done(at: number): StepOutcome {
  return { outcome: 'done', at: rfc3339(at), error: null };
}
