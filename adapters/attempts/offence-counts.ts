import type { OffenceCounts } from '../../core/attempts/shared-offenders.ts';
import { offencePrefix } from '../../core/identity/session.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';

/** Seconds for which Redis keeps the count of a minute. */
const KEPT = 120;

/** Counts blocked calls in Redis, one key for each client and minute. Clients are data, whatever they are called. */
export class RedisOffenceCounts implements OffenceCounts {
  readonly #redis: RedisConnection;
  readonly #prefix: string;

  /** @param scope name of the event log */
  constructor(redis: RedisConnection, scope: string) {
    this.#redis = redis;
    this.#prefix = offencePrefix(scope);
  }

  get isPaused(): boolean {
    return this.#redis.isPaused;
  }

  /** Rejects with SessionStoreUnavailableError. After a lost connection, calls may count twice. */
  async add(minute: number, calls: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    const totals = await this.#redis.use((client) =>
      Promise.all(
        Array.from(calls, async ([name, number]): Promise<[string, number]> => {
          const key = `${this.#prefix}${minute}:${name}`;
          // No pipeline: on a cluster the keys are at several servers.
          const [total] = await Promise.all([client.incrby(key, number), client.expire(key, KEPT)]);
          return [name, total];
        }),
      ),
    );
    return new Map(totals);
  }
}
