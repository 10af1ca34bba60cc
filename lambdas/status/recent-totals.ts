import type { AttemptStore } from '../../core/attempts/store.ts';
import type { KnownTotals } from '../../core/status/blocked-operations-view.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';
import { keptFor } from '../http/kept-for.ts';

interface RecentTotalsParts {
  readonly attempts: Pick<AttemptStore, 'totals'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds for which counts are used without being read again: everybody may ask for them. */
const KEPT = 1000;
/** Milliseconds that a reading may take. */
const TIME_LIMIT_MS = 1500;

/**
 * Tells what was counted during a maintenance. Counts are never worth an error: those that can't be read are the last
 * known ones, or none.
 */
export function recentTotals({
  attempts,
  log,
  now,
}: RecentTotalsParts): (maintenanceId: string) => Promise<KnownTotals> {
  let kept: { readonly id: string; readonly read: () => Promise<KnownTotals> } | null = null;
  return (id) => {
    if (kept?.id !== id) kept = { id, read: keptFor(KEPT, now, reader(id, attempts, log)) };
    return kept.read();
  };
}

function reader(id: string, attempts: Pick<AttemptStore, 'totals'>, log: Log): () => Promise<KnownTotals> {
  let last: KnownTotals = { totals: null, source: 'unavailable' };
  return async () => {
    try {
      const totals = await withTimeLimit(TIME_LIMIT_MS, attempts.totals(id));
      last = { totals, source: 'last_known' };
      return { totals, source: 'activity_table' };
    } catch (error) {
      log.warn('Counts could not be read; the last known ones are shown, if there are any.', {
        event: 'counts_read_failed',
        error,
      });
      return last;
    }
  };
}
