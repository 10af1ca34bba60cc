import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { Identity } from '../identity/identity.ts';
import type { JobTable } from '../jobs/job-table.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/** Serves what everybody may read. A function of its own, so that a flood of readers can't hold up an admin. */
export class StatusFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      jobTable: JobTable;
      identity: Identity;
    },
  ) {
    const { configuration, eventLog, activity, jobTable, identity } = options;
    super(scope, id, {
      folder: 'status',
      description: 'Serves the public status of maintenance',
      memorySize: 512,
      timeout: 5,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    eventLog.bindRuleReader(this);
    activity.bindStatus(this);
    jobTable.bindCounter(this);
    identity.bindVerifier(this);
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
  }
}
