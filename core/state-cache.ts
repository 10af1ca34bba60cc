import { StoreUnavailableError } from './errors.ts';
import type { State } from './state.ts';

/** A state, and how it is known. */
export interface CachedState {
  readonly state: State;
  /** `event_log`: no older than the cache allows. `last_known`: the event log did not answer, or not in time. */
  readonly source: 'event_log' | 'last_known';
  /** When the read began, ms since the epoch: the state is at least as new as that. */
  readonly readAt: number;
}

/** Runs a function after some milliseconds, unless the function that it returns is called before. */
export type After = (milliseconds: number, run: () => void) => () => void;

export interface StateCacheOptions {
  /** Reads the newest state, consistently. */
  readonly read: () => Promise<State>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Age in ms up to which a state is used without a new read; counted from the start of its read. */
  readonly maxAge?: number;
  /** Milliseconds that a caller waits for a read. */
  readonly patience?: number;
  /** Milliseconds that a caller waits for a read after one that failed, while there is a last known state. */
  readonly impatience?: number;
  /** Milliseconds from the start of a failed read in which no new one is begun. */
  readonly pause?: number;
  /** Told of every read that failed or took too long. */
  readonly onFailure?: (error: unknown) => void;
  readonly after?: After;
}

const afterTimeout: After = (milliseconds, run) => {
  const timer = setTimeout(run, milliseconds);
  return () => clearTimeout(timer);
};

/**
 * The newest state, kept in memory for less than a second. With the defaults nobody decides by a state that is more
 * than 1.0 s old while the store answers: a state is used for 0.9 s, and a read that is waited for takes 1.0 s at most.
 * Without the store the last known state is given for as long as it takes, and hardly waited for: but never without
 * having asked the store within the last second, so that its return shows at once.
 *
 * @example
 * const cache = new StateCache({ read: () => readState(reads, table, scope), now: Date.now });
 * const { state } = cache.peek(Date.now()) ?? (await cache.get());
 */
export class StateCache {
  readonly #read: () => Promise<State>;
  readonly #now: () => number;
  readonly #maxAge: number;
  readonly #patience: number;
  readonly #impatience: number;
  readonly #pause: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #after: After;
  #known: CachedState | null = null;
  #refreshing: Promise<CachedState> | null = null;
  #failure: { readonly error: unknown; readonly startedAt: number } | null = null;

  constructor(options: StateCacheOptions) {
    this.#read = options.read;
    this.#now = options.now;
    this.#maxAge = options.maxAge ?? 900;
    this.#patience = options.patience ?? 1000;
    this.#impatience = options.impatience ?? 100;
    this.#pause = options.pause ?? 200;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#after = options.after ?? afterTimeout;
  }

  /** The state if it is fresh at `now`, else null: then ask `get`. A state from the future is not fresh. */
  peek(now: number): CachedState | null {
    const known = this.#known;
    return known !== null && isWithin(this.#maxAge, known.readAt, now) ? known : null;
  }

  /**
   * The state, read anew where it is not fresh; concurrent callers share one read.
   * Rejects with StoreUnavailableError when the read fails and no state has ever been read.
   */
  async get(): Promise<CachedState> {
    const now = this.#now();
    const fresh = this.peek(now);
    if (fresh !== null) return fresh;
    if (this.#failure !== null && isWithin(this.#pause, this.#failure.startedAt, now)) {
      return this.#lastKnown();
    }
    this.#refreshing ??= this.#refresh(now).finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(startedAt: number): Promise<CachedState> {
    const before = this.#known;
    // A read that nobody waits for any more is kept all the same: late news are better than none.
    const read = async () => this.#keep(await this.#read(), startedAt, before);
    // A store that was away a moment ago is given the time that it takes when all is well, and not more.
    const patience = this.#failure !== null && before !== null ? this.#impatience : this.#patience;
    try {
      return await this.#inTime(patience, read());
    } catch (error) {
      this.#failure = { error, startedAt };
      this.#onFailure(error);
      return this.#lastKnown();
    }
  }

  /** Where another read was answered while this one was under way, the newer of the two states stays. */
  #keep(state: State, startedAt: number, before: CachedState | null): CachedState {
    const other = this.#known === before ? null : this.#known;
    const known: CachedState = {
      state: other !== null && other.state.version > state.version ? other.state : state,
      source: 'event_log',
      readAt: Math.max(startedAt, other?.readAt ?? startedAt),
    };
    this.#known = known;
    this.#failure = null;
    return known;
  }

  #inTime<T>(patience: number, work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const cancel = this.#after(patience, () =>
        reject(new StoreUnavailableError(`The event log took more than ${patience} ms to answer.`)),
      );
      work.then(resolve, reject).finally(cancel);
    });
  }

  #lastKnown(): CachedState {
    if (this.#known !== null) return { ...this.#known, source: 'last_known' };
    const error = this.#failure?.error;
    if (error instanceof StoreUnavailableError) throw error;
    throw new StoreUnavailableError('The state has never been read.', { cause: error });
  }
}

/** Whether no more than `span` ms have passed since `since`; a clock that was set back makes it false. */
function isWithin(span: number, since: number, now: number): boolean {
  return now >= since && now - since <= span;
}
