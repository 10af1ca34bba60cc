import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge';
import { eventOf, partitionOf } from '../../adapters/events/event-item.ts';
import { line } from '../../core/text.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';
import type { Destination } from '../aws/destination.ts';
import type { Log } from '../aws/log.ts';
import { metricLine } from '../aws/metric-line.ts';
import type { BatchResult, StreamEvent, StreamRecord } from '../aws/stream-event.ts';
import { advanceCursor } from './advance-cursor.ts';
import { inBatches } from './batches.ts';
import { toBusEntry } from './bus-entry.ts';

interface PublisherParts {
  readonly eventBridge: Pick<EventBridgeClient, 'send'>;
  readonly destination: Destination;
  /** How far the log has been published. */
  readonly cursor: VersionedItem<number | null>;
  readonly log: Log;
  /** Writes a line of the log as it is. */
  readonly write: (line: string) => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Outgoing {
  /** The event's number. */
  readonly version: number;
  /** Who made the change, where that was past the API; null for any other. */
  readonly direct: { readonly admin: string; readonly type: string } | null;
  readonly sequenceNumber: string;
  readonly entry: PutEventsRequestEntry;
}

/**
 * Publishes new events of the log to the bus, at least once and in order: nothing that comes after a failed record
 * counts as published, so a consumer may see an event twice (it has a number and an id) but never misses one. An event
 * that was changed or removed is published no more, but raises an alarm: at each try, so that no failure hides it.
 */
export function createPublisherHandler({
  eventBridge,
  destination,
  cursor,
  log,
  write,
  now,
}: PublisherParts) {
  /** Sends a batch; returns the sequence number of the first that was refused, null when all were taken. */
  const send = async (batch: readonly Outgoing[]): Promise<string | null> => {
    const { Entries = [] } = await eventBridge.send(
      new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }),
    );
    const refused = batch.findIndex((_, index) => Entries[index]?.EventId === undefined);
    if (refused === -1) {
      log.info('Events published.', {
        event: 'events_published',
        versions: batch.map(({ version }) => version),
      });
      for (const { version, direct } of batch) if (direct !== null) logDirectUse(version, direct);
      return null;
    }
    const { ErrorCode, ErrorMessage } = Entries[refused] ?? {};
    logFailure(batch[refused], { code: ErrorCode, error_message: ErrorMessage });
    return batch[refused]?.sequenceNumber ?? '';
  };

  /** What can't be remembered is published once more by the sweep, which does no harm. */
  const remember = async (batch: readonly Outgoing[]): Promise<void> => {
    const versions = batch.map(({ version }) => version);
    try {
      await advanceCursor(cursor, Math.min(...versions), Math.max(...versions));
    } catch (error) {
      log.warn('How far events have been published could not be kept.', { event: 'cursor_failed', error });
    }
  };

  /** IAM alone lets such changes in, and no function serves them: this is the first that sees them. */
  const logDirectUse = (version: number, { admin, type }: { admin: string; type: string }): void => {
    log.warn(line('[MAINTENANCE] Changed past the API', { type, admin }), {
      event: 'direct_change',
      version,
      user: admin,
      type,
    });
  };

  /** Who may write to the table can replace any event, IAM can't refuse that: it can only be seen. */
  const logTampering = (records: readonly StreamRecord[]): void => {
    for (const { eventName, dynamodb: { Keys = {}, SequenceNumber } = {} } of records) {
      if (Keys.pk?.S !== partitionOf(destination.scope)) continue;
      const version = Number(Keys.sk?.N);
      const done = eventName === 'REMOVE' ? 'removed' : 'changed';
      log.error(`Event ${version} of the log was ${done} after it was written.`, {
        event: 'log_tampered',
        version,
        change: done,
        sequence_number: SequenceNumber,
      });
      write(metricLine(now(), { LogTampered: 1 }));
    }
  };

  const logFailure = (first: Outgoing | undefined, facts: Record<string, unknown>): void => {
    log.warn('Events could not be published; the stream will offer them again.', {
      event: 'publication_failed',
      sequence_number: first?.sequenceNumber,
      ...facts,
    });
  };

  return async ({ Records }: StreamEvent): Promise<BatchResult> => {
    const isNew = ({ eventName }: StreamRecord) => eventName === 'INSERT';
    logTampering(Records.filter((record) => !isNew(record)));
    const { readable, malformed } = readRecords(Records.filter(isNew), destination, log);
    for (const batch of inBatches(readable)) {
      try {
        const refused = await send(batch);
        if (refused !== null) return failedFrom(refused);
        await remember(batch);
      } catch (error) {
        logFailure(batch[0], { error });
        return failedFrom(batch[0]?.sequenceNumber ?? '');
      }
    }
    return malformed === null ? { batchItemFailures: [] } : failedFrom(malformed);
  };
}

/** The records up to the first that can't be read: what comes after it is offered again anyway. */
function readRecords(
  records: readonly StreamRecord[],
  destination: Destination,
  log: Log,
): { readable: Outgoing[]; malformed: string | null } {
  const readable: Outgoing[] = [];
  for (const { dynamodb = {} } of records) {
    const sequenceNumber = dynamodb.SequenceNumber ?? '';
    try {
      const item = dynamodb.NewImage ?? {};
      const entry = toBusEntry(item, destination);
      const { actor, type } = eventOf(item);
      const direct = actor.via === 'direct' ? { admin: actor.id, type } : null;
      readable.push({ sequenceNumber, version: Number(item.sk?.N), direct, entry });
    } catch (error) {
      log.error('A record of the event log cannot be read, so it cannot be published.', {
        event: 'malformed_record',
        sequence_number: sequenceNumber,
        error,
      });
      return { readable, malformed: sequenceNumber };
    }
  }
  return { readable, malformed: null };
}

/** An empty identifier makes Lambda repeat the whole batch. */
function failedFrom(sequenceNumber: string): BatchResult {
  return { batchItemFailures: [{ itemIdentifier: sequenceNumber }] };
}
