import { Duration } from 'aws-cdk-lib';
import { type IEventBus, Match, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE } from '../../core/environment.ts';
import type { EventType } from '../../core/events/event-types.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { minuteTarget } from '../functions/minute-target.ts';
import type { Identity } from '../identity/identity.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import type { SessionRedis } from './session-redis.ts';

/** The receipt of a purge: the only event that never gives it anything to do. */
const RECEIPT: EventType = 'sessions_purged';

/**
 * Deletes the sessions that maintenance has ended. Each event starts it at once and each minute again; it looks at the
 * state for what there is to do, so it matters little if an event comes late, twice or never. The function may run for
 * as long as Lambda lets any: the fewer hand-overs the better. What fails is tried again in the next minute, so nothing
 * is retried before, and an alarm is what tells people.
 */
export class SessionPurge extends Construct {
  readonly function: MaintenanceFunction;

  constructor(
    scope: Construct,
    id: string,
    options: {
      configuration: Configuration;
      eventLog: EventLogTable;
      activity: ActivityTable;
      identity: Identity;
      redis: SessionRedis;
      bus: IEventBus;
      deadLetters: DeadLetterQueue;
    },
  ) {
    super(scope, id);
    const { configuration, eventLog, activity, identity, redis, bus, deadLetters } = options;
    this.function = new MaintenanceFunction(this, 'Function', {
      folder: 'purge',
      description: 'Deletes the sessions that maintenance has ended',
      memorySize: 512,
      timeout: 900,
      network: redis.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindWriter(this.function);
    activity.bindPurger(this.function);
    eventLog.bindKeyReader(this.function, identity.issuer);
    this.function.addEnvironment(ENV.issuer, identity.issuer);
    redis.bind(this.function, 'keeper');
    setMetricsEnvironment(this.function, configuration);
    const target = minuteTarget(this.function, { deadLetters, retryAttempts: 1 });
    new Rule(this, 'AtOnce', {
      description: 'Ends sessions when maintenance does',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detail: { type: Match.anythingBut(RECEIPT) } },
      targets: [target],
    });
    new Rule(this, 'EveryMinute', {
      description: 'Goes on with ending sessions',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
  }
}
