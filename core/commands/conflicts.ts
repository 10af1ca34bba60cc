import { MAX_REVOCATIONS, REVOCATION_KEPT } from '../state/revocations.ts';
import type { Maintenance } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import { type CommandOutcome, conflict } from './outcome.ts';

/** The refusal of what would begin another maintenance. */
export function alreadyActive(held: Maintenance): CommandOutcome {
  const remedies: Record<Maintenance['mode'], string> = {
    normal: 'POST /api/maintenance/disable ends it, PATCH /api/maintenance changes it',
    test: 'POST /api/maintenance/disable ends the test run',
    emergency:
      'POST /api/maintenance/deescalate goes back to normal mode, POST /api/maintenance/disable ends it',
  };
  const message = `${holding(held)}.`;
  return conflict({ code: 'maintenance_already_active', message, remedy: remedies[held.mode] });
}

export function notActive(): CommandOutcome {
  return conflict({
    code: 'maintenance_not_active',
    message: 'No maintenance is active (mode normal, held by nobody).',
    remedy: 'POST /api/maintenance/enable starts one, POST /api/maintenance/emergency starts an emergency',
  });
}

export function notInEmergency(held: Maintenance): CommandOutcome {
  return conflict({
    code: 'not_in_emergency',
    message: `${holding(held)}; there is no emergency to de-escalate.`,
    remedy: 'POST /api/maintenance/disable ends it',
  });
}

export function tooManyRevocations(): CommandOutcome {
  const minutes = REVOCATION_KEPT / 60_000;
  return conflict({
    code: 'too_many_revocations',
    message: `The state has room for ${MAX_REVOCATIONS} revoked principals: those of the last ${minutes} minutes, and those whose sessions have yet to be deleted.`,
    remedy: `POST /api/maintenance/sessions/purge ends the sessions of all members at once; or repeat the call, in ${minutes} minutes at the latest`,
  });
}

/** @example 'Maintenance is active in normal mode, held by "alice" since 2026-01-15T10:00:00Z' */
export function holding(held: Maintenance): string {
  const [by, since] =
    held.mode === 'emergency' ? [held.declaredBy, held.declaredAt] : [held.startedBy, held.startedAt];
  return `Maintenance is active in ${held.mode} mode, held by "${by}" since ${rfc3339(since)}`;
}
