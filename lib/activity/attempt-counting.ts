import { Duration } from 'aws-cdk-lib';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { FilterPattern, SubscriptionFilter } from 'aws-cdk-lib/aws-logs';
import { LambdaDestination } from 'aws-cdk-lib/aws-logs-destinations';
import { Construct } from 'constructs';
import type { Configuration } from '../configuration/schema.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { setPartsEnvironment } from '../functions/parts-environment.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { ActivityTable } from './activity-table.ts';

/** The lines that are counted of the logs of those that decide; the last two are written in test runs only. */
const COUNTED = ['operation_blocked', 'admin_bypass', 'would_block', 'would_allow'];

/**
 * Counts what the logs of those that decide tell, so that no request waits for it. A batch of lines that can't be counted is
 * tried twice again, then it waits in the dead-letter queue: none is counted twice, whenever it is sent again.
 */
export class AttemptCounting extends Construct {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      activity: ActivityTable;
      /** The functions that decide about requests, by the ids of their subscriptions. */
      deciders: Readonly<Record<string, MaintenanceFunction>>;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, activity, deciders, deadLetters } = options;
    const tally = new MaintenanceFunction(this, 'Tally', {
      folder: 'tally',
      description: 'Counts blocked and admitted calls from the logs of those that decide',
      memorySize: 512,
      timeout: 60,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    activity.bindCounter(tally);
    setPartsEnvironment(tally, configuration);
    tally.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(6),
      onFailure: new SqsDestination(deadLetters.queue),
    });
    const filterPattern = FilterPattern.literal(
      `{ ${COUNTED.map((event) => `$.event = "${event}"`).join(' || ')} }`,
    );
    for (const [subscription, { logGroup }] of Object.entries(deciders)) {
      new SubscriptionFilter(this, subscription, {
        logGroup,
        destination: new LambdaDestination(tally),
        filterPattern,
      });
    }
  }
}
