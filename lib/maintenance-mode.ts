import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { ActivityTable } from './activity/activity-table.ts';
import { AttemptCounting } from './activity/attempt-counting.ts';
import { configure } from './configuration/configure.ts';
import type { MaintenanceModeProps } from './configuration/maintenance-mode-props.ts';
import type { Configuration } from './configuration/schema.ts';
import { Drain } from './drain/drain.ts';
import { EventLogTable } from './event-log/event-log-table.ts';
import { ApiFunction } from './functions/api-function.ts';
import { AuthorizerFunction } from './functions/authorizer-function.ts';
import { ControlFunction } from './functions/control-function.ts';
import { HealthFunction } from './functions/health-function.ts';
import { MaintenanceFunction } from './functions/maintenance-function.ts';
import { bindWatched, OperationsFunction } from './functions/operations-function.ts';
import type { ServingParts } from './functions/serving-parts.ts';
import { SessionsFunction } from './functions/sessions-function.ts';
import { StatusFunction } from './functions/status-function.ts';
import { Tick } from './functions/tick.ts';
import type { ServingFunctions } from './gateway/control-routes.ts';
import { Gateway, STAGE } from './gateway/gateway.ts';
import { HealthCheck } from './health/health-check.ts';
import { Identity } from './identity/identity.ts';
import { SignInGuard } from './identity/sign-in-guard.ts';
import { JobTable } from './jobs/job-table.ts';
import { Jobs } from './jobs/jobs.ts';
import { metricNamespace } from './monitoring/metrics.ts';
import { Monitoring } from './monitoring/monitoring.ts';
import { DeadLetterQueue } from './publication/dead-letter-queue.ts';
import { Publication } from './publication/publication.ts';
import { findRedis } from './sessions/find-redis.ts';
import { SessionCache } from './sessions/session-cache.ts';
import { SessionPurge } from './sessions/session-purge.ts';
import type { SessionRedis } from './sessions/session-redis.ts';
import { StateMirror } from './sessions/state-mirror.ts';
import { AddressLimit } from './throttling/address-limit.ts';
import { CallerThrottling } from './throttling/caller-throttling.ts';

/**
 * Maintenance mode in front of an HTTP application: an API Gateway whose authorizer blocks what maintenance blocks,
 * and the control API that toggles it. Throws ConfigurationError for options that can't work.
 *
 * @example
 * const maintenance = new MaintenanceMode(this, 'Maintenance', { origin: 'https://app.example.com' });
 * const source = ['enhanced-maintenance-mode'];
 * new Rule(this, 'OnMaintenance', { eventBus: maintenance.eventBus, eventPattern: { source } });
 */
export class MaintenanceMode extends Construct {
  /** The API. A method added to it is guarded by default; one without the authorizer fails the synthesis. */
  readonly api: RestApi;
  /** Where clients reach the API, without a trailing slash. */
  readonly url: string;
  /** The table of the event log. */
  readonly table: Table;
  /** The bus that every event of maintenance is published to. */
  readonly eventBus: EventBus;
  /** What the origin finds in the header X-Origin-Secret of each request that came through the gate. */
  readonly originSecret: Secret;
  readonly identity: Identity;
  /** Where sessions are: a SessionCache, unless the option `redis` names another; undefined without sessions. */
  readonly redis: SessionRedis | undefined;
  /** Whom it tells of what, and by which topics; undefined without monitoring. */
  readonly monitoring: Monitoring | undefined;

  constructor(scope: Construct, id: string, props: MaintenanceModeProps) {
    super(scope, id);
    const configuration = configure(props);
    const storage = {
      logName: configuration.scope,
      deletionProtection: configuration.deletionProtection,
      encryptionKey: configuration.encryptionKey,
    };
    const eventLog = new EventLogTable(this, 'EventLog', storage);
    const activity = new ActivityTable(this, 'Activity', storage);
    const jobTable = configuration.jobs ? new JobTable(this, 'JobRegistry', storage) : undefined;
    const identity = new Identity(this, 'Identity', configuration);
    const deadLetters = new DeadLetterQueue(this, 'DeadLetters');
    const redis = findRedis(this, { configuration, tables: [eventLog.table, activity.table] });
    const shared = { configuration, eventLog, activity, jobTable, identity, deadLetters, redis };
    const authorizer = new AuthorizerFunction(this, 'Authorizer', shared);
    const publication = new Publication(this, 'Publication', shared);
    const onBus = { ...shared, bus: publication.bus };
    const jobs = jobTable && new Jobs(this, 'Jobs', { ...onBus, jobTable });

    const serving = this.#serve(shared, jobs);
    const gateway = new Gateway(this, 'Gateway', { configuration, authorizer, serving });
    bindWatched(serving.operations, {
      namespace: metricNamespace(this, configuration),
      authorizer: authorizer.functionName,
      api: gateway.api.restApiName,
      stage: STAGE,
      table: eventLog.table.tableName,
      cache: redis instanceof SessionCache ? redis.cache.serverlessCacheName : null,
    });
    this.#throttle(configuration, authorizer, gateway.api);
    new Tick(this, 'Tick', shared);
    const purge = redis && new SessionPurge(this, 'SessionPurge', { ...onBus, redis });
    const drain = jobTable && new Drain(this, 'Drain', { ...onBus, jobTable });
    if (redis) new StateMirror(this, 'StateMirror', { ...shared, redis });
    if (identity.userPool !== undefined) {
      new SignInGuard(this, 'SignInGuard', shared).guard(identity.userPool);
    }
    if (configuration.monitoring !== 'none') {
      new AttemptCounting(this, 'Attempts', {
        ...shared,
        deciders: { Lines: authorizer, ...(jobs && { JobLines: jobs.function }) },
      });
      const healthCheck = new HealthCheck(this, 'HealthCheck', {
        ...onBus,
        apiUrl: gateway.url,
        workers: { purge: purge?.function, starter: drain?.starter },
      });
      this.monitoring = new Monitoring(this, 'Monitoring', {
        ...onBus,
        api: gateway.api,
        accessLogs: gateway.accessLogs,
        checking: healthCheck.everyMinute,
        functions: this.node.findAll().filter((child) => child instanceof MaintenanceFunction),
      });
      this.monitoring.bindEscalation(serving.operations);
      this.monitoring.bindAlarmNames(healthCheck.function);
    }

    this.api = gateway.api;
    this.url = gateway.url;
    this.table = eventLog.table;
    this.eventBus = publication.bus;
    this.originSecret = gateway.originSecret.secret;
    this.identity = identity;
    this.redis = redis;
  }

  /**
   * The functions behind the API: one for all of it where nothing but the gate is there and no executions are set aside
   * for admins, else each with its own.
   */
  #serve(parts: ServingParts, jobs: Jobs | undefined): ServingFunctions {
    const { sessions, monitoring, controlReservedConcurrency } = parts.configuration;
    const isSmallest = sessions === 'none' && jobs === undefined && monitoring === 'none';
    if (isSmallest && controlReservedConcurrency === undefined) {
      const all = new ApiFunction(this, 'ControlApi', parts);
      return { control: all, status: all, health: all, operations: all };
    }
    return {
      control: new ControlFunction(this, 'Control', parts),
      status: new StatusFunction(this, 'Status', parts),
      health: new HealthFunction(this, 'Health', parts),
      operations: new OperationsFunction(this, 'Operations', parts),
      ...(parts.redis && {
        sessions: new SessionsFunction(this, 'Sessions', { ...parts, redis: parts.redis }),
      }),
      ...(jobs && { jobs: jobs.function }),
    };
  }

  /** The limits beside the stage's own, where they are wanted. */
  #throttle(
    { throttling, allowedOrigins }: Configuration,
    authorizer: AuthorizerFunction,
    api: RestApi,
  ): void {
    const { callers, apiKeyClaim, wafRateLimit } = throttling;
    if (callers !== undefined) {
      const plans = new CallerThrottling(this, 'CallerThrottling', { limits: callers, apiKeyClaim });
      plans.bindAuthorizer(authorizer);
      plans.meter(api);
    }
    if (wafRateLimit !== undefined) {
      new AddressLimit(this, 'AddressLimit', { api, requests: wafRateLimit, allowedOrigins });
    }
  }
}
