import type { PurgeLedger, PurgeLedgerEntry } from '../../core/purge-ledger.ts';
import { keptFor } from './kept-for.ts';
import type { Log } from './log.ts';
import { withTimeLimit } from './time-limit.ts';

export interface RecentPurgingParts {
  readonly ledger: Pick<PurgeLedger, 'read'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Milliseconds for which progress is used without being read again: everybody may ask for it. */
const KEPT = 1000;
/** Milliseconds that a reading may take: neither a toggle nor the status waits for long. */
const PATIENCE = 300;

/**
 * Tells how far the purging of sessions has come. Progress is never worth an error: what can't be read is the last
 * known, or null.
 */
export function recentPurging({
  ledger,
  log,
  now,
}: RecentPurgingParts): () => Promise<PurgeLedgerEntry | null> {
  let last: PurgeLedgerEntry | null = null;
  return keptFor(KEPT, now, async () => {
    try {
      last = (await withTimeLimit(PATIENCE, ledger.read())).entry;
    } catch (error) {
      log.warn('The progress of the purge could not be read; the last known is shown, if there is any.', {
        event: 'purge_read_failed',
        error,
      });
    }
    return last;
  });
}
