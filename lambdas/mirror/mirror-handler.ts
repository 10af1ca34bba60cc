import { eventOf } from '../../adapters/events/event-item.ts';
import type { MaintenanceEvent } from '../../core/events/event.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from '../aws/log.ts';
import type { BatchResult, StreamEvent, StreamRecord } from '../aws/stream-event.ts';

interface MirrorParts {
  /** The copy of the state in Redis; an older one never takes the place of a newer one. */
  readonly mirror: { keep(state: State): Promise<boolean> };
  readonly log: Log;
}

/**
 * Keeps the copy of the state in Redis, by which authorizers decide that can't read the event log. Of a batch only the
 * newest event matters: it holds the whole state.
 */
export function createMirrorHandler({ mirror, log }: MirrorParts) {
  return async ({ Records }: StreamEvent): Promise<BatchResult> => {
    const newest = newestOf(Records, log);
    if (newest === null) return { batchItemFailures: [] };
    try {
      await mirror.keep(newest.state);
      return { batchItemFailures: [] };
    } catch (error) {
      log.warn('The copy of the state in Redis could not be kept; the stream will offer it again.', {
        event: 'mirror_failed',
        version: newest.number,
        error,
      });
      return { batchItemFailures: [{ itemIdentifier: Records[0]?.dynamodb?.SequenceNumber ?? '' }] };
    }
  };
}

/** A record that can't be read is left out: the publisher calls for help, and the next event makes up for it. */
function newestOf(records: readonly StreamRecord[], log: Log): MaintenanceEvent | null {
  let newest: MaintenanceEvent | null = null;
  for (const { dynamodb = {} } of records) {
    try {
      const event = eventOf(dynamodb.NewImage ?? {});
      if (newest === null || event.number > newest.number) newest = event;
    } catch (error) {
      log.warn('A record of the event log cannot be read; it is left out of the copy in Redis.', {
        event: 'malformed_record',
        sequence_number: dynamodb.SequenceNumber,
        error,
      });
    }
  }
  return newest;
}
