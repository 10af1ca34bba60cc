import type { MaintenanceEvent } from '../events/event.ts';
import type { WindowView } from '../windows/view.ts';

/** A log line: its text in one of the documented forms, and the same facts as fields. */
export interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * The log line of an event of the log. It carries the event's hash, so that a log that is kept elsewhere can prove
 * later that the event log has not been rewritten.
 *
 * @example eventLine(event).message // '[MAINTENANCE] Maintenance mode activated: reason="Database upgrade" admin="alice"'
 */
export function eventLine(event: MaintenanceEvent): LogLine {
  const { name, message } = describe(event);
  return {
    message,
    fields: {
      event: name,
      version: event.number,
      maintenance_id: event.maintenanceId,
      mode: event.state.maintenance?.mode ?? 'normal',
      admin: event.actor.id,
      via: event.actor.via,
      reason: event.reason,
      details: event.details,
      event_hash: event.hash,
    },
  };
}

function describe(event: MaintenanceEvent): { name: string; message: string } {
  const { type, reason, details, state } = event;
  const admin = event.actor.id;
  switch (type) {
    case 'activated':
      return state.maintenance?.mode === 'emergency'
        ? emergencyActivated(reason, admin)
        : { name: 'maintenance_activated', message: activated(reason, admin) };
    case 'escalated':
      return emergencyActivated(reason, admin);
    case 'deescalated':
      return {
        name: 'emergency_ended',
        message: line('[EMERGENCY] Emergency maintenance ended', {
          duration: seconds(details.emergency_seconds),
          admin,
        }),
      };
    case 'updated':
      return {
        name: 'maintenance_updated',
        message: line('[MAINTENANCE] Maintenance mode updated', { changed: list(details.changed), admin }),
      };
    case 'window_begun':
      return {
        name: 'maintenance_activated',
        message: activated(reason, state.maintenance?.startedBy ?? admin),
      };
    case 'window_absorbed':
      return {
        name: 'window_absorbed',
        message: line('[MAINTENANCE] Window absorbed by the maintenance that was active', {
          window: String(details.window),
          reason: reason ?? '',
        }),
      };
    case 'window_scheduled':
    case 'window_changed':
    case 'window_cancelled': {
      const { id, starts_at: startsAt } = details.window as WindowView;
      const done = type.slice('window_'.length);
      return {
        name: type,
        message: line(`[MAINTENANCE] Window ${done}`, { window: id, starts_at: startsAt, admin }),
      };
    }
    case 'window_schedule_extended':
      return {
        name: type,
        message: line('[MAINTENANCE] Window schedule extended', { coming: String(details.coming) }),
      };
    case 'deactivated':
    case 'auto_ended':
    case 'window_ended':
      return deactivated(details.duration, admin);
    case 'principal_revoked':
      return {
        name: 'principal_revoked',
        message: line('[MAINTENANCE] Principal revoked', { user: String(details.principal), admin }),
      };
    case 'sessions_purge_requested':
      return {
        name: 'sessions_purge_requested',
        message: line('[MAINTENANCE] Session purge requested', { scope: String(details.scope), admin }),
      };
    case 'sessions_purged':
      return {
        name: 'sessions_purged',
        message: line('[MAINTENANCE] Sessions purged', {
          deleted: String(details.deleted),
          kept: String(details.kept),
          duration: seconds(details.duration),
        }),
      };
    case 'drained':
      return {
        name: 'drained',
        message: line('[MAINTENANCE] No jobs left, ready for maintenance', {
          terminated: String(details.terminated),
          lost: String(details.lost),
          duration: seconds(details.duration),
        }),
      };
    case 'drain_incomplete':
      return {
        name: 'drain_incomplete',
        message: line('[EMERGENCY] Jobs could not be terminated', {
          left: String(details.left),
          duration: seconds(details.duration),
        }),
      };
    case 'refreshed':
      return {
        name: 'refresh_requested',
        message: line('[MAINTENANCE] Refresh requested', { admin }),
      };
    case 'log_level_changed':
      return {
        name: 'log_level_changed',
        message: line('[MAINTENANCE] Log level changed', {
          level: String(details.level),
          until: String(details.until ?? ''),
          admin,
        }),
      };
    case 'reset':
      // What was active has ended: searches for the end of maintenance find it.
      return details.duration === undefined
        ? {
            name: 'state_reset',
            message: line('[MAINTENANCE] State reset', { cleared: list(details.cleared), admin }),
          }
        : deactivated(details.duration, admin);
    case 'rules_changed':
      return {
        name: 'rules_changed',
        message: line('[MAINTENANCE] Classification rules changed', {
          change: String(details.change),
          admin,
        }),
      };
  }
}

function activated(reason: string | null, admin: string): string {
  return line('[MAINTENANCE] Maintenance mode activated', { reason: reason ?? '', admin });
}

function deactivated(duration: unknown, admin: string): { name: string; message: string } {
  return {
    name: 'maintenance_deactivated',
    message: line('[MAINTENANCE] Maintenance mode deactivated', { duration: seconds(duration), admin }),
  };
}

function emergencyActivated(reason: string | null, admin: string): { name: string; message: string } {
  return {
    name: 'emergency_activated',
    message: line('[EMERGENCY] Emergency maintenance activated', { reason: reason ?? '', admin }),
  };
}

/**
 * A text and its values, each quoted and escaped as in JSON: nothing in a value can end the line or forge another.
 *
 * @example line('[MAINTENANCE] Access refused', { user: 'eve"\n' }) // '[MAINTENANCE] Access refused: user="eve\"\n"', in one line
 */
export function line(text: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${text}: ${pairs.join(' ')}`;
}

/** Whole seconds with their unit: `1800s`. */
function seconds(value: unknown): string {
  return `${Number(value)}s`;
}

function list(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : '';
}
