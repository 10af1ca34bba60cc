import { Construct } from 'constructs';
import { ENV } from '../../core/environment.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { consumeEvents } from '../publication/consume-events.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { SessionRedis } from './session-redis.ts';

/**
 * Keeps a copy of the state in Redis, for the time when the event log can't be read. It reads the log's stream by
 * itself, beside the publisher: a stream has two readers at most, and these are they.
 */
export class StateMirror extends Construct {
  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      redis: SessionRedis;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, redis, deadLetters } = options;
    const mirror = new MaintenanceFunction(this, 'Function', {
      folder: 'mirror',
      description: 'Keeps a copy of the state in Redis',
      memorySize: 256,
      timeout: 30,
      network: redis.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    mirror.addEnvironment(ENV.scope, configuration.scope);
    redis.bind(mirror, 'keeper');
    consumeEvents(mirror, eventLog, deadLetters, 'new');
  }
}
