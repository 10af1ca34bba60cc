import { Stack } from 'aws-cdk-lib';
import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
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
import { Notices } from './notices.ts';
import { SavedQueries } from './saved-queries.ts';

export interface MonitoringProps {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly bus: IEventBus;
  readonly deadLetters: DeadLetterQueue;
  readonly api: RestApi;
  readonly accessLogs: ILogGroup;
  /** All functions there are; those of which something is asked in particular are found by their folders. */
  readonly functions: readonly MaintenanceFunction[];
}

/** Tells people: what happens to maintenance, what is wrong with it, and what to look at. */
export class Monitoring extends Construct {
  readonly topics: AlertTopics;
  /** What stands before the name of every alarm. */
  readonly alarmPrefix: string;
  readonly notices: Notices;
  readonly alarms: Alarms;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { configuration, deadLetters, accessLogs, api } = props;
    const { runbookUrl } = configuration;
    const stackName = Stack.of(this).stackName;
    this.alarmPrefix = `${stackName}-`;
    this.topics = new AlertTopics(this, 'Topics', configuration);
    this.notices = new Notices(this, 'Notices', { ...props, topics: this.topics });

    const functions = [...props.functions, this.notices.function];
    const find = (folder: string) => functions.filter((each) => each.folder === folder);
    const logsOf = (...folders: string[]) => folders.flatMap(find).map(({ logGroup }) => logGroup);
    const [authorizer] = find('authorizer');
    if (authorizer === undefined) throw new Error('There is no authorizer to watch.');

    new LogMetrics(this, 'LogMetrics', {
      deciders: logsOf('authorizer', 'jobs'),
      accessLogs,
      security: [
        { event: 'admin_bypass', logs: logsOf('authorizer', 'jobs') },
        { event: 'direct_change', logs: logsOf('publisher') },
        { event: 'sign_in_refused', logs: logsOf('signin-guard') },
      ],
    });
    this.alarms = new Alarms(this, 'Alarms', {
      conditions: conditions(configuration, { authorizer, deadLetters: deadLetters.queue }),
      topics: this.topics,
      prefix: this.alarmPrefix,
      runbookUrl,
    });
    new SavedQueries(this, 'Queries', {
      folder: stackName,
      logs: functions.map(({ logGroup }) => logGroup),
      deciders: logsOf('authorizer', 'jobs'),
      sessions: logsOf('authorizer', 'purge', 'sessions', 'mirror'),
      security: [
        ...logsOf('authorizer', 'control', 'sessions', 'jobs', 'operations', 'publisher', 'signin-guard'),
        accessLogs,
      ],
    });
    new MaintenanceDashboard(this, 'Dashboard', {
      dashboardName: stackName,
      alarms: this.alarms.all,
      functions,
      authorizer,
      api,
      runbookUrl,
    });
  }

  /** Lets a function tell those on call, each level by its topic. */
  bindEscalation(user: MaintenanceFunction): void {
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
