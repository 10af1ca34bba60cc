import { StoreUnavailableError } from '../errors.ts';
import type { State } from '../state/state.ts';
import { appendDueEvents, stateOf } from './append-change.ts';
import { CLOCK, type EventDraft } from './event.ts';
import type { EventLog } from './event-log.ts';

/** More events than this in a row, written by others while one receipt is, mean that something is wrong. */
const MAX_TRIES = 20;

export interface Receipt {
  readonly draft: EventDraft;
  /** By what the next try finds that this one has written it, among the events since an instant (ms). */
  readonly once?: { readonly key: string; readonly since: number };
}

/**
 * Appends the receipt of what came by itself, to whatever state there is by then. False when it is not called for any
 * more. Rejects with StoreUnavailableError, and with what `receiptOf` rejects with.
 *
 * @param receiptOf the receipt in a state at an instant (ms); null where it is not called for
 */
export async function appendReceipt(
  { events, now }: { readonly events: EventLog; readonly now: () => number },
  receiptOf: (state: State, now: number) => Receipt | null | Promise<Receipt | null>,
): Promise<boolean> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const head = await appendDueEvents({ log: events, now });
    const receipt = await receiptOf(stateOf(head), now());
    if (receipt === null) return false;
    const { draft, once } = receipt;
    if (once !== undefined && (await events.findByIdempotencyKey(CLOCK.id, once.key, once.since)) !== null) {
      return true;
    }
    // Nobody asks for the answer again.
    const idempotency = once && { key: once.key, requestHash: draft.type, answer: null };
    const appended = await events.append(draft, head, idempotency);
    if (appended.outcome === 'appended') return true;
  }
  throw new StoreUnavailableError('The event log changes faster than a receipt can be written.');
}
