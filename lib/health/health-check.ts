import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { type IEventBus, Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { ENV, EVENT_SOURCE } from '../../core/environment.ts';
import { DECISIVE_EVENTS } from '../../core/health/checks/enforcement.ts';
import { acknowledge } from '../acknowledge.ts';
import type { ActivityTable } from '../activity/activity-table.ts';
import type { Configuration } from '../configuration/schema.ts';
import type { EventLogTable } from '../event-log/event-log-table.ts';
import { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { Identity } from '../identity/identity.ts';
import type { JobTable } from '../jobs/job-table.ts';
import type { DeadLetterQueue } from '../publication/dead-letter-queue.ts';
import { SessionCache } from '../sessions/session-cache.ts';
import type { SessionRedis } from '../sessions/session-redis.ts';

export interface HealthCheckProps {
  readonly configuration: Configuration;
  readonly eventLog: EventLogTable;
  readonly activity: ActivityTable;
  readonly jobTable: JobTable;
  readonly identity: Identity;
  readonly deadLetters: DeadLetterQueue;
  readonly redis: SessionRedis;
  readonly bus: IEventBus;
  /** Where clients reach the API, without a trailing slash. */
  readonly apiUrl: string;
  /** What takes up work that is left over. */
  readonly workers: { readonly purge: MaintenanceFunction; readonly starter: MaintenanceFunction };
}

/**
 * Looks at every part once a minute, and after each event that changes decisions at how soon the gate shows it. It runs
 * outside of the network, where it reaches all that it looks at but Redis: for that it asks a function inside.
 */
export class HealthCheck extends Construct {
  readonly function: MaintenanceFunction;
  /** Looks at Redis. */
  readonly redisProbe: MaintenanceFunction;

  constructor(scope: Construct, id: string, props: HealthCheckProps) {
    super(scope, id);
    this.redisProbe = this.#probe(props);
    this.function = this.#check(props);
    this.#lookAtCache(props.redis);
    this.#lookAtAlarms();
    this.#schedule(props);
  }

  #probe({ configuration, redis }: HealthCheckProps): MaintenanceFunction {
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
    return probe;
  }

  #check(props: HealthCheckProps): MaintenanceFunction {
    const { configuration, eventLog, activity, jobTable, identity, deadLetters, workers } = props;
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
    jobTable.bindCounter(check);
    check.addToRolePolicy(
      new PolicyStatement({ actions: ['sqs:GetQueueAttributes'], resources: [deadLetters.queue.queueArn] }),
    );
    check.addToRolePolicy(
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [this.redisProbe, workers.purge, workers.starter].map(({ functionArn }) => functionArn),
      }),
    );
    for (const [name, value] of [
      [ENV.issuer, identity.issuer],
      [ENV.apiUrl, props.apiUrl],
      [ENV.originUrl, configuration.origin],
      [ENV.redisProbe, this.redisProbe.functionName],
      [ENV.deadLetterQueue, deadLetters.queue.queueUrl],
      [ENV.purgeFunction, workers.purge.functionName],
      [ENV.starterFunction, workers.starter.functionName],
    ] as const) {
      check.addEnvironment(name, value);
    }
    return check;
  }

  /** A Redis that is somebody else's is theirs to look after: only what can be seen from its network is looked at. */
  #lookAtCache(redis: SessionRedis): void {
    if (!(redis instanceof SessionCache)) return;
    const { cache } = redis;
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

  #schedule({ bus, deadLetters }: HealthCheckProps): void {
    const target = new LambdaFunction(this.function, {
      deadLetterQueue: deadLetters.queue,
      maxEventAge: Duration.minutes(1),
      retryAttempts: 0,
    });
    new Rule(this, 'EveryMinute', {
      description: 'Checks the health of maintenance mode',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target],
    });
    new Rule(this, 'AtOnce', {
      description: 'Measures how soon the gate shows an event',
      eventBus: bus,
      eventPattern: { source: [EVENT_SOURCE], detail: { type: [...DECISIVE_EVENTS] } },
      targets: [target],
    });
  }
}
