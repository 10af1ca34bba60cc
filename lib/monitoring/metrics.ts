import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC_NAMESPACE } from '../../core/environment.ts';

/** One of the metrics of maintenance mode itself, over a minute. */
export function ownMetric(
  metricName: string,
  statistic: string,
  dimensionsMap: Readonly<Record<string, string>> = {},
): Metric {
  return new Metric({
    namespace: METRIC_NAMESPACE,
    metricName,
    statistic,
    dimensionsMap,
    period: Duration.minutes(1),
  });
}
