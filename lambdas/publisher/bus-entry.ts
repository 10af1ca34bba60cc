import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { type EventItem, eventOf } from '../../adapters/events/event-item.ts';
import { EVENT_SOURCE } from '../../core/environment.ts';
import type { EventType, MaintenanceEvent } from '../../core/events/event.ts';
import { eventView } from '../../core/history/event-view.ts';
import type { Destination } from '../aws/destination.ts';

/** The `detail-type` on the bus for each type of event in the log. */
export const DETAIL_TYPES: Readonly<Record<EventType, string>> = {
  activated: 'Maintenance Activated',
  escalated: 'Maintenance Escalated',
  deescalated: 'Maintenance De-escalated',
  updated: 'Maintenance Updated',
  deactivated: 'Maintenance Deactivated',
  auto_ended: 'Maintenance Ended By Clock',
  rules_changed: 'Classification Rules Changed',
  window_scheduled: 'Window Scheduled',
  window_changed: 'Window Changed',
  window_cancelled: 'Window Cancelled',
  window_begun: 'Window Begun',
  window_ended: 'Window Ended',
  window_absorbed: 'Window Absorbed',
  window_schedule_extended: 'Window Schedule Extended',
  principal_revoked: 'Principal Revoked',
  sessions_purge_requested: 'Session Purge Requested',
  sessions_purged: 'Sessions Purged',
  drained: 'Jobs Drained',
  drain_incomplete: 'Job Drain Incomplete',
  refreshed: 'Refresh Requested',
  log_level_changed: 'Log Level Changed',
  reset: 'State Reset',
};

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
    DetailType: DETAIL_TYPES[event.type],
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
