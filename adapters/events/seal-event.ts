import { StateTooLargeError } from '../../core/errors.ts';
import {
  type EventDraft,
  GENESIS_HASH,
  type Idempotency,
  type MaintenanceEvent,
} from '../../core/events/event.ts';
import type { Head } from '../../core/events/event-log.ts';
import { MAX_SCHEDULE_BYTES } from '../../core/state/schedule.ts';
import { hashOf } from './event-hash.ts';

/**
 * Most bytes of a state as JSON in UTF-8: every authorizer reads it about once a second. An escalated maintenance with
 * two reasons of the greatest legal length needs some 5 KB, with all the revocations that there may be 7, and must never
 * be refused for it. The windows to come have room of their own.
 */
export const MAX_STATE_BYTES = 8192 + MAX_SCHEDULE_BYTES;

/**
 * Gives a draft its place after `after`: number, link and hash. What comes back is what reading it again will give,
 * so values that JSON can't hold are gone. Throws StateTooLargeError.
 */
export function sealEvent(
  draft: EventDraft,
  after: Head,
  { id, idempotency = null }: { id: string; idempotency?: Idempotency | null | undefined },
): MaintenanceEvent {
  const number = (after?.number ?? 0) + 1;
  if (draft.state.version !== number) {
    throw new RangeError(`Event ${number} can't hold the state of version ${draft.state.version}.`);
  }
  const size = Buffer.byteLength(JSON.stringify(draft.state));
  if (size > MAX_STATE_BYTES) throw new StateTooLargeError(size, MAX_STATE_BYTES);
  const previousHash = after?.hash ?? GENESIS_HASH;
  const unsealed = asJson({ ...draft, number, id, idempotency, previousHash });
  return { ...unsealed, hash: hashOf(unsealed) };
}

function asJson<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
