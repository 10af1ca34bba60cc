import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE } from '../../core/environment.ts';
import { DECISIVE_EVENTS } from '../../core/health/agreement.ts';
import { acknowledge } from '../acknowledge.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import { minuteTarget } from '../functions/minute-target.ts';
import { setPartsEnvironment } from '../functions/parts-environment.ts';
import type { Identity } from '../identity/identity.ts';
import type { JobTable } from '../jobs/job-table.ts';
import { setMetricsEnvironment } from '../monitoring/metrics.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import { SessionCache } from '../sessions/session-cache.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';

interface HealthCheckProps {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly jobTable: JobTable | undefined;
  readonly identity: Identity;
  readonly deadLetters: DeadLetterQueue;
  readonly redis: SessionRedis | undefined;
  readonly bus: IEventBus;
  /** Where clients reach the API, without a trailing slash. */
  readonly apiUrl: string;
  /** What takes up work that is left over, as far as there is any. */
  readonly workers: {
    readonly purge: MaintenanceFunction | undefined;
    readonly starter: MaintenanceFunction | undefined;
  };
}

/**
 * Looks at every part once a minute, and after each event that changes decisions at how soon the gate shows it. It runs
 * outside of the network, where it reaches all that it looks at but Redis: for that it asks a function inside.
 */
export class HealthCheck extends Construct {
  readonly function: MaintenanceFunction;
  /** Invokes it. */
  readonly everyMinute: Rule;

  constructor(scope: Construct, id: string, props: HealthCheckProps) {
    super(scope, id);
    this.function = this.#check(props);
    if (props.redis) this.#lookAtRedis(props.configuration, props.redis);
    this.#letRestart(props.workers);
    this.#lookAtAlarms();
    this.everyMinute = this.#schedule(props);
  }

  #lookAtRedis(configuration: Configuration, redis: SessionRedis): void {
    const probe = new MaintenanceFunction(this, 'RedisProbe', {
      folder: 'redis-probe',
      description: 'Tells the health check how Redis is',
      memorySize: 256,
      timeout: 5,
      network: redis.network,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    probe.addEnvironment(ENV.scope, configuration.scope);
    redis.bind(probe, 'keeper');
    this.#letInvoke(probe, ENV.redisProbe);
    if (redis instanceof SessionCache) this.#lookAtCache(redis);
  }

  #check(props: HealthCheckProps): MaintenanceFunction {
    const { configuration, eventLog, activity, jobTable, identity, deadLetters } = props;
    const check = new MaintenanceFunction(this, 'Function', {
      folder: 'health-check',
      description: 'Looks at every part of maintenance mode, and at whether the block blocks',
      memorySize: 512,
      timeout: 30,
      logRetention: configuration.logRetention,
      deletionProtection: configuration.deletionProtection,
    });
    eventLog.bindReader(check);
    eventLog.bindProbe(check);
    eventLog.bindKeyReader(check, identity.issuer);
    activity.bindHealthCheck(check);
    jobTable?.bindCounter(check);
    setPartsEnvironment(check, configuration);
    setMetricsEnvironment(check, configuration);
    check.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [deadLetters.queue.queueArn] }),
    );
    for (const [name, value] of [
      [ENV.issuer, identity.issuer],
      [ENV.apiUrl, props.apiUrl],
      [ENV.originUrl, `${configuration.origin}${configuration.originPath}`],
      [ENV.deadLetterQueue, deadLetters.queue.queueUrl],
    ] as const) {
      check.addEnvironment(name, value);
    }
    return check;
  }

  #letRestart({ purge, starter }: HealthCheckProps['workers']): void {
    if (purge) this.#letInvoke(purge, ENV.purgeFunction);
    if (starter) this.#letInvoke(starter, ENV.starterFunction);
  }

  /** @param name the variable that tells which function it is */
  #letInvoke({ functionArn, functionName }: MaintenanceFunction, name: string): void {
    this.function.addEnvironment(name, functionName);
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
    );
  }

  /** A Redis that is somebody else's is theirs to look after: only what can be seen from its network is looked at. */
  #lookAtCache({ cache }: SessionCache): void {
    this.function.addEnvironment(ENV.cacheName, cache.serverlessCacheName);
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['elasticache:DescribeServerlessCaches'], resources: [cache.attrArn] }),
    );
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['elasticache:DescribeEvents'], resources: ['*'] }),
    );
    acknowledge(
      this.function.role ?? this.function,
      'IAM5[Resource::*]',
      'elasticache:DescribeEvents takes no resource; it shows what happened to the caches of the account, and nothing of what is in them.',
    );
  }

  #lookAtAlarms(): void {
    const alarms = Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: '*',
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    this.function.addToRolePolicy(
      new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: [alarms] }),
    );
    acknowledge(
      this.function.role ?? this.function,
      'IAM5[Resource::arn:<AWS::Partition>:cloudwatch:<AWS::Region>:<AWS::AccountId>:alarm:*]',
      'CloudWatch takes no narrower resource for a list of alarms; which are asked for is said by their prefix.',
    );
  }

  #schedule({ bus, deadLetters }: HealthCheckProps): Rule {
    const target = minuteTarget(this.function, { deadLetters, retryAttempts: 0 });
    new Rule(this, 'AtOnce', {
      description: 'Measures how soon the gate shows an event',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detail: { type: [...DECISIVE_EVENTS] } },
      targets: [target],
    });
    return new Rule(this, 'EveryMinute', {
      description: 'Checks the health of maintenance mode',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
  }
}
