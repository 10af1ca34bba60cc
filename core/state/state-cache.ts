import { StoreUnavailableError } from '../errors.ts';
import type { State } from './state.ts';

/** A state, and how it is known. */
export interface CachedState {
  readonly state: State;
  /**
   * `event_log`: no older than the cache allows. `last_known`: the event log did not answer, or not in time; it is the
   * newest state that the log or its copy ever told.
   */
  readonly source: 'event_log' | 'last_known';
  /**
   * When the read of the event log began, ms since the epoch: the state is at least as new as that. When the copy was
   * asked, where the log has never been read.
   */
  readonly readAt: number;
}

/** Runs a function after some milliseconds, unless the function that it returns is called before. */
export type After = (milliseconds: number, run: () => void) => () => void;

export interface StateCacheOptions {
  /** Reads the newest state, consistently. */
  readonly read: () => Promise<State>;
  /**
   * Reads a copy of the newest state, which may be older; null when there is none. Asked where `read` has failed, or
   * has used half of the time that it is waited for.
   */
  readonly readCopy?: () => Promise<State | null>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Age in ms up to which a state is used without a new read; counted from the start of its read. */
  readonly maxAge?: number;
  /** Milliseconds that a caller waits for a read. */
  readonly patience?: number;
  /** Milliseconds that a caller waits for a read after one that failed, while there is a last known state. */
  readonly impatience?: number;
  /** Milliseconds that a caller waits for the copy, from the start of the read, while no state at all is known. */
  readonly copyPatience?: number;
  /** Milliseconds from the start of a failed read in which no new one is begun. */
  readonly pause?: number;
  /** Told of every read that failed or took too long, of the log or of its copy. */
  readonly onFailure?: (error: unknown) => void;
  /** Told of every state that is known by the copy alone. */
  readonly onCopy?: (state: State) => void;
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
 * having asked the store within the last second, so that its return shows at once. A copy of the state elsewhere makes
 * the last known one newer, which nobody waits longer for, or known at all: that is waited for as long as is allowed.
 *
 * @example
 * const cache = new StateCache({ read: () => readState(reads, table, scope), now: Date.now });
 * const { state } = cache.peek(Date.now()) ?? (await cache.get());
 */
export class StateCache {
  readonly #read: () => Promise<State>;
  readonly #readCopy: (() => Promise<State | null>) | undefined;
  readonly #now: () => number;
  readonly #maxAge: number;
  readonly #patience: number;
  readonly #impatience: number;
  readonly #copyPatience: number;
  readonly #pause: number;
  readonly #onFailure: (error: unknown) => void;
  readonly #onCopy: (state: State) => void;
  readonly #after: After;
  #known: CachedState | null = null;
  #refreshing: Promise<CachedState> | null = null;
  #failure: { readonly error: unknown; readonly startedAt: number } | null = null;

  constructor(options: StateCacheOptions) {
    this.#read = options.read;
    this.#readCopy = options.readCopy;
    this.#now = options.now;
    this.#maxAge = options.maxAge ?? 900;
    this.#patience = options.patience ?? 1000;
    this.#impatience = options.impatience ?? 100;
    this.#copyPatience = options.copyPatience ?? this.#patience;
    this.#pause = options.pause ?? 200;
    this.#onFailure = options.onFailure ?? (() => {});
    this.#onCopy = options.onCopy ?? (() => {});
    this.#after = options.after ?? afterTimeout;
  }

  /** The state if it is fresh at `now`, else null: then ask `get`. A state from the future is not fresh. */
  peek(now: number): CachedState | null {
    const known = this.#known;
    const isFresh = known?.source === 'event_log' && isWithin(this.#maxAge, known.readAt, now);
    return isFresh ? known : null;
  }

  /**
   * The state, read anew where it is not fresh; concurrent callers share one read.
   * Rejects with StoreUnavailableError when the read fails and no state has ever been read.
   */
  async get(): Promise<CachedState> {
    const now = this.#now();
    const fresh = this.peek(now);
    if (fresh !== null) return fresh;
    if (this.#refreshing !== null) return this.#refreshing;
    if (this.#failure !== null && isWithin(this.#pause, this.#failure.startedAt, now)) {
      return this.#lastKnown();
    }
    this.#refreshing = this.#refresh(now).finally(() => {
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
    const deadline = this.#deadline(patience);
    const lastMoment = this.#timer(this.#copyPatience);
    const reading = read();
    const copying = this.#copyUnlessRead(reading, patience / 2);
    try {
      return await Promise.race([reading, deadline.passed]);
    } catch (error) {
      this.#failure = { error, startedAt };
      this.#onFailure(error);
      await (this.#known === null
        ? Promise.race([firstOf(reading, copying), lastMoment.over])
        : this.#waitForNewerCopy(copying, deadline.passed));
      return this.peek(this.#now()) ?? this.#lastKnown();
    } finally {
      deadline.cancel();
      lastMoment.cancel();
    }
  }

  /** Waits while there is time left, and no longer than is worth it. Never rejects. */
  async #waitForNewerCopy(copying: Promise<void>, passed: Promise<never>): Promise<void> {
    const enough = this.#timer(this.#impatience);
    await Promise.race([copying, passed, enough.over]).catch(() => {});
    enough.cancel();
  }

  #timer(milliseconds: number): { readonly over: Promise<void>; readonly cancel: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    return { over: promise, cancel: this.#after(milliseconds, resolve) };
  }

  /** Asks for the copy where the read has failed, or is not answered in `milliseconds`. Never rejects. */
  async #copyUnlessRead(reading: Promise<unknown>, milliseconds: number): Promise<void> {
    if (this.#readCopy === undefined) return;
    const late = this.#timer(milliseconds);
    const isRead = await Promise.race([
      reading.then(
        () => true,
        () => false,
      ),
      late.over.then(() => false),
    ]);
    late.cancel();
    if (isRead) return;
    const startedAt = this.#now();
    try {
      this.#keepCopy(await this.#readCopy(), startedAt);
    } catch (error) {
      this.#onFailure(error);
    }
  }

  /** A copy counts for what it is newer than. */
  #keepCopy(copy: State | null, startedAt: number): void {
    const known = this.#known;
    if (copy === null || (known !== null && copy.version <= known.state.version)) return;
    this.#known = { state: copy, source: 'last_known', readAt: known?.readAt ?? startedAt };
    this.#onCopy(copy);
  }

  /** Where another read was answered while this one was under way, the newer of the two states stays. */
  #keep(state: State, startedAt: number, before: CachedState | null): CachedState {
    const other = this.#known === before ? null : this.#known;
    const known: CachedState = {
      state: other !== null && other.state.version > state.version ? other.state : state,
      source: 'event_log',
      readAt: other?.source === 'event_log' ? Math.max(startedAt, other.readAt) : startedAt,
    };
    this.#known = known;
    this.#failure = null;
    return known;
  }

  #deadline(patience: number): { readonly passed: Promise<never>; readonly cancel: () => void } {
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {});
    const cancel = this.#after(patience, () =>
      reject(new StoreUnavailableError(`The event log took more than ${patience} ms to answer.`)),
    );
    return { passed: promise, cancel };
  }

  #lastKnown(): CachedState {
    if (this.#known !== null) return { ...this.#known, source: 'last_known' };
    const error = this.#failure?.error;
    if (error instanceof StoreUnavailableError) throw error;
    throw new StoreUnavailableError('The state has never been read.', { cause: error });
  }
}

/** Until the log has answered late, or the copy has been read. Never rejects. */
function firstOf(reading: Promise<unknown>, copying: Promise<void>): Promise<unknown> {
  return Promise.race([reading.catch(() => copying), copying]);
}

/** Whether no more than `span` ms have passed since `since`; a clock that was set back makes it false. */
function isWithin(span: number, since: number, now: number): boolean {
  return now >= since && now - since <= span;
}
