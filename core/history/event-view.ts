import type { MaintenanceEvent } from '../events/event.ts';
import type { EventFacts } from '../events/event-types.ts';
import { rfc3339 } from '../text.ts';
import { viewOfFacts } from '../windows/window-facts.ts';
import type { EventView } from './schemas.ts';

export function eventView(event: MaintenanceEvent): EventView {
  const { id, role, via } = event.actor;
  return {
    number: event.number,
    type: event.type,
    at: rfc3339(event.at),
    actor: { id, role, via },
    reason: event.reason,
    maintenance_id: event.maintenanceId,
    details: detailsView(event),
    version: event.state.version,
    hash: event.hash,
  };
}

/** The details of an event as they are shown, in the history, in its log line and on the bus. */
export function detailsView(facts: EventFacts): Readonly<Record<string, unknown>> {
  switch (facts.type) {
    case 'window_scheduled':
    case 'window_changed':
    case 'window_cancelled':
      return { ...facts.details, window: viewOfFacts(facts.details.window) };
    default:
      return { ...facts.details };
  }
}
