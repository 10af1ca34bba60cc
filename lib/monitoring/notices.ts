import { Duration } from 'aws-cdk-lib';
import { type IEventBus, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE } from '../../core/environment.ts';
import { NOTICED_EVENTS } from '../../core/notices/notice.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { AlertTopics } from './alert-topics.ts';

/**
 * Tells people of what happens to maintenance. What can't be published is tried twice again, then it waits in the
 * dead-letter queue; meanwhile the record says that it failed.
 */
export class Notices extends Construct {
  readonly function: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      bus: IEventBus;
      deadLetters: DeadLetterQueue;
      topics: AlertTopics;
      /** The topic of notices. */
      topic: Topic;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, activity, bus, deadLetters, topics, topic } = options;
    this.function = new MaintenanceFunction(this, 'Function', {
      folder: 'notices',
      description: 'Tells people of what happens to maintenance',
      memorySize: 256,
      timeout: 30,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this.function);
    activity.bindNotices(this.function);
    this.function.addEnvironment(ENV.noticesTopic, topic.topicArn);
    topics.letPublish(this.function, topic);
    this.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      onFailure: new SqsDestination(deadLetters.queue),
    });
    new Rule(this, 'AtOnce', {
      description: 'Tells people of what happens to maintenance',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detail: { type: [...NOTICED_EVENTS] } },
      targets: [
        new LambdaFunction(this.function, {
          deadLetterQueue: deadLetters.queue,
          maxEventAge: Duration.hours(1),
          retryAttempts: 2,
        }),
      ],
    });
  }
}
