import { type AttemptCount, totalOf } from '../attempts/counts.ts';
import { COUNTS_KEPT } from '../attempts/store.ts';
import type { TestRecord } from '../attempts/test-record.ts';
import type { AttemptTotals } from '../attempts/totals.ts';
import type { Rule } from '../decision/rule.ts';
import type { EventDraft, EventOf } from '../events/event.ts';
import { type MeasuredLag, NOTHING_WATCHED, type WatchRecord } from '../health/enforcement-record.ts';
import type { NoticeRecord } from '../notices/record.ts';
import type { Plan, State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import { drainedSteps, jobsReport, type ReportDrain, type StepOutcome } from './drain.ts';
import type { EmergencyFacts, ReportFacts } from './facts.ts';
import { noticesStep } from './notices.ts';
import type {
  AttemptsReport,
  CountsByType,
  EmergencyReport,
  PlanView,
  ReportSummary,
  ReportView,
  SessionsReport,
  TimelineEntry,
} from './schemas.ts';
import { testRunView } from './test-run-view.ts';

/** What was counted during a maintenance, and how it is known. */
export type ReportCounts =
  | { readonly source: 'activity_table'; readonly totals: AttemptTotals; readonly record: TestRecord }
  | { readonly source: 'unavailable' | 'expired' };

export interface ReportParts {
  readonly counts: ReportCounts;
  /** Every rule by which requests were classified. */
  readonly rules: readonly Rule[];
  /** Sessions that the record of purging has counted for this maintenance; null where it has another, or none. */
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
  const { publicReason } = facts.planned;
  return {
    id,
    kind,
    status: end === null ? 'in_progress' : 'completed',
    modes,
    reason,
    ...(publicReason !== undefined && { public_reason: publicReason }),
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
    attempts: counts.source === 'activity_table' ? attemptsReport(counts.totals) : null,
    counts_source: counts.source,
    sessions,
    jobs: jobsReport(facts, drain),
    jobs_source: drain.source,
    ...watchReport(parts.watched),
    emergencies: facts.emergencies.map((emergency) => emergencyReport(emergency, facts, sessions, parts)),
    test_run:
      facts.kind === 'test_run' && counts.source === 'activity_table'
        ? testRunView(counts.record, counts.totals, parts.rules)
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

function attemptsReport({ counts, clients }: AttemptTotals): AttemptsReport {
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
