import type { PurgeRecord, PurgeRecordItem } from '../../core/purge/record.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** Milliseconds that a reading may take, the first of an instance included: no toggle waits for longer. */
const TIME_LIMIT_MS = 1000;

/**
 * Tells how far the purging of sessions has come. It is read for each call, as the state is: an entry from before the
 * newest order would be taken for the outcome of it. Progress is never worth an error: where it can't be read, it is the
 * last known, or null.
 */
export function knownPurging(
  item: Pick<PurgeRecordItem, 'read'>,
  log: Log,
): () => Promise<PurgeRecord | null> {
  let last: PurgeRecord | null = null;
  return async () => {
    try {
      const { entry } = await withTimeLimit(TIME_LIMIT_MS, item.read());
      last = entry;
      return entry;
    } catch (error) {
      log.warn('The progress of the purge could not be read; the last known is shown, if there is any.', {
        event: 'purge_read_failed',
        error,
      });
      return last;
    }
  };
}
