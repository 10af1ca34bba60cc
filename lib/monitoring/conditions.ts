import { Duration } from 'aws-cdk-lib';
import { type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmName } from '../../core/health/alarms.ts';
import type { Configuration } from '../configuration/schema.ts';
import { BLOCKED_CALLS } from './log-metrics.ts';
import type { OwnMetric } from './metrics.ts';

/** What raises an alarm: a metric that has been at its threshold, or beyond, for so many minutes in a row. */
export interface Condition {
  /** Over a minute. */
  readonly metric: IMetric;
  /** `below` for what has to be there. */
  readonly side: 'at_least' | 'below';
  readonly threshold: number;
  readonly minutes: number;
  /** What a minute without a measurement counts as. */
  readonly missing: TreatMissingData;
}

const MINUTE = { period: Duration.minutes(1) };

/** What raises each alarm. */
export function conditions(
  { alarmThresholds: limits }: Pick<Configuration, 'alarmThresholds'>,
  {
    authorizer,
    deadLetters,
    ownMetric,
  }: { readonly authorizer: IFunction; readonly deadLetters: IQueue; readonly ownMetric: OwnMetric },
): Readonly<Record<AlarmName, Condition>> {
  return {
    'maintenance-activated': atLeast(1, ownMetric('MaintenanceActive', Stats.MAXIMUM)),
    'emergency-activated': atLeast(1, ownMetric('EmergencyActive', Stats.MAXIMUM)),
    'blocked-operations-high': atLeast(limits.blockedCallsPerMinute, ownMetric(BLOCKED_CALLS, Stats.SUM), 5),
    'session-manager-failure': atLeast(
      limits.sessionPurgeFailuresPerMinute,
      ownMetric('SessionPurgeFailures', Stats.SUM),
    ),
    'health-check-failing': {
      metric: ownMetric('ComponentHealthy', Stats.MINIMUM),
      side: 'below',
      threshold: 1,
      minutes: limits.unhealthyMinutes,
      missing: TreatMissingData.NOT_BREACHING,
    },
    // Each run that comes to its end measures whether maintenance is active, be it with 0.
    'health-check-silent': {
      metric: ownMetric('MaintenanceActive', Stats.SAMPLE_COUNT),
      side: 'below',
      threshold: 1,
      minutes: limits.silentMinutes,
      missing: TreatMissingData.BREACHING,
    },
    'enforcement-mismatch': atLeast(1, ownMetric('EnforcementMismatch', Stats.MAXIMUM)),
    'log-tampered': atLeast(1, ownMetric('LogTampered', Stats.MAXIMUM)),
    'maintenance-overdue': atLeast(1, ownMetric('MaintenanceOverdue', Stats.MAXIMUM)),
    'drain-stuck': atLeast(1, ownMetric('DrainStuck', Stats.SUM)),
    'authorizer-errors': atLeast(limits.authorizerErrorsPerMinute, authorizer.metricErrors(MINUTE)),
    'authorizer-throttled': atLeast(limits.authorizerThrottlesPerMinute, authorizer.metricThrottles(MINUTE)),
    'authorizer-slow': atLeast(
      limits.authorizerMilliseconds,
      authorizer.metricDuration({ ...MINUTE, statistic: Stats.percentile(99) }),
      5,
    ),
    // A queue that nobody touches is measured no more after six hours, with all that is in it.
    'dead-letters': {
      ...atLeast(
        limits.deadLetters,
        deadLetters.metricApproximateNumberOfMessagesVisible({ ...MINUTE, statistic: Stats.MAXIMUM }),
      ),
      missing: TreatMissingData.IGNORE,
    },
  };
}

function atLeast(threshold: number, metric: IMetric, minutes = 1): Condition {
  return { metric, side: 'at_least', threshold, minutes, missing: TreatMissingData.NOT_BREACHING };
}
