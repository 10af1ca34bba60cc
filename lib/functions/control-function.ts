import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { JobTable } from '../jobs/job-table.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/** Serves the admins' calls: the only function behind the API that writes to the event log. */
export class ControlFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      jobTable: JobTable;
    },
  ) {
    const { configuration, eventLog, activity, jobTable } = options;
    super(scope, id, {
      folder: 'control',
      description: 'Serves the control API of maintenance mode',
      memorySize: 512,
      timeout: 10,
      reservedConcurrentExecutions: configuration.controlReservedConcurrency,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindWriter(this);
    eventLog.bindRuleWriter(this);
    eventLog.bindWindowWriter(this);
    activity.bindReporter(this);
    jobTable.bindCounter(this);
    this.addEnvironment(ENV.alwaysAllowed, configuration.alwaysAllowed.join(','));
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
    this.addEnvironment(ENV.freshSignInSeconds, String(configuration.freshSignIn.toSeconds()));
  }
}
