import type { State } from '../state/state.ts';

export interface StateReading {
  readonly state: State;
  /** When the read began, ms since the epoch. */
  readonly readAt: number;
}

/** The newest state, from memory where it is fresh enough. */
export interface StateSource {
  peek(now: number): StateReading | null;
  /** Rejects with StoreUnavailableError. */
  get(): Promise<StateReading>;
}
