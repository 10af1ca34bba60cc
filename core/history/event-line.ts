import type { MaintenanceEvent } from '../events/event.ts';
import { namedLine } from '../events/event-types.ts';
import type { LogLine } from '../text.ts';
import { detailsView } from './event-view.ts';

/**
 * The log line of an event of the log. It carries the event's hash, so that a log that is kept elsewhere can prove
 * later that the event log has not been rewritten.
 *
 * @example eventLine(event).message // '[MAINTENANCE] Maintenance mode activated: reason="Database upgrade" admin="alice"'
 */
export function eventLine(event: MaintenanceEvent): LogLine {
  const { actor, reason } = event;
  const { maintenance } = event.state;
  const { name, message } = namedLine(event, { admin: actor.id, reason, maintenance });
  return {
    message,
    fields: {
      event: name,
      version: event.number,
      maintenance_id: event.maintenanceId,
      mode: maintenance?.mode ?? 'normal',
      admin: actor.id,
      via: actor.via,
      reason,
      details: detailsView(event),
      event_hash: event.hash,
    },
  };
}
