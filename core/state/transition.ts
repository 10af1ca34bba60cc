import { mergeOrders } from './purge-order.ts';
import { revocationsAt } from './revocations.ts';
import type {
  Maintenance,
  PurgeOrder,
  Revocation,
  RuleSetReference,
  State,
  WindowSchedule,
} from './state.ts';

/** What an event changes; what it does not name stays as it was. */
export interface Changes {
  readonly maintenance?: Maintenance | null;
  readonly rules?: RuleSetReference | null;
  /** What is coming of the owner's windows; null where there are none any more. */
  readonly windows?: WindowSchedule | null;
  /** Members' credentials that were issued before the event are worth nothing from it on. */
  readonly endsSessions?: boolean;
  readonly revoked?: readonly Revocation[];
  /** Sessions to delete, beside those that an order which stands asks for. */
  readonly order?: PurgeOrder;
  /** The order that stands has been carried out. */
  readonly isPurged?: boolean;
  /** Every instance is to drop what it remembers. */
  readonly refreshes?: true;
  /** Until when every decision is told, ms since the epoch; null for no more. */
  readonly debugUntil?: number | null;
}

/**
 * The state after an event: the next version, with what the event changes, and without what has had its time:
 * revocations, and the telling of every decision.
 *
 * @param now when the event happens, ms since the epoch
 */
export function nextState(before: State, now: number, changes: Changes): State {
  const { revoked: known = [], purge: standing, windows: planned, debugUntil: toldUntil, ...kept } = before;
  const { order, endsSessions = false } = changes;
  const ordered = order === undefined ? standing : mergeOrders(standing, order);
  const open = changes.isPurged || ordered === undefined ? {} : { purge: ordered };
  const revoked = revocationsAt({ revoked: changes.revoked ?? known, ...open }, now);
  const windows = changes.windows === undefined ? planned : changes.windows;
  const debugUntil = changes.debugUntil === undefined ? toldUntil : changes.debugUntil;
  return {
    ...kept,
    version: before.version + 1,
    maintenance: changes.maintenance === undefined ? before.maintenance : changes.maintenance,
    rules: changes.rules === undefined ? before.rules : changes.rules,
    sessionsInvalidBefore: endsSessions
      ? Math.max(now, before.sessionsInvalidBefore ?? now)
      : before.sessionsInvalidBefore,
    ...(revoked.length === 0 ? {} : { revoked }),
    ...open,
    ...(windows ? { windows } : {}),
    ...(changes.refreshes ? { refresh: before.version + 1 } : {}),
    ...(typeof debugUntil === 'number' && now < debugUntil ? { debugUntil } : {}),
  };
}

/**
 * The state after a reset: nothing is active, revoked, to be deleted or asked of instances. Sessions that have ended
 * stay so; the owner's windows and rules go where they are named.
 */
export function resetState(
  before: State,
  gone: { readonly windows: boolean; readonly rules: boolean },
): State {
  const { version, rules, sessionsInvalidBefore, windows } = before;
  return {
    version: version + 1,
    maintenance: null,
    rules: gone.rules ? null : rules,
    sessionsInvalidBefore,
    ...(windows === undefined || gone.windows ? {} : { windows }),
  };
}
