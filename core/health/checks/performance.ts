import { HIGH_USE_SHARE, MANY_LASTING_KEYS, SLOW_DECISION_MS } from '../thresholds.ts';
import { checksOf, counted, named } from './check.ts';
import type { Counts } from './services.ts';

export interface PerformanceFacts {
  /** The slowest of a hundred decisions of the last 15 minutes, ms; null where none was measured. */
  readonly decisionLatency: number | null;
  /** Refused invocations of the last 15 minutes. */
  readonly throttles: Counts;
  readonly concurrency: {
    /** The most executions at once in the last 15 minutes; null where none was measured. */
    readonly most: number | null;
    /** Of the account in the region; null where it may not be asked for. */
    readonly limit: number | null;
  };
  /** What the cache holds; null where the stack has none of its own. */
  readonly cacheMemory: {
    /** Null where it was not measured. */
    readonly bytes: number | null;
    /** Null where the cache has no limit, or does not say. */
    readonly limit: number | null;
  } | null;
  /** What the cache could not keep or take; null where the stack has none of its own. */
  readonly evictions: {
    /** Null where the cache does not say. */
    readonly keys: number | null;
    /** Commands that were throttled; null where that is not known. */
    readonly throttled: number | null;
    readonly span: 'in the last 15 minutes' | 'since Redis started';
  } | null;
  /** Keys of Redis, and how many of them expire by themselves; null where it does not say. */
  readonly keys: { readonly all: number; readonly expiring: number } | null;
}

const check = checksOf<PerformanceFacts>('performance');

const METRICS = 'See the metrics in the CloudWatch console.';
const NO_CACHE = 'The stack has no cache of its own.';

/** Whether decisions are quick enough, and how near the limits are. */
export const PERFORMANCE_CHECKS = {
  decision_latency: check({
    of: 'decisionLatency',
    remedy: METRICS,
    judge: (p99, say) => {
      if (p99 === null) return say.ok('No decision of maintenance was measured in the last 15 minutes.');
      const text = `99 of 100 decisions took at most ${p99.toFixed(1)} ms.`;
      return p99 > SLOW_DECISION_MS
        ? say.warning(
            text,
            'See state_store and throttles; more memory makes the authorizer quicker (docs/limits.md).',
          )
        : say.ok(text);
    },
  }),
  throttles: check({
    of: 'throttles',
    remedy: METRICS,
    judge: (counts, say) => {
      const throttled = counts.filter(({ count }) => count > 0);
      if (throttled.length === 0) return say.ok('No invocation was throttled in the last 15 minutes.');
      return say.warning(
        `Throttled in the last 15 minutes: ${named(throttled.map(({ name, count }) => `${name} ${count}`))}.`,
        'Ask for a higher quota of concurrent executions (Service Quotas, Lambda); docs/limits.md says how many it takes.',
      );
    },
  }),
  concurrency: check({
    of: 'concurrency',
    remedy: METRICS,
    judge: ({ most, limit }, say) => {
      if (most === null) return say.ok('No concurrent executions were measured in the last 15 minutes.');
      if (limit === null)
        return say.ok(`At most ${most} executions at once; the limit may not be asked for.`);
      const text = `At most ${most} of ${limit} executions at once.`;
      return most >= limit * HIGH_USE_SHARE
        ? say.warning(text, 'Ask for a higher quota of concurrent executions (Service Quotas, Lambda).')
        : say.ok(text);
    },
  }),
  redis_memory: check({
    of: 'cacheMemory',
    component: 'session_store',
    remedy: METRICS,
    judge: (memory, say) => {
      if (memory === null) return say.ok(NO_CACHE);
      const { bytes, limit } = memory;
      if (bytes === null) return say.ok('The memory of the cache was not measured.');
      const used = `${(bytes / 1e6).toFixed(1)} MB`;
      if (limit === null) return say.ok(`The cache holds ${used}.`);
      const text = `The cache holds ${used} of ${(limit / 1e6).toFixed(0)} MB.`;
      return bytes >= limit * HIGH_USE_SHARE
        ? say.warning(
            text,
            'Raise the limit of the cache (`cacheMaximumGigabytes`), before it evicts sessions, those of admins among them, or let sessions expire sooner.',
          )
        : say.ok(text);
    },
  }),
  redis_evictions: check({
    of: 'evictions',
    component: 'session_store',
    remedy: METRICS,
    judge: (evictions, say) => {
      if (evictions === null) return say.ok(NO_CACHE);
      const { keys, throttled, span } = evictions;
      if (keys === null) return say.ok('Redis does not say whether it has evicted keys.');
      const commands = throttled === null ? '' : ` and ${counted(throttled, 'command')} throttled`;
      if (keys + (throttled ?? 0) === 0) {
        return say.ok(`Nothing was evicted${throttled === null ? '' : ', and no command throttled'}.`);
      }
      return say.warning(
        `${counted(keys, 'key')} evicted${commands} ${span}.`,
        "Raise the limits of the cache: what is evicted may be an admin's session.",
      );
    },
  }),
  /** Redis sweeps what expires. What never does stays: that is said, and left to the application that made it. */
  session_expiry: check({
    of: 'keys',
    component: 'session_store',
    remedy: 'See redis.',
    judge: (keys, say) => {
      if (keys === null) return say.ok('Redis does not say how many keys expire.');
      // The copy of the state is one that should stay.
      const lasting = Math.max(0, keys.all - keys.expiring - 1);
      const text = `Of ${keys.all} keys, ${keys.expiring} expire by themselves.`;
      return lasting > MANY_LASTING_KEYS && lasting > keys.all / 2
        ? say.warning(
            text,
            'Sessions without an expiry are never swept, and memory fills up: let the application set one (`EXPIRE`, `SET … EX`).',
          )
        : say.ok(text);
    },
  }),
};
