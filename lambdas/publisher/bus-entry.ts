import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type EventItem, eventOf } from '../../adapters/events/event-item.ts';
import { EVENT_SOURCE } from '../../core/environment.ts';
import type { MaintenanceEvent } from '../../core/events/event.ts';
import { EVENT_TYPE } from '../../core/events/event-types.ts';
import { eventView } from '../../core/history/event-view.ts';
import type { Destination } from '../aws/destination.ts';

/**
 * Makes the entry for the bus of an item of the event log; the same item always makes the same entry (docs/events.md).
 * Idempotency keys and the answers kept for them stay in the log. Throws CorruptLogError.
 */
export function toBusEntry(item: EventItem, destination: Destination): PutEventsRequestEntry {
  return entryOf(eventOf(item), destination);
}

/** Makes the entry for the bus of an event: that of its item. */
export function entryOf(event: MaintenanceEvent, { bus, scope }: Destination): PutEventsRequestEntry {
  const { maintenance } = event.state;
  return {
    EventBusName: bus,
    Source: EVENT_SOURCE,
    DetailType: EVENT_TYPE[event.type].busName,
    Time: new Date(event.at),
    Detail: JSON.stringify({
      ...eventView(event),
      id: event.id,
      scope,
      active: maintenance !== null,
      mode: maintenance?.mode ?? 'normal',
      previous_hash: event.previousHash,
    }),
  };
}
