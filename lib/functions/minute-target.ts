import { Duration } from 'aws-cdk-lib';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { MaintenanceFunction } from './maintenance-function.ts';

/**
 * A function as the target of what comes again in a minute: what is late or has failed is left to the next run, for the
 * function looks at the state for what there is to do. Lambda would repeat a failure twice, and what it had to turn away
 * for six hours: after an outage, an hour's worth of minutes would arrive at once. The queue gets what EventBridge can't
 * hand over. Source: AWS Lambda, "How Lambda handles errors and retries with asynchronous invocation".
 *
 * @param retryAttempts how often EventBridge tries again to hand over
 */
export function minuteTarget(
  handler: MaintenanceFunction,
  { deadLetters, retryAttempts }: { deadLetters: DeadLetterQueue; retryAttempts: 0 | 1 },
): LambdaFunction {
  handler.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
  return new LambdaFunction(handler, {
    deadLetterQueue: deadLetters.queue,
    maxEventAge: Duration.minutes(1),
    retryAttempts,
  });
}
