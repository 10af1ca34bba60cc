import { Duration } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  MathExpression,
  PeriodOverride,
  SingleValueWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Parts } from '../configuration/profiles.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { BLOCKED_CALLS, SECURITY_EVENTS } from './log-metrics.ts';
import { type OwnMetric, ownMetrics } from './metrics.ts';

interface MaintenanceDashboardProps {
  readonly dashboardName: string;
  /** Where the metrics of maintenance mode belong. */
  readonly namespace: string;
  readonly alarms: readonly IAlarm[];
  readonly functions: readonly MaintenanceFunction[];
  readonly authorizer: MaintenanceFunction;
  readonly api: RestApi;
  /** Where the troubleshooting guide is. */
  readonly runbookUrl: string;
  readonly parts: Parts;
}

const WHOLE = 24;
const HALF = 12;
const THIRD = 8;

/** A whole maintenance at a glance: what is in force, what it does to callers, sessions and jobs, and whether it works. */
export class MaintenanceDashboard extends Dashboard {
  constructor(scope: Construct, id: string, props: MaintenanceDashboardProps) {
    super(scope, id, {
      dashboardName: props.dashboardName,
      defaultInterval: Duration.hours(3),
      periodOverride: PeriodOverride.INHERIT,
    });
    const { namespace } = props;
    const { sessions, jobs } = props.parts;
    const ownMetric = ownMetrics(namespace);
    this.addWidgets(
      new TextWidget({
        markdown: `# Maintenance\nWhat to do about an alarm: ${props.runbookUrl}`,
        width: WHOLE,
        height: 2,
      }),
    );
    this.addWidgets(
      new AlarmStatusWidget({ title: 'Alarms', alarms: [...props.alarms], width: WHOLE, height: 5 }),
    );
    this.addWidgets(
      new SingleValueWidget({
        title: 'Now',
        width: WHOLE,
        height: 3,
        metrics: [
          ownMetric('MaintenanceActive', Stats.MAXIMUM).with({ label: 'active' }),
          ownMetric('EmergencyActive', Stats.MAXIMUM).with({ label: 'emergency' }),
          ownMetric('MaintenanceOverdue', Stats.MAXIMUM).with({ label: 'overdue' }),
          ...(jobs ? [ownMetric('ActiveJobs', Stats.MAXIMUM).with({ label: 'active jobs' })] : []),
          ownMetric(BLOCKED_CALLS, Stats.SUM).with({ label: 'blocked in a minute' }),
          ownMetric('EnforcementLag', Stats.MAXIMUM).with({ label: 'enforcement lag, ms' }),
        ],
      }),
    );
    this.addWidgets(
      graph('Mode', THIRD, [
        ownMetric('MaintenanceActive', Stats.MAXIMUM),
        ownMetric('EmergencyActive', Stats.MAXIMUM),
        ownMetric('MaintenanceOverdue', Stats.MAXIMUM),
      ]),
      graph('Blocked calls by mode and type', THIRD, [
        search(`{"${namespace}",Mode,Operation} MetricName="BlockedRequests"`, 'Sum'),
      ]),
      graph('Let through all the same', THIRD, [
        ownMetric('AdminBypasses', Stats.SUM),
        ownMetric('WouldBlock', Stats.SUM),
        ownMetric(SECURITY_EVENTS, Stats.SUM),
      ]),
    );
    this.addWidgets(
      ...(sessions === 'none' ? [] : [sessionsGraph(ownMetric)]),
      ...(jobs ? [jobsGraph(ownMetric)] : []),
      graph('Decisions under maintenance, ms', THIRD, [
        ownMetric('DecisionLatency', Stats.percentile(50)).with({ label: 'p50' }),
        ownMetric('DecisionLatency', Stats.percentile(99)).with({ label: 'p99' }),
        ownMetric('StateAge', Stats.MAXIMUM).with({ label: 'oldest state decided by' }),
      ]),
    );
    this.addWidgets(
      graph('Components, 1 is healthy', THIRD, [
        search(`{"${namespace}",Component} MetricName="ComponentHealthy"`, 'Minimum'),
      ]),
      graph('Enforcement', THIRD, [
        ownMetric('EnforcementLag', Stats.MAXIMUM).with({ label: 'lag, ms' }),
        ownMetric('EnforcementMismatch', Stats.MAXIMUM).with({ label: 'mismatches' }),
      ]),
      graph('Authorizer', THIRD, [
        props.authorizer.metricDuration({ ...MINUTE, statistic: Stats.percentile(99), label: 'p99, ms' }),
        props.authorizer.metricErrors({ ...MINUTE, label: 'errors' }),
        props.authorizer.metricThrottles({ ...MINUTE, label: 'throttles' }),
      ]),
    );
    this.addWidgets(
      graph('Answers of the API', HALF, [
        props.api.metricCount({ ...MINUTE, label: 'all' }),
        props.api.metricClientError({ ...MINUTE, label: '4XX, refusals of maintenance among them' }),
        props.api.metricServerError({ ...MINUTE, label: '5XX' }),
      ]),
      graph(
        'Functions: errors and throttles',
        HALF,
        props.functions.flatMap((each) => [
          each.metricErrors({ ...MINUTE, label: `${each.folder}: errors` }),
          each.metricThrottles({ ...MINUTE, label: `${each.folder}: throttles` }),
        ]),
      ),
    );
    this.addWidgets(
      new LogQueryWidget({
        title: 'What happened',
        width: WHOLE,
        height: 8,
        logGroupNames: props.functions.map(({ logGroup }) => logGroup.logGroupName),
        queryLines: [
          'fields @timestamp, message',
          'filter message like /^\\[(MAINTENANCE|EMERGENCY)\\]/ and event not in ["operation_blocked", "admin_bypass", "would_block", "would_allow", "session_invalidated"]',
          'sort @timestamp desc',
          'limit 50',
        ],
      }),
    );
  }
}

const MINUTE = { period: Duration.minutes(1) };

function graph(title: string, width: number, left: readonly IMetric[]): IWidget {
  return new GraphWidget({ title, width, height: 6, left: [...left], leftYAxis: { min: 0 } });
}

function sessionsGraph(ownMetric: OwnMetric): IWidget {
  return graph('Sessions', THIRD, [
    ownMetric('SessionsPurged', Stats.SUM),
    ownMetric('SessionPurgeFailures', Stats.SUM),
  ]);
}

function jobsGraph(ownMetric: OwnMetric): IWidget {
  return graph('Jobs', THIRD, [
    ownMetric('ActiveJobs', Stats.MAXIMUM),
    ownMetric('JobsTerminated', Stats.SUM),
    ownMetric('DrainStuck', Stats.SUM),
  ]);
}

/** Whatever there is of a metric: each of its dimensions' values as a line of its own. */
function search(what: string, statistic: 'Sum' | 'Minimum'): IMetric {
  return new MathExpression({
    expression: `SEARCH('${what}', '${statistic}', 60)`,
    usingMetrics: {},
    label: '',
    period: Duration.minutes(1),
  });
}
