import { StoreUnavailableError } from '../errors.ts';
import { settle, stateOf } from '../events/append-change.ts';
import { CLOCK, type EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import type { PurgeRun } from './record.ts';

/** More events than this in a row, written by others while one receipt is, mean that something is wrong. */
const MOST_TRIES = 20;

/**
 * Appends the receipt of a run that is through, and so takes its order away. False when that order does not stand any
 * more: another took its place, or the receipt is there already. Rejects with StoreUnavailableError.
 */
export async function appendReceipt(
  { events, now }: { readonly events: EventLog; readonly now: () => number },
  run: PurgeRun,
): Promise<boolean> {
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const head = await settle({ log: events, now });
    const state = stateOf(head);
    if (state.purge?.id !== run.order.id) return false;
    const appended = await events.append(receiptOf(run, state, now()), head);
    if (appended.outcome === 'appended') return true;
  }
  throw new StoreUnavailableError('The event log changes faster than a receipt can be written.');
}

function receiptOf(run: PurgeRun, state: State, now: number): EventDraft {
  const { order, counts, startedAt, finishedAt, interruptions, isExact } = run;
  return {
    type: 'sessions_purged',
    at: now,
    actor: CLOCK,
    reason: null,
    maintenanceId: order.maintenanceId,
    details: {
      purge_id: order.id,
      scope: order.scope,
      ...counts,
      duration: Math.max(0, Math.round(((finishedAt ?? now) - startedAt) / 1000)),
      interruptions,
      counts_exact: isExact,
    },
    state: nextState(state, now, { isPurged: true }),
  };
}
