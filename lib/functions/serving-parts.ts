import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { Identity } from '../identity/identity.ts';
import type { JobTable } from '../jobs/job-table.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';

/** What the functions behind the API are bound to. */
export interface ServingParts {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly identity: Identity;
  /** Undefined where jobs are no part of the deployment. */
  readonly jobTable: JobTable | undefined;
  /** Undefined where sessions are no part of the deployment. */
  readonly redis: SessionRedis | undefined;
}
