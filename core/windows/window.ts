import type { Plan, WindowOrders } from '../state/state.ts';

/** A window as its owner scheduled it. Instants are ms since the epoch. */
export interface Window extends Omit<Plan, 'endsAt'>, WindowOrders {
  readonly id: string;
  /** The first start, or where a rule begins to be counted; its local time is that of the occurrences. */
  readonly startsAt: number;
  /** Milliseconds from each start to the planned end, by the clock on the wall. */
  readonly length: number;
  readonly mode: 'normal' | 'test';
  /** How it recurs, in the spelling of `normalRule`; null for a window that takes place once. */
  readonly rrule: string | null;
  /** A name of the IANA time zone database: whose local time it recurs by. */
  readonly timezone: string;
  /** Starts of a rule at which it doesn't take place, those to come only; absent where there are none. */
  readonly skipped?: readonly number[] | undefined;
  readonly scheduledAt: number;
  readonly scheduledBy: string;
}

/** Windows that an owner may have at a time; those that are over don't count. */
export const MAX_WINDOWS = 50;

/** Where sets of windows are kept: each under the name that its content gives it, never changed. */
export interface WindowStore {
  /** The windows of a set; none where there is no set. Rejects with StoreUnavailableError or CorruptLogError. */
  read(name: string | null): Promise<readonly Window[]>;
  /** Keeps a set before a state names it. Resolves with its name. */
  write(windows: readonly Window[]): Promise<string>;
}
