import type { MovableClock } from '../clock.ts';
import type { ServerlessCache } from './cache/serverless-cache.ts';
import type { Datapoint, Metrics } from './metrics.ts';
import type { RedisServer } from './redis.ts';
import type { Queues } from './sqs.ts';

/** What is measured. */
interface SampleSources {
  readonly metrics: Metrics;
  readonly clock: MovableClock;
  readonly queues: Queues;
  readonly cache: ServerlessCache | undefined;
  redis(): RedisServer;
}

/** Milliseconds that the redis-server has to tell about itself; without an answer nothing is measured. */
const REDIS_LIMIT_MS = 1_000;

/** Counters of the redis-server since its start, whose growth from one sample to the next is a metric. */
const COUNTERS = ['evicted_keys', 'total_commands_processed', 'keyspace_hits', 'keyspace_misses'] as const;

/**
 * Measures what AWS measures once a minute instead of at an event: what lies in the queues, and how the cache is, by
 * its redis-server.
 * Source: "Available CloudWatch metrics for Amazon SQS" of the SQS developer guide; "Serverless metrics and events for
 * Valkey and Redis OSS" of the ElastiCache user guide.
 */
export class Samples {
  readonly #sources: SampleSources;
  #counted: Readonly<Record<string, number>> | undefined;

  constructor(sources: SampleSources) {
    this.#sources = sources;
  }

  /** Measures now. */
  async take(): Promise<void> {
    const { metrics, queues, clock, cache } = this.#sources;
    const timestamp = clock.now();
    for (const { name, visible, hidden, oldestAgeMs } of queues.depths()) {
      const dimensions = { QueueName: name };
      const point = points('AWS/SQS', dimensions, timestamp);
      metrics.add(
        point('ApproximateNumberOfMessagesVisible', visible),
        point('ApproximateNumberOfMessagesNotVisible', hidden),
        point('ApproximateAgeOfOldestMessage', Math.floor(oldestAgeMs / 1000), 'Seconds'),
      );
    }
    const info = cache && (await this.#info());
    if (info) metrics.add(...this.#cachePoints(cache.name, info, timestamp));
  }

  /** What the server says of itself, its numbers only; undefined when it is down or too slow. */
  async #info(): Promise<Record<string, number> | undefined> {
    const redis = this.#sources.redis();
    if (!redis.isUp) return undefined;
    const limit = new AbortController();
    const text = await Promise.race([
      redis.client.info().catch(() => undefined),
      new Promise<undefined>((resolve) => {
        const timer = setTimeout(() => resolve(undefined), REDIS_LIMIT_MS);
        limit.signal.addEventListener('abort', () => clearTimeout(timer));
      }),
    ]);
    limit.abort();
    if (text === undefined) return undefined;
    return Object.fromEntries(
      [...text.matchAll(/^(\w+):(\d+(?:\.\d+)?)\r?$/gm)].map(([, name, value]) => [name, Number(value)]),
    );
  }

  #cachePoints(name: string, info: Readonly<Record<string, number>>, timestamp: number): Datapoint[] {
    const before = this.#counted;
    this.#counted = Object.fromEntries(COUNTERS.map((counter) => [counter, info[counter] ?? 0]));
    const point = points('AWS/ElastiCache', { clusterId: name }, timestamp);
    // A counter that went back belongs to a server that was started anew.
    const growth = (counter: (typeof COUNTERS)[number]): number => {
      const [now, last] = [info[counter] ?? 0, before?.[counter] ?? 0];
      return now >= last ? now - last : now;
    };
    return [
      point('BytesUsedForCache', info.used_memory ?? 0, 'Bytes'),
      point('CurrConnections', info.connected_clients ?? 0),
      ...(before
        ? [
            point('Evictions', growth('evicted_keys')),
            point('ElastiCacheProcessingUnits', growth('total_commands_processed')),
            point('CacheHits', growth('keyspace_hits')),
            point('CacheMisses', growth('keyspace_misses')),
          ]
        : []),
      point('ThrottledCmds', 0),
    ];
  }
}

const points =
  (namespace: string, dimensions: Readonly<Record<string, string>>, timestamp: number) =>
  (name: string, value: number, unit = 'Count'): Datapoint => ({
    namespace,
    name,
    dimensions,
    value,
    unit,
    timestamp,
  });
