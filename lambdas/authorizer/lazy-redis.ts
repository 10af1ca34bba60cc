import type { OffenceCounts } from '../../core/attempts/shared-offenders.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import type { State } from '../../core/state/state.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** What the gate has Redis for. Everything rejects with SessionStoreUnavailableError. */
export interface GateRedis {
  readonly sessions: Pick<SessionStore, 'find'>;
  /** The copy of the state, and the issuer's keys that go with it, as JSON. */
  readonly mirror: { read(): Promise<State | null>; readKeys(): Promise<string | null> };
  readonly offences: OffenceCounts;
}

interface LazyRedisOptions {
  readonly load: () => Promise<GateRedis>;
  /** Milliseconds for looking up a session, connecting included. Loading is our own work, and can't hang. */
  readonly lookupLimit?: number;
  /** Told why a session could not be looked up. */
  readonly onFailure: (error: SessionStoreUnavailableError) => void;
}

/**
 * Redis for the gate, loaded with the first need: most starts have none, and the client takes as long to load as all
 * the rest. A lookup has its limit whatever Redis and the network do, so that the function answers in its own.
 */
export class LazyRedis implements GateRedis {
  readonly sessions: GateRedis['sessions'] = { find: (id) => this.#find(id) };
  readonly mirror: GateRedis['mirror'] = {
    read: async () => (await this.#redis()).mirror.read(),
    readKeys: async () => (await this.#redis()).mirror.readKeys(),
  };
  readonly offences: OffenceCounts;
  readonly #options: LazyRedisOptions;
  readonly #lookupLimit: number;
  #loading: Promise<GateRedis> | undefined;
  #loaded: GateRedis | undefined;

  constructor(options: LazyRedisOptions) {
    this.#options = options;
    this.#lookupLimit = options.lookupLimit ?? 700;
    const isPaused = (): boolean => this.#loaded?.offences.isPaused ?? false;
    this.offences = {
      get isPaused() {
        return isPaused();
      },
      add: async (minute, calls) => (await this.#redis()).offences.add(minute, calls),
    };
  }

  async #find(id: string): ReturnType<GateRedis['sessions']['find']> {
    try {
      const { sessions } = await this.#redis();
      return await withTimeLimit(this.#lookupLimit, sessions.find(id));
    } catch (cause) {
      const error =
        cause instanceof SessionStoreUnavailableError
          ? cause
          : new SessionStoreUnavailableError('A session could not be looked up.', { cause });
      this.#options.onFailure(error);
      throw error;
    }
  }

  /** What failed to load is loaded anew with the next need. */
  #redis(): Promise<GateRedis> {
    this.#loading ??= this.#options.load().then(
      (redis) => {
        this.#loaded = redis;
        return redis;
      },
      (error: unknown) => {
        this.#loading = undefined;
        throw error;
      },
    );
    return this.#loading;
  }
}
