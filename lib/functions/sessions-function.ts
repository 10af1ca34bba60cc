import type { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';
import { MaintenanceFunction } from './maintenance-function.ts';

/** Shows admins the application's sessions. It ends none: that is the control function's to order. */
export class SessionsFunction extends MaintenanceFunction {
  constructor(
    scope: Construct,
    id: string,
    options: { configuration: Configuration; eventLog: EventLogTable; redis: SessionRedis },
  ) {
    const { configuration, eventLog, redis } = options;
    super(scope, id, {
      folder: 'sessions',
      description: "Shows admins the application's sessions",
      memorySize: 512,
      timeout: 10,
      network: redis.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(this);
    redis.bind(this, 'keeper');
    this.addEnvironment(ENV.allowedOrigins, configuration.allowedOrigins.join(','));
  }
}
