import type { Stopped } from '../jobs/stop-jobs.ts';

/**
 * A kind of work that a drain waits for and an emergency stops. Implementations are in adapters/drain; that of the
 * registry of jobs is RegisteredJobs. Every method rejects when its service gives no good answer, and can be repeated.
 */
export interface JobKind {
  /** Unique among kinds: names it in records and log lines. */
  readonly name: string;
  /** What is active at `now` of what began before an instant. Both in ms since the epoch. */
  look(before: number, now: number): Promise<KindLook>;
  /** Asks what began before `request.before` to stop, or terminates it. One that can't be does not stop the others. */
  stop(request: KindStop): Promise<Stopped>;
  /**
   * How many of those that began before an instant were terminated or lost since another; null where only the calls of
   * `stop` tell. Counts until `until`, then says so.
   */
  countEnded(request: {
    readonly since: number;
    readonly before: number;
    readonly now: () => number;
    readonly until: number;
  }): Promise<EndedWork | null>;
}

export interface EndedWork {
  readonly terminated: number;
  readonly lost: number;
  /** False where there may be more. */
  readonly isExact: boolean;
}

export interface KindLook {
  /** Those that have been asked to stop, and those that can't be asked at all. */
  readonly asked: number;
  /** Those that can be asked and have not been. */
  readonly others: number;
  /** The ids of some of them. */
  readonly ids: readonly string[];
}

export interface KindStop {
  readonly before: number;
  /** Until when they have time to stop by themselves, ms since the epoch; null terminates them now. */
  readonly deadline: number | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Begins nothing further from this instant on. */
  readonly until: number;
  /** Told of each that was terminated, once. */
  readonly onTerminated: (work: TerminatedWork) => void;
}

export interface TerminatedWork {
  readonly id: string;
  /** What else is known of it, for its log line. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Ids that a look gives, at most. */
export const MAX_IDS = 50;
