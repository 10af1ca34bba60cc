import { OPERATION_TYPES } from '../messages/operation-texts.ts';
import { rfc3339 } from '../text.ts';
import type { MetricQuery, MetricRange, MetricSeries } from './metric-source.ts';
import type { Statistics } from './schemas.ts';

/** What the statistics are of, by the names that CloudWatch knows. */
export interface Watched {
  /** Of the metrics of maintenance mode itself. */
  readonly namespace: string;
  readonly authorizer: string;
  readonly api: string;
  readonly stage: string;
  readonly table: string;
  /** Null where Redis is somebody else's. */
  readonly cache: string | null;
}

/** Points of a series, the one that is not over yet aside. */
const POINTS = 60;
const ENFORCING = ['normal', 'emergency'] as const;
const READS_AND_WRITES = ['Query', 'GetItem', 'PutItem'] as const;

/** The range of so many minutes up to now, by whole steps: CloudWatch keeps values by steps of whole minutes. */
export function rangeOf(minutes: number, now: number): MetricRange {
  const step = Math.ceil(minutes / POINTS) * 60;
  const length = step * 1000;
  const to = Math.floor(now / length) * length + length;
  return { from: to - (Math.ceil((minutes * 60) / step) + 1) * length, to, step };
}

/** What is asked of CloudWatch. @param ownTypes the operation types that the owner has added */
export function statisticsQueries(watched: Watched, ownTypes: readonly string[]): readonly MetricQuery[] {
  const { namespace, authorizer, api, stage, table, cache } = watched;
  const own = (id: string, metric: string, statistic = 'Sum'): MetricQuery => ({
    id,
    namespace,
    metric,
    dimensions: {},
    statistic,
  });
  const of =
    (namespace: string, dimensions: Readonly<Record<string, string>>) =>
    (id: string, metric: string, statistic = 'Sum'): MetricQuery => ({
      id,
      namespace,
      metric,
      dimensions,
      statistic,
    });
  const lambda = of('AWS/Lambda', { FunctionName: authorizer });
  const gateway = of('AWS/ApiGateway', { ApiName: api, Stage: stage });
  const redis = cache === null ? null : of('AWS/ElastiCache', { clusterId: cache });
  return [
    ...['p50', 'p95', 'p99'].map((percentile) => own(`latency_${percentile}`, 'DecisionLatency', percentile)),
    own('bypassed', 'AdminBypasses'),
    own('would_block', 'WouldBlock'),
    own('sessions_purged', 'SessionsPurged'),
    own('purge_failures', 'SessionPurgeFailures'),
    own('active_jobs', 'ActiveJobs', 'Maximum'),
    ...typesOf(ownTypes).flatMap((type, index) =>
      ENFORCING.map((mode) => ({
        ...own(`blocked_${mode}_${index}`, 'BlockedRequests'),
        dimensions: { Mode: mode, Operation: type },
      })),
    ),
    lambda('invocations', 'Invocations'),
    lambda('errors', 'Errors'),
    lambda('throttles', 'Throttles'),
    lambda('concurrency', 'ConcurrentExecutions', 'Maximum'),
    lambda('duration', 'Duration', 'p95'),
    gateway('requests', 'Count'),
    gateway('client_errors', '4XXError'),
    gateway('server_errors', '5XXError'),
    gateway('api_latency', 'Latency', 'p95'),
    of('AWS/DynamoDB', { TableName: table, Operation: 'Query' })(
      'store_latency',
      'SuccessfulRequestLatency',
      'Average',
    ),
    ...READS_AND_WRITES.map((Operation, index) =>
      of('AWS/DynamoDB', { TableName: table, Operation })(`store_throttled_${index}`, 'ThrottledRequests'),
    ),
    ...(redis === null
      ? []
      : [
          redis('redis_memory', 'BytesUsedForCache', 'Maximum'),
          redis('redis_evictions', 'Evictions'),
          redis('redis_throttled', 'ThrottledCmds'),
          redis('redis_units', 'ElastiCacheProcessingUnits'),
        ]),
  ];
}

/** What CloudWatch could not say is null. */
export function statisticsOf(
  found: ReadonlyMap<string, MetricSeries> | null,
  facts: {
    readonly watched: Watched;
    readonly ownTypes: readonly string[];
    readonly range: MetricRange;
    readonly minutes: number;
    readonly now: number;
    readonly maintenance: Statistics['maintenance'];
  },
): Statistics {
  const { watched, range, minutes, now, maintenance } = facts;
  const head = { as_of: rfc3339(now), minutes, step_seconds: range.step };
  if (found === null) return { ...head, ...NOTHING, maintenance };
  const sum = (...ids: readonly string[]): number =>
    ids.flatMap((id) => [...(found.get(id)?.values() ?? [])]).reduce((total, value) => total + value, 0);
  const highest = (id: string): number | null => {
    const values = [...(found.get(id)?.values() ?? [])];
    return values.length === 0 ? null : Math.max(...values);
  };
  const steps = stepsOf(range);
  const blocked = typesOf(facts.ownTypes).map((type, index) => {
    const ids = ENFORCING.map((mode) => `blocked_${mode}_${index}`);
    const series = steps.map((at) => ids.reduce((total, id) => total + (found.get(id)?.get(at) ?? 0), 0));
    return { type, total: sum(...ids), series };
  });
  const met = blocked.filter(({ total }) => total > 0);
  return {
    ...head,
    decisions: {
      latency_ms: { p50: highest('latency_p50'), p95: highest('latency_p95'), p99: highest('latency_p99') },
      blocked: met.reduce((total, one) => total + one.total, 0),
      blocked_by_type: Object.fromEntries(met.map(({ type, total }) => [type, total])),
      bypassed: sum('bypassed'),
      would_block: sum('would_block'),
    },
    authorizer: {
      invocations: sum('invocations'),
      errors: sum('errors'),
      throttles: sum('throttles'),
      concurrency: highest('concurrency'),
      duration_p95_ms: highest('duration'),
    },
    api: {
      requests: sum('requests'),
      client_errors: sum('client_errors'),
      server_errors: sum('server_errors'),
      latency_p95_ms: highest('api_latency'),
    },
    state_store: {
      latency_ms: highest('store_latency'),
      throttled: sum(...READS_AND_WRITES.map((_, index) => `store_throttled_${index}`)),
    },
    redis:
      watched.cache === null
        ? null
        : {
            memory_bytes: highest('redis_memory'),
            evictions: sum('redis_evictions'),
            throttled_commands: sum('redis_throttled'),
            processing_units: sum('redis_units'),
          },
    sessions: { purged: sum('sessions_purged'), purge_failures: sum('purge_failures') },
    jobs: { active: highest('active_jobs') },
    maintenance,
    series: {
      at: steps.map(rfc3339),
      blocked: Object.fromEntries(met.map(({ type, series }) => [type, series])),
      latency_p95_ms: steps.map((at) => found.get('latency_p95')?.get(at) ?? null),
    },
  };
}

const NOTHING = {
  decisions: null,
  authorizer: null,
  api: null,
  state_store: null,
  redis: null,
  sessions: null,
  jobs: null,
  series: null,
} as const;

function typesOf(ownTypes: readonly string[]): readonly string[] {
  return [...new Set([...OPERATION_TYPES.map(({ name }) => name), ...ownTypes])];
}

function stepsOf({ from, to, step }: MetricRange): readonly number[] {
  const length = step * 1000;
  return Array.from({ length: Math.round((to - from) / length) }, (_, index) => from + index * length);
}
