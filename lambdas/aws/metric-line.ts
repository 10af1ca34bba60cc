import { METRIC_NAMESPACE } from './metric-namespace.ts';

interface MetricOptions {
  /** Of every value. */
  readonly unit?: 'Count' | 'Milliseconds';
  /** Dimensions with their values: each metric is then told without them and with all of them. */
  readonly dimensions?: Readonly<Record<string, string>>;
}

/**
 * A line of the log that CloudWatch makes metrics of (embedded metric format).
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param now ms since the epoch
 * @param values the metrics by name
 * @example process.stdout.write(metricLine(Date.now(), { SessionsPurged: 250 }))
 */
export function metricLine(now: number, values: Readonly<Record<string, number>>): string {
  return `${JSON.stringify(metricFields(now, values))}\n`;
}

/** The fields by which a line of the log is one of metrics too, see `metricLine`. */
export function metricFields(
  now: number,
  values: Readonly<Record<string, number>>,
  { unit: Unit = 'Count', dimensions = {} }: MetricOptions = {},
): Record<string, unknown> {
  const names = Object.keys(dimensions);
  const directive = {
    Namespace: METRIC_NAMESPACE,
    Dimensions: names.length === 0 ? [[]] : [[], names],
    Metrics: Object.keys(values).map((Name) => ({ Name, Unit })),
  };
  return { ...dimensions, ...values, _aws: { Timestamp: now, CloudWatchMetrics: [directive] } };
}
