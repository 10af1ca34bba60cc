import { appendReceipt } from '../events/append-receipt.ts';
import { CLOCK, type EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import type { PurgeRun } from './record.ts';

/**
 * Appends the receipt of a run that is through, and so takes its order away. False when that order does not stand any
 * more: another took its place, or the receipt is there already. Rejects with StoreUnavailableError.
 */
export async function appendPurgeReceipt(
  parts: { readonly events: EventLog; readonly now: () => number },
  run: PurgeRun,
): Promise<boolean> {
  return appendReceipt(parts, (state, now) =>
    state.purge?.id === run.order.id ? { draft: receiptOf(run, state, now) } : null,
  );
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
