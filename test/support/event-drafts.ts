import type { EventDraft, Idempotency } from '../../core/events/event.ts';
import type { Head } from '../../core/events/event-log.ts';
import { ALICE, NOW, normalMaintenance } from './examples.ts';

/** An event that fits directly after `after`. */
export function draftAfter(after: Head, changes: Partial<EventDraft> = {}): EventDraft {
  const version = (after?.number ?? 0) + 1;
  return {
    type: after === null ? 'activated' : 'updated',
    at: NOW,
    actor: ALICE,
    reason: `Step ${version}`,
    maintenanceId: 'm-1',
    details: {},
    state: { version, maintenance: normalMaintenance(), rules: null, sessionsInvalidBefore: null },
    ...changes,
  };
}

export function idempotency(key: string, changes: Partial<Idempotency> = {}): Idempotency {
  return { key, requestHash: 'a'.repeat(64), answer: { version: 1 }, ...changes };
}
