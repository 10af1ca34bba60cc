import type { Actor, EventType, MaintenanceEvent } from '../events/event.ts';
import { rfc3339 } from '../text.ts';

/** An event as `GET /api/maintenance/history` shows it. Idempotency keys stay with those who chose them. */
export interface EventView {
  readonly number: number;
  readonly type: EventType;
  readonly at: string;
  readonly actor: Actor;
  readonly reason: string | null;
  readonly maintenance_id: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  /** The version of the state after the event: its number. */
  readonly version: number;
  readonly hash: string;
}

export function eventView(event: MaintenanceEvent): EventView {
  const { id, role, via } = event.actor;
  return {
    number: event.number,
    type: event.type,
    at: rfc3339(event.at),
    actor: { id, role, via },
    reason: event.reason,
    maintenance_id: event.maintenanceId,
    details: event.details,
    version: event.state.version,
    hash: event.hash,
  };
}
