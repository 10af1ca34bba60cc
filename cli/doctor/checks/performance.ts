import type { Finding } from '../../../core/health/finding.ts';
import type { Look } from '../observation.ts';
import { counted, judged, named } from './doctor-checks.ts';

/** What was measured in the last 15 minutes. Null: nothing was. */
export interface PerformanceLooks {
  /** The slowest of a hundred decisions, ms. */
  readonly decisionLatency: Look<number | null>;
  /** Refused invocations by function. */
  readonly throttles: Look<readonly { readonly name: string; readonly count: number }[]>;
  readonly concurrency: Look<{
    /** The most executions at once. */
    readonly most: number | null;
    /** Of the account in the region; null where it may not be asked for. */
    readonly limit: number | null;
  }>;
  readonly cache: Look<{
    readonly bytes: number | null;
    /** Null where the cache has no limit. */
    readonly limit: number | null;
    readonly evictions: number;
    readonly throttled: number;
  } | null>;
}

/** A decision takes a few milliseconds, and a start from nothing up to half a second; ms. */
const SLOW_DECISION = 500;
/** The share of a limit from which there is little left. */
const NEAR = 0.8;

const METRICS = 'See the metrics in the CloudWatch console.';

/** Whether the gate is quick enough, and how near the limits are. */
export function judgePerformance(looks: PerformanceLooks): readonly Finding[] {
  return [
    judged('decision_latency', looks.decisionLatency, METRICS, (p99, say) => {
      if (p99 === null) return say.ok('No decision of maintenance was measured in the last 15 minutes.');
      const text = `99 of 100 decisions took at most ${p99.toFixed(1)} ms.`;
      return p99 > SLOW_DECISION
        ? say.warning(
            text,
            'See state_store and throttles; more memory makes the authorizer quicker (docs/limits.md).',
          )
        : say.ok(text);
    }),
    judged('throttles', looks.throttles, METRICS, (counts, say) => {
      const throttled = counts.filter(({ count }) => count > 0);
      if (throttled.length === 0) return say.ok('No invocation was throttled in the last 15 minutes.');
      return say.warning(
        `Throttled in the last 15 minutes: ${named(throttled.map(({ name, count }) => `${name} ${count}`))}.`,
        'Ask for a higher quota of concurrent executions (Service Quotas, Lambda); docs/limits.md says how many it takes.',
      );
    }),
    judged('concurrency', looks.concurrency, METRICS, ({ most, limit }, say) => {
      if (most === null) return say.ok('No concurrent executions were measured in the last 15 minutes.');
      if (limit === null)
        return say.ok(`At most ${most} executions at once; the limit may not be asked for.`);
      const text = `At most ${most} of ${limit} executions at once.`;
      return most >= limit * NEAR
        ? say.warning(text, 'Ask for a higher quota of concurrent executions (Service Quotas, Lambda).')
        : say.ok(text);
    }),
    judged('redis_memory', looks.cache, METRICS, (cache, say) => {
      if (cache === null) return say.ok('The stack has no cache of its own.');
      const { bytes, limit } = cache;
      if (bytes === null) return say.ok('The memory of the cache was not measured in the last 15 minutes.');
      const used = `${(bytes / 1e6).toFixed(1)} MB`;
      if (limit === null) return say.ok(`The cache holds ${used}.`);
      const text = `The cache holds ${used} of ${(limit / 1e6).toFixed(0)} MB.`;
      return bytes >= limit * NEAR
        ? say.warning(
            text,
            'Raise the limit of the cache, before it evicts sessions, those of admins among them.',
          )
        : say.ok(text);
    }),
    judged('redis_evictions', looks.cache, METRICS, (cache, say) => {
      if (cache === null) return say.ok('The stack has no cache of its own.');
      const { evictions, throttled } = cache;
      if (evictions === 0 && throttled === 0) return say.ok('Nothing was evicted, and no command throttled.');
      return say.warning(
        `${counted(evictions, 'key')} evicted and ${counted(throttled, 'command')} throttled in the last 15 minutes.`,
        "Raise the limits of the cache: what is evicted may be an admin's session.",
      );
    }),
  ];
}
