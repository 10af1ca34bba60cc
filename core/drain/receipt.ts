import { StoreUnavailableError } from '../errors.ts';
import { settle, stateOf } from '../events/append-change.ts';
import { CLOCK, type EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { Maintenance, State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { phaseBegan, phaseOf } from './phase.ts';
import { type DrainEnd, type DrainRecord, totalOf } from './record.ts';

/** More events than this in a row, written by others while one receipt is, mean that something is wrong. */
const MOST_TRIES = 20;

/** Failures that a receipt names: events are small. */
const MOST_FAILURES = 20;

/**
 * Appends the event that tells what a drain has come to, once for each phase of a maintenance. False when that phase is
 * over meanwhile. Rejects with StoreUnavailableError.
 */
export async function appendDrainReceipt(
  { events, now }: { readonly events: EventLog; readonly now: () => number },
  record: DrainRecord & { readonly finished: DrainEnd },
): Promise<boolean> {
  const { maintenanceId, finished } = record;
  const key = `drain-${maintenanceId}-${finished.phase}`;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const head = await settle({ log: events, now });
    const state = stateOf(head);
    const { maintenance } = state;
    if (maintenance?.id !== maintenanceId || phaseOf(maintenance) !== finished.phase) return false;
    const earlier = await events.findByIdempotencyKey(CLOCK.id, key, phaseBegan(maintenance));
    if (earlier !== null) return true;
    const draft = receiptOf(record, maintenance, state, now());
    // Nobody asks for the answer again: by the key the next try finds what this one has written.
    const appended = await events.append(draft, head, { key, requestHash: finished.phase, answer: null });
    if (appended.outcome === 'appended') return true;
  }
  throw new StoreUnavailableError('The event log changes faster than a receipt can be written.');
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
      failed: failed.slice(0, MOST_FAILURES),
      paused: steps.pauses.outcome,
    },
    state: nextState(state, now, {}),
  };
}
