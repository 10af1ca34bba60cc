import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import { ENV, metricNamespaceOf } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';

/** Where the metrics of this deployment belong. */
export function metricNamespace(within: Construct, { scope }: Configuration): string {
  return metricNamespaceOf(Stack.of(within).stackName, scope);
}

/** Tells a function where the metrics belong that it writes. */
export function setMetricsEnvironment(writer: MaintenanceFunction, configuration: Configuration): void {
  writer.addEnvironment(ENV.metricNamespace, metricNamespace(writer, configuration));
}

/** Makes one of the metrics of maintenance mode itself, over a minute. */
export type OwnMetric = (metricName: string, statistic: string) => Metric;

export function ownMetrics(namespace: string): OwnMetric {
  return (metricName, statistic) =>
    new Metric({ namespace, metricName, statistic, period: Duration.minutes(1) });
}
