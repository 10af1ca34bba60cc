import { effective } from '../state/clock.ts';
import type { PurgeOrder, State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import type { PurgeRecord, PurgeRun } from './record.ts';
import type { PurgeView } from './schemas.ts';

/**
 * The newest purge, null when there has never been one.
 *
 * @param purging what the record says; null when it is not known
 */
export function purgeView(
  { purge: standing }: State,
  purging: PurgeRecord | null,
  forAdmin: boolean,
): PurgeView | null {
  const run = purging?.run ?? null;
  if (standing !== undefined && run?.order.id !== standing.id) return pending(standing);
  if (run === null) return null;
  const isReceipted = standing === undefined && run.finishedAt !== null;
  const { order, pass, counts, error } = run;
  return {
    id: order.id,
    status: isReceipted ? 'completed' : error === null ? 'running' : 'failed',
    scope: order.scope,
    pass,
    ...counts,
    progress: progressOf(run),
    started_at: rfc3339(run.startedAt),
    updated_at: rfc3339(run.updatedAt),
    finished_at: isReceipted && run.finishedAt !== null ? rfc3339(run.finishedAt) : null,
    error: forAdmin ? error : null,
  };
}

/** How many sessions the maintenance that is active has ended; null when it is not known. */
export function invalidatedSessions(state: State, purging: PurgeRecord | null, now: number): number | null {
  const { maintenance } = effective(state, now);
  if (maintenance === null) return 0;
  if (purging === null) return null;
  return purging.ended?.maintenanceId === maintenance.id ? purging.ended.deleted : 0;
}

function pending({ id, scope }: PurgeOrder): PurgeView {
  return {
    id,
    status: 'pending',
    scope,
    pass: 1,
    scanned: 0,
    deleted: 0,
    kept: 0,
    unparsable: 0,
    progress: 0,
    started_at: null,
    updated_at: null,
    finished_at: null,
    error: null,
  };
}

/** Each pass is half of the work, whatever it takes: the keys that it goes past are the same. */
function progressOf({ pass, passed, keys, finishedAt }: PurgeRun): number | null {
  if (finishedAt !== null) return 1;
  if (pass === 1 && keys === null) return null;
  const share = keys === null || keys === 0 ? 0 : Math.min(1, passed / keys);
  return Math.round(((pass - 1 + share) / 2) * 1000) / 1000;
}
