import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CloudContext, FunctionInvoker, LocalServices, RunningCloud } from '../local-services.ts';
import { Network } from '../network.ts';
import type { Observer } from '../observation.ts';
import { serveAdminApi } from './admin-api.ts';
import { Alarms } from './alarms.ts';
import { ApiGatewayApi } from './api-gateway-api.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { CacheEndpoint } from './cache/cache-endpoint.ts';
import { readServerlessCache } from './cache/serverless-cache.ts';
import { CallerAccess } from './caller-access.ts';
import { CloudFormation } from './cloudformation.ts';
import { CloudWatch } from './cloudwatch.ts';
import { CloudWatchLogs } from './cloudwatch-logs.ts';
import { type DeliveryTargets, deliveryTo } from './delivery-to.ts';
import { DynamoDb } from './dynamodb.ts';
import { ElastiCache } from './elasticache.ts';
import { EventSourceMappings } from './event-source-mappings.ts';
import { EventBuses } from './events.ts';
import { LambdaApi } from './lambda-api.ts';
import { LogSubscriptions } from './log-subscriptions.ts';
import { startMetricFilters } from './metric-filters.ts';
import { Metrics } from './metrics.ts';
import { RedisServer } from './redis.ts';
import { Samples } from './samples.ts';
import { Secrets } from './secrets.ts';
import { sufferSigned } from './service-fault.ts';
import { serviceMetrics } from './service-metrics.ts';
import { Topics } from './sns.ts';
import { Queues, queueUrl } from './sqs.ts';
import { StateMachines } from './states/state-machines.ts';
import { Sts } from './sts.ts';
import { UserPools } from './user-pool/user-pools.ts';

/** Where the services keep their data, and what they need of the machine. */
interface ServiceOptions {
  readonly folder: string;
  /** Whether the tables are in memory only. */
  readonly memory?: boolean;
  /** The redis-server program. */
  readonly redisServer: string;
  /** Ports to take if they are free; 0 for any. Tokens name their issuer by its port, so the same ones keep them valid. */
  readonly ports: { readonly aws: number; readonly redis: number };
}

/** The services, with those parts of them that the seed works with. */
export interface Services extends LocalServices {
  readonly redis: RedisServer;
  readonly userPools: UserPools;
  readonly queues: Queues;
  readonly topics: Topics;
  /** Runs the schedules of every minute now; resolves when their functions have finished. */
  tick(): Promise<void>;
}

/** Milliseconds between two looks at the alarms. */
const ALARM_INTERVAL_MS = 5_000;

/** Starts the services of a stack. Throws, having stopped what it had begun, when one of them doesn't start. */
export async function createServices(context: CloudContext, options: ServiceOptions): Promise<Services> {
  const { stack, faults } = context;
  mkdirSync(options.folder, { recursive: true });
  const folder = (name: string) => path.join(options.folder, name);
  let cloud: RunningCloud | undefined;
  const functions = (): FunctionInvoker => {
    if (!cloud) throw new Error('No function can be invoked yet.');
    return cloud.functions;
  };

  const caller = new CallerAccess(stack, context.access);
  const network = new Network(stack, context.access);
  const cache = readServerlessCache(stack);
  const metrics = new Metrics();
  const deliver = deliveryTo((): DeliveryTargets => ({ queues, topics, events, machines, functions }));
  const queues = new Queues(context, caller);
  const topics = new Topics(context, caller, deliver);
  const events = new EventBuses(context, caller, deliver);
  const observe: Observer = (observation) =>
    metrics.add(...serviceMetrics(stack, observation, context.clock.now()));
  const machines = new StateMachines(context, caller, observe);
  const alarms = new Alarms(context, metrics, deliver);
  const secrets = new Secrets(context, caller, folder('secrets.json'));
  const lambda = new LambdaApi(stack, caller, functions);
  const apiGateway = new ApiGatewayApi(context, caller);
  const elastiCache = new ElastiCache(context, caller, cache, () => redis);
  const samples = new Samples({ metrics, clock: context.clock, queues, cache, redis: () => redis });
  const mappings = new EventSourceMappings(stack, caller, {
    database: () => database,
    queues,
    deliver,
    folder: folder('dynamodb/streams'),
  });
  const issuer = (poolId: string): string => `${endpoint.url}/${poolId}`;
  const userPools = new UserPools(context, caller, folder('cognito'), { issuer, functions });

  const started: { close(): Promise<void> }[] = [];
  const start = async <T extends { close(): Promise<void> }>(starting: Promise<T>): Promise<T> => {
    const service = await starting;
    started.push(service);
    return service;
  };
  const close = async () => {
    for (const service of started.splice(0).reverse()) await service.close();
  };

  let endpoint: AwsEndpoint;
  let cacheEndpoint: CacheEndpoint | undefined;
  let redis: RedisServer;
  let database: DynamoDb;
  try {
    cacheEndpoint =
      cache &&
      (await start(
        CacheEndpoint.start({
          context,
          network,
          cache,
          folder: folder('cache'),
          redisPort: () => redis.tlsPort,
        }),
      ));
    redis = await start(
      RedisServer.start({
        program: options.redisServer,
        folder: folder('redis'),
        faults,
        port: options.ports.redis,
        ...(cacheEndpoint && { cache: cacheEndpoint.redisOptions }),
        onChange: (change) => elastiCache.note(change),
      }),
    );
    database = await start(
      DynamoDb.start(context, caller, options.memory ? undefined : folder('dynamodb'), observe),
    );

    endpoint = await start(
      AwsEndpoint.start(
        {
          targets: {
            DynamoDB_20120810: database,
            AWSEvents: events,
            AmazonSQS: queues,
            AWSStepFunctions: machines,
            secretsmanager: secrets,
            AWSCognitoIdentityProviderService: userPools,
            Logs_20140328: new CloudWatchLogs(context, caller),
            GraniteServiceVersion20100801: new CloudWatch(context, caller, {
              alarms,
              metrics,
              sample: () => samples.take(),
            }),
          },
          query: {
            sns: topics,
            sts: new Sts(caller),
            cloudformation: new CloudFormation(context, caller, () => cloud),
            elasticache: elastiCache,
          },
          paths: [
            (call) => lambda.handle(call),
            (call) => mappings.handle(call),
            (call) => apiGateway.handle(call),
            (call) => userPools.wellKnown(call, issuer),
          ],
          publicOperations: userPools.publicOperations,
          suffer: (call, service) => sufferSigned(context, call, service),
          reaches: (accessKeyId, service) => network.reachesApi(accessKeyId, service),
        },
        options.ports.aws,
      ),
    );
  } catch (error) {
    await close();
    throw error;
  }

  const tick = async () => {
    await samples.take();
    await events.tick();
  };
  const stops: (() => Promise<void> | void)[] = [];
  return {
    redis,
    userPools,
    queues,
    topics,
    tick,
    awsEndpointUrl: endpoint.url,
    ...(cacheEndpoint && { certificate: cacheEndpoint.certificate.certificate }),
    attribute: (resource, attribute) => {
      if (resource.type === 'AWS::Cognito::UserPool' && attribute.startsWith('Provider')) {
        const url = issuer(stack.attribute(resource, 'Ref'));
        return attribute === 'ProviderURL' ? url : url.replace(/^https?:\/\//, '');
      }
      if (resource.type === 'AWS::SQS::Queue' && (attribute === 'Ref' || attribute === 'QueueUrl')) {
        return queueUrl(endpoint.url, stack.attribute(resource, 'QueueName'));
      }
      if (resource.type === 'AWS::ElastiCache::ServerlessCache' && cacheEndpoint) {
        if (/^(Reader)?Endpoint\.Address$/.test(attribute)) return '127.0.0.1';
        if (/^(Reader)?Endpoint\.Port$/.test(attribute)) return String(cacheEndpoint.port);
      }
      return undefined;
    },
    secret: (reference) => secrets.value(reference),
    handle: async (request, response) =>
      cloud !== undefined &&
      (await serveAdminApi({ cloud, alarms, metrics, queues, redis, topics, tick }, request, response)),
    deliver,
    observe,
    attach: async (running) => {
      cloud = running;
      stops.push(context.logs.onEntry(({ message }) => metrics.addLine(message)));
      stops.push(startMetricFilters(running, metrics));
      const subscriptions = new LogSubscriptions(running);
      stops.push(() => subscriptions.close());
      await machines.start(running);
      stops.push(() => machines.close());
      mappings.start(running);
      stops.push(() => mappings.close());
      events.start(running);
      stops.push(() => events.close());
      const timer = setInterval(() => void samples.take().then(() => alarms.evaluate()), ALARM_INTERVAL_MS);
      stops.push(() => clearInterval(timer));
    },
    detach: async () => {
      for (const stop of stops.splice(0).reverse()) await stop();
    },
    close,
  };
}
