import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { MaintenanceFunction } from './maintenance-function.ts';
import { minuteTarget } from './minute-target.ts';

/** Runs a function every minute. */
export function runEveryMinute(
  scope: Construct,
  target: MaintenanceFunction,
  options: { description: string; deadLetters: DeadLetterQueue; retryAttempts: 0 | 1 },
): void {
  new Rule(scope, 'EveryMinute', {
    description: options.description,
    schedule: Schedule.rate(Duration.minutes(1)),
    targets: [minuteTarget(target, options)],
  });
}
