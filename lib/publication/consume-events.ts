import { Duration } from 'aws-cdk-lib';
import { FilterCriteria, FilterRule, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { acknowledge } from '../acknowledge.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { DeadLetterQueue } from './dead-letter-queue.ts';

/** The changes that a function is told of: new events alone, or what has become of old ones too, which nothing of ours changes. */
type Changes = 'new' | 'all';

/**
 * Hands events to a function as the table's stream tells of them. One shard in order, so that events arrive in the
 * order of their numbers as long as none is refused; a poisonous record is isolated by bisection and ends in the
 * dead-letter queue after bounded retries.
 */
export function consumeEvents(
  consumer: MaintenanceFunction,
  eventLog: EventLogTable,
  deadLetters: DeadLetterQueue,
  changes: Changes,
): void {
  consumer.addEventSource(
    new DynamoEventSource(eventLog.table, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      filters: [
        FilterCriteria.filter({
          ...(changes === 'new' && { eventName: FilterRule.isEqual('INSERT') }),
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
  acknowledge(
    consumer.role ?? consumer,
    'IAM5[Resource::*]',
    'Only dynamodb:ListStreams, which Lambda calls to find the stream and which takes no resource; it shows the names ' +
      'of streams and none of their content.',
  );
}
