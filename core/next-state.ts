import { mergeOrders } from './purge-order.ts';
import { revocationsAt } from './revocation.ts';
import type { Maintenance, PurgeOrder, Revocation, RuleSetReference, State } from './state.ts';

/** What an event changes; what it does not name stays as it was. */
export interface Changes {
  readonly maintenance?: Maintenance | null;
  readonly rules?: RuleSetReference | null;
  /** Members' credentials that were issued before the event are worth nothing from it on. */
  readonly endsSessions?: boolean;
  readonly revoked?: readonly Revocation[];
  /** Sessions to delete, beside those that an order which stands asks for. */
  readonly order?: PurgeOrder;
  /** The order that stands has been carried out. */
  readonly isPurged?: boolean;
}

/**
 * The state after an event: the next version, with what the event changes, and without revocations that have had
 * their time.
 *
 * @param now when the event happens, ms since the epoch
 */
export function nextState(before: State, now: number, changes: Changes): State {
  const { revoked: _, purge: standing, ...kept } = before;
  const { order, endsSessions = false, isPurged = false } = changes;
  const revoked = changes.revoked ?? revocationsAt(before, now);
  const purge = order === undefined ? standing : mergeOrders(standing, order);
  return {
    ...kept,
    version: before.version + 1,
    maintenance: changes.maintenance === undefined ? before.maintenance : changes.maintenance,
    rules: changes.rules === undefined ? before.rules : changes.rules,
    sessionsInvalidBefore: endsSessions
      ? Math.max(now, before.sessionsInvalidBefore ?? now)
      : before.sessionsInvalidBefore,
    ...(revoked.length === 0 ? {} : { revoked }),
    ...(purge === undefined || isPurged ? {} : { purge }),
  };
}
