import type { RunningCloud } from '../local-services.ts';
import { ACCESS_LOG, type LogEntry } from '../log-store.ts';
import type { Stack } from '../stack.ts';
import type { Resource } from '../template.ts';
import { compileFilter } from './filter-pattern.ts';
import { logSources } from './log-subscriptions.ts';
import type { Metrics } from './metrics.ts';

interface Transformation {
  readonly MetricNamespace: string;
  readonly MetricName: string;
  readonly MetricValue: string;
  readonly Unit?: string;
}

interface Filter {
  /** Names in the log store of those that write to the log group. */
  readonly sources: ReadonlySet<string>;
  readonly matches: (line: string) => boolean;
  readonly transformations: readonly Transformation[];
}

/**
 * Makes measurements of log lines, as the template's metric filters say. Returns a function that ends this.
 * Source: "Creating metrics from log events using filters" of the CloudWatch Logs user guide.
 */
export function startMetricFilters({ stack, logs }: RunningCloud, metrics: Metrics): () => void {
  const filters = stack.resources('AWS::Logs::MetricFilter').map((resource) => filterOf(stack, resource));
  return logs.onEntry((entry) => {
    for (const { sources, matches, transformations } of filters) {
      if (!sources.has(entry.group) || !matches(entry.message)) continue;
      metrics.add(...transformations.flatMap((each) => measured(each, entry)));
    }
  });
}

function measured(
  { MetricNamespace, MetricName, MetricValue, Unit }: Transformation,
  { message, timestamp }: LogEntry,
) {
  const value = MetricValue.startsWith('$.')
    ? Number((JSON.parse(message) as Record<string, unknown>)[MetricValue.slice(2)])
    : Number(MetricValue);
  if (Number.isNaN(value)) return [];
  return [
    { namespace: MetricNamespace, name: MetricName, dimensions: {}, value, unit: Unit ?? 'None', timestamp },
  ];
}

function filterOf(stack: Stack, resource: Resource): Filter {
  const { FilterPattern, LogGroupName, MetricTransformations } = stack.properties(resource);
  const sources = logSources(stack, String(LogGroupName));
  return {
    sources: new Set(
      sources.length > 0 ? sources : [ACCESS_LOG].filter(() => isAccessLog(stack, LogGroupName)),
    ),
    matches: compileFilter(String(FilterPattern)),
    transformations: MetricTransformations as Transformation[],
  };
}

function isAccessLog(stack: Stack, logGroup: unknown): boolean {
  return stack.resources('AWS::ApiGateway::Stage').some((stage) => {
    const { AccessLogSetting } = stack.properties(stage) as {
      AccessLogSetting?: { DestinationArn?: string };
    };
    return AccessLogSetting?.DestinationArn?.replace(/:\*$/, '').endsWith(`:log-group:${logGroup}`) ?? false;
  });
}
