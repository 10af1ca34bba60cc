import { type UserPool, UserPoolOperation } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';

/**
 * Refuses members' sign-ins and token refreshes while maintenance is active: Cognito asks it before it gives out any
 * token, an admin's too, and waits for 5 seconds. So it needs nothing but the event log, and where executions are set
 * aside for admins it has its share: a guard that is throttled keeps everybody out.
 * Source: Amazon Cognito, "Pre token generation Lambda trigger". Its first form is enough, since no claim is changed.
 */
export class SignInGuard extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; eventLog: EventLogTable },
  ) {
    const { configuration, eventLog } = options;
    super(scope, id, {
      folder: 'signin-guard',
      description: "Refuses members' sign-ins while maintenance is active",
      memorySize: 512,
      timeout: 5,
      minify: true,
      reservedConcurrentExecutions: configuration.controlReservedConcurrency,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    this.addEnvironment(ENV.adminGroups, configuration.adminGroups.join(','));
    this.addEnvironment(ENV.workerGroups, configuration.workerGroups.join(','));
    this.addEnvironment(ENV.stateUnknown, configuration.stateUnknown);
  }

  /** Has a pool ask it. */
  guard(pool: UserPool): void {
    pool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION, this);
  }
}
