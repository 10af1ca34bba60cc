import { type DrainRecord, type DrainRecords, readDrainRecord } from '../../core/drain/record.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** Milliseconds that a reading may take: nobody waits long for what is only progress. */
const TIME_LIMIT_MS = 500;

/** What is known of the drain of a maintenance: null before its first look, undefined where it can't be told. */
export type KnownDrain = (maintenanceId: string) => Promise<DrainRecord | null | undefined>;

/** Reads the record of a drain. Progress is never worth an error. */
export function knownDrain(records: DrainRecords, log: Log): KnownDrain {
  return async (maintenanceId) => {
    try {
      return await withTimeLimit(TIME_LIMIT_MS, readDrainRecord(records, maintenanceId));
    } catch (error) {
      log.warn('The progress of the drain could not be read, and is not shown.', {
        event: 'drain_read_failed',
        error,
      });
      return undefined;
    }
  };
}
