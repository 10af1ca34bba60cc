import { METRIC_NAMESPACE } from '../../core/environment.ts';

/**
 * A line of the log that CloudWatch makes metrics of, without dimensions (embedded metric format).
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 *
 * @param now ms since the epoch
 * @param counts the metrics by name, each a count
 * @example process.stdout.write(metricLine(Date.now(), { SessionsPurged: 250 }))
 */
export function metricLine(now: number, counts: Readonly<Record<string, number>>): string {
  return `${JSON.stringify(metricFields(now, counts))}\n`;
}

/** The fields by which a line of the log is one of metrics too, see `metricLine`. */
export function metricFields(now: number, counts: Readonly<Record<string, number>>): Record<string, unknown> {
  const Metrics = Object.keys(counts).map((Name) => ({ Name, Unit: 'Count' }));
  const directive = { Namespace: METRIC_NAMESPACE, Dimensions: [[]], Metrics };
  return { ...counts, _aws: { Timestamp: now, CloudWatchMetrics: [directive] } };
}
