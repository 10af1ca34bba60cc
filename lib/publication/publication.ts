import { Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import { acknowledge } from '../acknowledge.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/**
 * Tells the world what the log says: the table's stream, a function, an event bus. One shard in order, so that events
 * arrive in the order of their numbers as long as none is refused; a poisonous record is isolated by bisection and
 * ends in the dead-letter queue after bounded retries.
 */
export class Publication extends Construct {
  readonly bus: EventBus;
  readonly publisher: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; eventLog: EventLogTable; deadLetters: DeadLetterQueue },
  ) {
    super(scope, id);
    const { configuration, eventLog, deadLetters } = options;
    this.bus = new EventBus(this, 'Bus', { description: 'Events of maintenance mode' });
    this.publisher = new MaintenanceFunction(this, 'Publisher', {
      folder: 'publisher',
      description: 'Publishes the event log to the event bus',
      memorySize: 256,
      timeout: 30,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    this.publisher.addEnvironment(ENV.eventBus, this.bus.eventBusName);
    this.publisher.addEnvironment(ENV.scope, configuration.scope);
    this.bus.grantPutEventsTo(this.publisher);
    acknowledge(
      this,
      'IAM5[Resource::*]',
      'Only dynamodb:ListStreams, which Lambda calls to find the stream and which takes no resource; it shows the names ' +
        'of streams and none of their content.',
    );
    this.publisher.addEventSource(
      new DynamoEventSource(eventLog.table, {
        startingPosition: StartingPosition.TRIM_HORIZON,
        filters: [
          FilterCriteria.filter({
            eventName: FilterRule.isEqual('INSERT'),
            dynamodb: { Keys: { pk: { S: FilterRule.beginsWith('EVENTS#') } } },
          }),
        ],
        batchSize: 10,
        bisectBatchOnError: true,
        retryAttempts: 10,
        maxRecordAge: Duration.hours(6),
        reportBatchItemFailures: true,
        onFailure: new SqsDlq(deadLetters.queue),
      }),
    );
  }
}
