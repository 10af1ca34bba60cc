import { Validations } from 'aws-cdk-lib';
import { InvocationType, Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { Identity } from '../identity/identity.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import { MaintenanceFunction } from './maintenance-function.ts';
import { runEveryMinute } from './run-every-minute.ts';

/**
 * What the clock makes due, every minute. Once at each deployment too, so that a new stack knows the issuer's keys
 * before its first sign-in; without waiting for the outcome, for an issuer that is down must not undo a deployment.
 */
export class Tick extends Construct {
  readonly function: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      identity: Identity;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, identity, deadLetters } = options;
    this.function = new MaintenanceFunction(this, 'Function', {
      folder: 'tick',
      description:
        "Appends the events that the clock has made due, looks ahead to windows and keeps the issuer's keys",
      memorySize: 256,
      timeout: 30,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindWriter(this.function);
    eventLog.bindWindowReader(this.function);
    eventLog.bindKeyWriter(this.function, identity.issuer);
    this.function.addEnvironment(ENV.issuer, identity.issuer);

    runEveryMinute(this, this.function, {
      description: 'Appends due events of maintenance mode',
      deadLetters,
      retryAttempts: 1,
    });
    Validations.of(this.function).acknowledge({
      id: 'Annotation::@aws-cdk/aws-lambda:addPermissionsToVersionOrAlias',
      reason:
        'The rule calls the function itself; the version is called at deployment only, by a role that names it.',
    });
    new Trigger(this, 'AtDeployment', {
      handler: this.function,
      invocationType: InvocationType.EVENT,
      executeAfter: [eventLog],
    });
  }
}
