import { blockedOperations } from '../decision/decide.ts';
import type { DeployedParts } from '../deployed-parts.ts';
import type { DrainRecord } from '../drain/record.ts';
import { drainView } from '../drain/view.ts';
import type { PurgeRecord } from '../purge/record.ts';
import { invalidatedSessions, purgeView } from '../purge/view.ts';
import { effective } from '../state/clock.ts';
import { nextOccurrence } from '../state/schedule.ts';
import type { WindowSchedule } from '../state/state.ts';
import { type Maintenance, ownOperations, plannedEnd, publicReasonOf, type State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import type { NextWindow, StatusView } from './schemas.ts';

export interface StatusContext {
  readonly now: number;
  readonly forAdmin: boolean;
  readonly source: StatusView['state_source'];
  /** What the record of purging says; absent where it can't be told. */
  readonly purging?: PurgeRecord | null;
  /** How many jobs are active; absent where it can't be told. */
  readonly activeJobs?: number | null;
  /** What is deployed; absent where everything is. */
  readonly deployed?: DeployedParts;
  /** The record of the drain, null before its first look; absent where it can't be told. */
  readonly drain?: DrainRecord | null | undefined;
}

/** The state as the status API shows it at `now`. */
export function statusView(
  state: State,
  { now, forAdmin, source, purging = null, activeJobs = null, drain, deployed }: StatusContext,
): StatusView {
  const { maintenance, windows } = effective(state, now);
  const end = maintenance === null ? null : plannedEnd(maintenance);
  const blocked = maintenance === null ? [] : blockedOperations(maintenance, ownOperations(state));
  const isTest = maintenance?.mode === 'test';
  return {
    is_active: maintenance !== null,
    mode: maintenance?.mode ?? 'normal',
    name: deployed?.name ?? null,
    reason: maintenance === null ? null : forAdmin ? maintenance.reason : publicReasonOf(maintenance),
    public_reason: maintenance?.publicReason ?? null,
    estimated_duration:
      maintenance === null || end === null ? null : Math.round((end - maintenance.startedAt) / 1000),
    started_at: maintenance === null ? null : rfc3339(maintenance.startedAt),
    estimated_completion: end === null ? null : rfc3339(end),
    auto_end: maintenance !== null && maintenance.mode !== 'emergency' && maintenance.autoEnd,
    blocked_operations: isTest ? [] : blocked,
    simulated_operations: isTest ? blocked : [],
    active_jobs_count: activeJobs,
    message: statusMessage(maintenance, end, now),
    enabled_by: forAdmin && maintenance !== null ? heldBy(maintenance) : null,
    // Without sessions nobody carries out the order to end them, and without jobs nobody drains.
    invalidated_sessions: deployed?.sessions === false ? null : invalidatedSessions(state, purging, now),
    session_purge: deployed?.sessions === false ? null : purgeView(state, purging, forAdmin),
    job_drain: deployed?.jobs === false ? null : drainView(state, drain, { now, forAdmin }),
    test_mode: isTest,
    next_window: nextWindow(windows, forAdmin),
    version: state.version,
    state_source: source,
    as_of: rfc3339(now),
  };
}

/** What comes next of the windows. */
export function nextWindow(windows: WindowSchedule | undefined, forAdmin = false): NextWindow | null {
  const next = nextOccurrence(windows);
  if (next === null) return null;
  const { id, reason, mode, autoEnd } = next.window;
  return {
    id,
    starts_at: rfc3339(next.startsAt),
    ends_at: rfc3339(next.endsAt),
    reason: forAdmin ? reason : publicReasonOf(next.window),
    mode,
    auto_end: autoEnd,
  };
}

function heldBy(maintenance: Maintenance): string {
  return maintenance.mode === 'emergency' ? maintenance.declaredBy : maintenance.startedBy;
}

/** The state of maintenance in a sentence or two, for people. */
export function statusMessage(maintenance: Maintenance | null, end: number | null, now: number): string {
  if (maintenance === null) return 'No maintenance is active';
  const what = {
    normal: 'Maintenance is in progress. Some operations are blocked.',
    emergency: 'Emergency maintenance is in progress. The service is closed to everybody but administrators.',
    test: 'A maintenance rehearsal is in progress. Nothing is blocked.',
  }[maintenance.mode];
  if (end === null) return what;
  return end <= now ? `${what} It is taking longer than planned.` : `${what} Expected end: ${rfc3339(end)}.`;
}
