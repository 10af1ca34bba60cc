import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { MaintenanceFunction } from './maintenance-function.ts';

/** Runs a function every minute. A run that is a minute late is given up: the next one does its work too. */
export function runEveryMinute(
  scope: Construct,
  target: MaintenanceFunction,
  options: { description: string; deadLetters: DeadLetterQueue; retryAttempts: number },
): void {
  const { description, deadLetters, retryAttempts } = options;
  new Rule(scope, 'EveryMinute', {
    description,
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [
      new LambdaFunction(target, {
        deadLetterQueue: deadLetters.queue,
        maxEventAge: Duration.minutes(1),
        retryAttempts,
      }),
    ],
  });
}
