import { appendReceipt } from '../events/append-receipt.ts';
import { CLOCK, type EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Maintenance, State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { phaseBegan, phaseOf } from './phase.ts';
import { type DrainEnd, type DrainRecord, totalOf } from './record.ts';

/** Failures that a receipt names: events are small. */
const MAX_FAILURES = 20;

/**
 * Appends the event that tells what a drain has come to, once for each phase of a maintenance. False when that phase is
 * over meanwhile. Rejects with StoreUnavailableError.
 */
export async function appendDrainReceipt(
  parts: { readonly events: EventLog; readonly now: () => number },
  record: DrainRecord & { readonly finished: DrainEnd },
): Promise<boolean> {
  const { maintenanceId, finished } = record;
  const key = `drain-${maintenanceId}-${finished.phase}`;
  return appendReceipt(parts, (state, now) => {
    const { maintenance } = state;
    if (maintenance?.id !== maintenanceId || phaseOf(maintenance) !== finished.phase) return null;
    const draft = receiptOf(record, maintenance, state, now);
    return { draft, once: { key, since: phaseBegan(maintenance) } };
  });
}

function receiptOf(
  { finished, jobs, waitingFor, failed, steps }: DrainRecord & { readonly finished: DrainEnd },
  maintenance: Maintenance,
  state: State,
  now: number,
): EventDraft {
  const { found, terminated, lost, isExact } = jobs;
  const left = finished.outcome === 'incomplete' ? waitingFor.count : 0;
  return {
    type: finished.outcome === 'incomplete' ? 'drain_incomplete' : 'drained',
    at: now,
    actor: CLOCK,
    reason: null,
    maintenanceId: maintenance.id,
    details: {
      mode: maintenance.mode,
      outcome: finished.outcome,
      found,
      terminated: totalOf(terminated),
      lost,
      left,
      counts_exact: isExact,
      duration: Math.max(0, Math.round((finished.at - phaseBegan(maintenance)) / 1000)),
      failed: failed.slice(0, MAX_FAILURES),
      paused: steps.pauses.outcome,
    },
    state: nextState(state, now, {}),
  };
}
