import { commandResult } from '../../core/commands/result.ts';
import type { ChangeOutcome, ChangeRequest } from '../../core/events/append-change.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { expectedVersion, idempotencyKey } from '../http/preconditions.ts';

/** On whose behalf, and on which conditions, a call changes the state. */
export type Conditions = Pick<ChangeRequest, 'actor' | 'expectedVersion' | 'idempotency'>;

/**
 * Has a call change the state on the conditions of its headers. Throws HttpProblem or StoreUnavailableError.
 *
 * @param requestHash tells calls apart that carry the same Idempotency-Key
 * @param now ms since the epoch
 */
export async function changeState(
  { event, caller }: Call,
  requestHash: string,
  now: () => number,
  change: (conditions: Conditions) => Promise<ChangeOutcome>,
): Promise<Answered> {
  const key = idempotencyKey(event);
  const outcome = await change({
    actor: { ...caller.principal, via: 'api' },
    expectedVersion: expectedVersion(event),
    idempotency: key === undefined ? undefined : { key, requestHash },
  });
  const { answer, version, isRepeated } = commandResult(outcome, now());
  return {
    answer,
    headers: {
      'X-Maintenance-Version': String(version),
      ...(isRepeated ? { 'Idempotent-Replayed': 'true' } : {}),
    },
  };
}
