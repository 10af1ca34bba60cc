import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { ALARMS, type AlarmName } from '../../core/health/alarms.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import { Alarms } from './alarms.ts';
import { AlertTopics } from './alert-topics.ts';
import { conditions } from './conditions.ts';
import { MaintenanceDashboard } from './dashboard.ts';
import { LogMetrics } from './log-metrics.ts';
import { metricNamespace, ownMetrics } from './metrics.ts';
import { Notices } from './notices.ts';
import { SavedQueries } from './saved-queries.ts';

interface MonitoringProps {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly bus: IEventBus;
  readonly deadLetters: DeadLetterQueue;
  readonly api: RestApi;
  readonly accessLogs: ILogGroup;
  /** What has to be there before silence means anything. */
  readonly checking: IDependable;
  /** All functions there are; those of which something is asked in particular are found by their folders. */
  readonly functions: readonly MaintenanceFunction[];
}

/** The alarms without which nobody would know that the gate does not do what it should. */
const ESSENTIAL: readonly AlarmName[] = [
  'enforcement-mismatch',
  'log-tampered',
  'health-check-failing',
  'health-check-silent',
  'authorizer-errors',
  'dead-letters',
];

/**
 * Tells people: what happens to maintenance, what is wrong with it, and what to look at. Where only what is essential is
 * wanted, that are the alarms above and one topic.
 */
export class Monitoring extends Construct {
  readonly topics: AlertTopics;
  /** What stands before the name of every alarm. */
  readonly alarmPrefix: string;
  readonly alarms: Alarms;
  readonly #isFull: boolean;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { configuration, deadLetters, functions, checking } = props;
    this.#isFull = configuration.monitoring === 'full';
    this.alarmPrefix = `${Stack.of(this).stackName}-`;
    this.topics = new AlertTopics(this, 'Topics', configuration);
    const authorizer = functions.find(({ folder }) => folder === 'authorizer');
    if (authorizer === undefined) throw new Error('There is no authorizer to watch.');
    const { notices } = this.topics;
    const all = notices
      ? [
          ...functions,
          new Notices(this, 'Notices', { ...props, topics: this.topics, topic: notices }).function,
        ]
      : functions;

    this.alarms = new Alarms(this, 'Alarms', {
      names: alarmsFor(configuration),
      conditions: conditions(configuration, {
        authorizer,
        deadLetters: deadLetters.queue,
        ownMetric: ownMetrics(metricNamespace(this, configuration)),
      }),
      topics: this.topics,
      prefix: this.alarmPrefix,
      runbookUrl: configuration.runbookUrl,
      escalates: this.#isFull,
      checking,
    });
    if (this.#isFull) this.#show(props, all, authorizer);
  }
  /** What people look at when they are told. */
  #show(
    props: MonitoringProps,
    functions: readonly MaintenanceFunction[],
    authorizer: MaintenanceFunction,
  ): void {
    const { configuration, accessLogs, api } = props;
    const { runbookUrl } = configuration;
    const stackName = Stack.of(this).stackName;
    const logsOf = (...folders: string[]) =>
      folders
        .flatMap((folder) => functions.filter((each) => each.folder === folder))
        .map(({ logGroup }) => logGroup);
    const namespace = metricNamespace(this, configuration);
    new LogMetrics(this, 'LogMetrics', {
      namespace,
      deciders: logsOf('authorizer', 'jobs'),
      accessLogs,
      security: [
        { event: 'admin_bypass', logs: logsOf('authorizer', 'jobs') },
        { event: 'direct_change', logs: logsOf('publisher') },
        { event: 'log_tampered', logs: logsOf('publisher') },
        { event: 'sign_in_refused', logs: logsOf('signin-guard') },
      ],
    });
    new SavedQueries(this, 'Queries', {
      folder: stackName,
      logs: functions.map(({ logGroup }) => logGroup),
      deciders: logsOf('authorizer', 'jobs'),
      sessions: configuration.sessions === 'none' ? [] : logsOf('authorizer', 'purge', 'sessions', 'mirror'),
      security: [
        ...logsOf('authorizer', 'control', 'sessions', 'jobs', 'operations', 'publisher', 'signin-guard'),
        accessLogs,
      ],
    });
    new MaintenanceDashboard(this, 'Dashboard', {
      dashboardName: stackName,
      namespace,
      alarms: this.alarms.all,
      functions,
      authorizer,
      api,
      runbookUrl,
      parts: configuration,
    });
  }

  /** Lets a function tell those on call, each level by its topic; where there are no levels, it is told of none. */
  bindEscalation(user: MaintenanceFunction): void {
    if (!this.#isFull) return;
    const { levels } = this.topics;
    const arns = Object.fromEntries(Object.entries(levels).map(([level, { topicArn }]) => [level, topicArn]));
    user.addEnvironment(ENV.levelTopics, Stack.of(this).toJsonString(arns));
    this.topics.letPublish(user, ...Object.values(levels));
  }

  /** Tells a function what the alarms are called. */
  bindAlarmNames(user: MaintenanceFunction): void {
    user.addEnvironment(ENV.alarmPrefix, this.alarmPrefix);
  }
}

/** The alarms that can be raised by what is deployed. */
function alarmsFor({ monitoring, sessions, jobs }: Configuration): AlarmName[] {
  const missing: AlarmName[] = [
    ...(sessions === 'none' ? (['session-manager-failure'] as const) : []),
    ...(jobs ? [] : (['drain-stuck'] as const)),
  ];
  return ALARMS.map(({ name }) => name).filter(
    (name) => (monitoring === 'full' || ESSENTIAL.includes(name)) && !missing.includes(name),
  );
}
