import { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { runEveryMinute } from '../functions/run-every-minute.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import { consumeEvents } from './consume-events.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/** Tells the world what the log says, and whether it still says it: the table's stream, a function, an event bus. */
export class Publication extends Construct {
  readonly bus: EventBus;
  readonly publisher: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, activity, deadLetters } = options;
    this.bus = new EventBus(this, 'Bus', { description: 'Events of maintenance mode' });
    this.publisher = new MaintenanceFunction(this, 'Publisher', {
      folder: 'publisher',
      description: 'Publishes the event log to the event bus, and watches that nobody changes it',
      memorySize: 256,
      timeout: 30,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    this.publisher.addEnvironment(ENV.eventBus, this.bus.eventBusName);
    eventLog.bindReader(this.publisher);
    activity.bindPublisher(this.publisher);
    this.bus.grantPutEventsTo(this.publisher);
    consumeEvents(this.publisher, eventLog, deadLetters, 'all');
    setMetricsEnvironment(this.publisher, configuration);
    runEveryMinute(this, this.publisher, {
      description: 'Publishes events that the stream has missed',
      deadLetters,
      retryAttempts: 0,
    });
  }
}
