import type { EventDraft, Idempotency } from '../../core/events/event.ts';
import type { Head } from '../../core/events/event-log.ts';
import { ALICE, NOW, normalMaintenance } from './examples.ts';

/** What a test says of an event; details that it does not care for are left out, whatever the type. */
export type DraftChanges = Partial<Omit<EventDraft, 'details'>> & { readonly details?: object };

/** An event that fits directly after `after`. */
export function draftAfter(after: Head, changes: DraftChanges = {}): EventDraft {
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
  } as EventDraft;
}

export function idempotency(key: string, changes: Partial<Idempotency> = {}): Idempotency {
  return { key, requestHash: 'a'.repeat(64), answer: { version: 1 }, ...changes };
}
