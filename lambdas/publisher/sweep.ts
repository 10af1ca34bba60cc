import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { EventLog } from '../../core/events/event-log.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';
import type { Destination } from '../aws/destination.ts';
import type { Log } from '../aws/log.ts';
import { advanceCursor } from './advance-cursor.ts';
import { inBatches } from './batches.ts';
import { entryOf } from './bus-entry.ts';

interface SweepParts {
  readonly events: Pick<EventLog, 'head' | 'page'>;
  readonly eventBridge: Pick<EventBridgeClient, 'send'>;
  readonly destination: Destination;
  readonly cursor: VersionedItem<number | null>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The stream has published an event long before that, unless something is wrong; ms. */
const MISSED_AFTER = 60_000;
/** What is older than this helps nobody any more, ms. It is also as far back as a log reaches that never had a cursor. */
const WORTHLESS_AFTER = 24 * 3600 * 1000;
/** Events of one sweep; the next minute goes on. */
const MAX_EVENTS = 100;

/**
 * Publishes what the stream has missed: events beyond the cursor that are older than a minute. Some may have been
 * published before, which consumers bear. Rejects where log, cursor or bus give no good answer; the next minute tries
 * again from where it was.
 */
export async function sweep({
  events,
  eventBridge,
  destination,
  cursor,
  log,
  now,
}: SweepParts): Promise<void> {
  const [head, { entry: published }] = await Promise.all([events.head(), cursor.read()]);
  const behind = published ?? 0;
  if (head === null || head.number <= behind) return;
  const { items } = await events.page({
    limit: MAX_EVENTS,
    before: Math.min(head.number, behind + MAX_EVENTS) + 1,
  });
  const beyond = items.filter(({ number }) => number > behind).toReversed();
  const missing = beyond.filter(({ at }) => now() - at > MISSED_AFTER);
  const worthless = missing.filter(({ at }) => now() - at > WORTHLESS_AFTER);
  const last = worthless.at(-1);
  if (last !== undefined) await advanceCursor(cursor, behind + 1, last.number);
  const missed = missing.slice(worthless.length);
  for (const batch of inBatches(missed.map((event) => ({ event, entry: entryOf(event, destination) })))) {
    const { FailedEntryCount = 0 } = await eventBridge.send(
      new PutEventsCommand({ Entries: batch.map(({ entry }) => entry) }),
    );
    if (FailedEntryCount > 0)
      throw new Error(`The bus refused ${FailedEntryCount} of ${batch.length} events.`);
    const versions = batch.map(({ event }) => event.number);
    log.warn('Events were published that the stream had missed.', { event: 'events_republished', versions });
    await advanceCursor(cursor, Math.min(...versions), Math.max(...versions));
  }
}
