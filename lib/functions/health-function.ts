import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { Identity } from '../identity/identity.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/**
 * Tells how the components are. Inside the network, for Redis can be seen from there only; apart from the status, which
 * has to work whatever becomes of the network.
 */
export class HealthFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      identity: Identity;
      redis: SessionRedis;
    },
  ) {
    const { configuration, eventLog, activity, identity, redis } = options;
    super(scope, id, {
      folder: 'health',
      description: 'Tells how the components of maintenance mode are',
      memorySize: 512,
      timeout: 5,
      network: redis.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    activity.bindHealthReader(this);
    eventLog.bindKeyReader(this, identity.issuer);
    redis.bind(this, 'gate');
    this.addEnvironment(ENV.issuer, identity.issuer);
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
  }
}
