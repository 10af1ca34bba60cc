import type { CloudWatchClient, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { metricNamespaceOf } from '../../core/environment.ts';
import type { DeployedMethod } from '../../core/health/checks/configuration.ts';
import type { Counts, DeployedFunction } from '../../core/health/checks/services.ts';
import { type Observation, part, unable } from '../../core/health/observation.ts';
import type { StackResource, StackResources } from '../transport/stack-resources.ts';
import { observe } from './observe.ts';
import { once } from './once.ts';

/** Where to ask, and as whom. */
export interface AwsLogin {
  readonly region: string;
  readonly credentials: CloudWatchClient['config']['credentials'];
  /** The ARN of the IAM identity, or some other name where STS does not tell it. */
  readonly identity: () => Promise<string>;
}

/** What is counted is counted over so long, s. */
const SPAN = 15 * 60;
/**
 * Seconds of one value of a sum or a maximum: CloudWatch moves the start of what is asked for to the start of such a
 * period, and with a long one would count what is older. Percentiles can't be put together from parts.
 */
const PERIOD = 60;
/** Log groups that are searched at once: CloudWatch Logs takes few searches a second. */
const SEARCHES = 4;

/** Lines that matter to security, by the function that writes them. Source: "Metric filter, subscription filter, filter log events, and Live Tail patterns" of the CloudWatch Logs user guide. */
const SECURITY_LINES: readonly (readonly [name: string, group: RegExp, pattern: string])[] = [
  ['sign-ins refused', /SignInGuard/, '{ $.event = "sign_in_refused" }'],
  ['control calls refused', /Control/, '{ $.event = "access_refused" }'],
  ['admin bypasses', /Authorizer/, '{ $.event = "admin_bypass" }'],
  ['changes past the API', /Publisher/, '{ $.event = "direct_change" }'],
];

/** What can be observed of a deployed stack by AWS credentials; each once. */
export class AwsObserver {
  readonly #login: () => Promise<Observation<AwsLogin>>;
  readonly #readStack: () => Promise<StackResources>;
  readonly #scope: string;
  readonly #limit: number;
  readonly #now: () => number;

  /**
   * @param login whether there are credentials, and which
   * @param scope name of the event log
   * @param limit longest time for one observation, ms
   */
  constructor(
    login: () => Promise<Observation<AwsLogin>>,
    readStack: () => Promise<StackResources>,
    scope: string,
    limit: number,
    now: () => number,
  ) {
    this.#login = login;
    this.#readStack = readStack;
    this.#scope = scope;
    this.#limit = limit;
    this.#now = now;
  }

  readonly stack = once(async (): Promise<Observation<StackResources>> => {
    const login = await this.#login();
    if (login.outcome !== 'observed') return login;
    const found = await this.#observe(() => this.#readStack());
    const missing = found.outcome === 'unable' ? /Stack with id (\S+) does not exist/.exec(found.why) : null;
    if (missing === null) return found;
    return unable(
      `There is no stack ${missing[1]} in ${login.value.region} of this AWS account.`,
      'Name it with --stack, and its region with --region.',
    );
  });

  readonly identity = once(async (): Promise<Observation<string>> => {
    const login = await this.#login();
    if (login.outcome !== 'observed') return login;
    return await this.#observe(async () => {
      const name = await login.value.identity();
      if (name.startsWith('arn:')) return name;
      throw new Error('STS does not say whom the AWS credentials belong to');
    });
  });

  readonly functions = once(() =>
    this.#of('AWS::Lambda::Function', async (functions, signal): Promise<DeployedFunction[]> => {
      const configurations = await this.#configurations(functions, signal);
      return configurations.map((found) => ({
        name: found.FunctionName ?? '?',
        state: found.State ?? 'Active',
        lastUpdate: found.LastUpdateStatus ?? 'Successful',
        reason: found.StateReason ?? found.LastUpdateStatusReason ?? null,
      }));
    }),
  );

  readonly alwaysAllowed = once(() =>
    this.#of('AWS::Lambda::Function', async (functions, signal): Promise<readonly string[]> => {
      const authorizers = functions.filter(({ logicalId }) => /Authorizer/.test(logicalId));
      const [found] = await this.#configurations(authorizers.slice(0, 1), signal);
      const value = found?.Environment?.Variables?.ALWAYS_ALLOWED;
      if (value === undefined) throw new Error('The authorizer says nothing of what is never blocked');
      return value.split(',').filter((path) => path !== '');
    }),
  );

  readonly methods = once(() =>
    this.#of('AWS::ApiGateway::RestApi', async ([api], signal): Promise<DeployedMethod[]> => {
      const { APIGatewayClient, GetResourcesCommand } = await import('@aws-sdk/client-api-gateway');
      const client = new APIGatewayClient(await this.#client());
      const own = await this.#authorizerIds();
      const methods: DeployedMethod[] = [];
      let position: string | undefined;
      do {
        const page = await client.send(
          new GetResourcesCommand({ restApiId: api?.physicalId, embed: ['methods'], limit: 500, position }),
          { abortSignal: signal },
        );
        for (const { path = '?', resourceMethods = {} } of page.items ?? []) {
          for (const [method, { authorizationType, authorizerId }] of Object.entries(resourceMethods)) {
            const isGuarded = authorizationType === 'CUSTOM' && own.includes(authorizerId ?? '');
            methods.push({ method, path, isGuarded });
          }
        }
        position = page.position;
      } while (position !== undefined);
      return methods;
    }),
  );

  readonly resultTtls = once(() =>
    this.#of('AWS::ApiGateway::RestApi', async ([api], signal) => {
      const { APIGatewayClient, GetAuthorizersCommand } = await import('@aws-sdk/client-api-gateway');
      const command = new GetAuthorizersCommand({ restApiId: api?.physicalId });
      const { items = [] } = await new APIGatewayClient(await this.#client()).send(command, {
        abortSignal: signal,
      });
      return items.map(({ name = '?', authorizerResultTtlInSeconds = 0 }) => ({
        name,
        seconds: authorizerResultTtlInSeconds,
      }));
    }),
  );

  readonly caches = once(() =>
    this.#of('AWS::ElastiCache::ServerlessCache', async (caches, signal) => {
      const { ElastiCacheClient, DescribeServerlessCachesCommand } = await import(
        '@aws-sdk/client-elasticache'
      );
      const client = new ElastiCacheClient(await this.#client());
      const found = await Promise.all(
        caches.map(({ physicalId }) =>
          client.send(new DescribeServerlessCachesCommand({ ServerlessCacheName: physicalId }), {
            abortSignal: signal,
          }),
        ),
      );
      return found
        .flatMap(({ ServerlessCaches = [] }) => ServerlessCaches)
        .map(({ ServerlessCacheName: name = '?', Status: status = 'unknown', CacheUsageLimits }) => ({
          name,
          status,
          limit: bytesOf(CacheUsageLimits?.DataStorage),
        }));
    }),
  );

  readonly queues = once(() =>
    this.#of('AWS::SQS::Queue', async (queues, signal) => {
      const { GetQueueAttributesCommand, SQSClient } = await import('@aws-sdk/client-sqs');
      const client = new SQSClient(await this.#client());
      return await Promise.all(
        queues.map(async ({ physicalId }) => {
          const { Attributes } = await client.send(
            new GetQueueAttributesCommand({
              QueueUrl: physicalId,
              AttributeNames: ['ApproximateNumberOfMessages'],
            }),
            { abortSignal: signal },
          );
          const messages = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
          return { name: physicalId.split('/').at(-1) ?? physicalId, messages };
        }),
      );
    }),
  );

  readonly groups = once(() =>
    this.#of('AWS::Logs::LogGroup', async (groups, signal) => {
      const { CloudWatchLogsClient, DescribeLogGroupsCommand } = await import(
        '@aws-sdk/client-cloudwatch-logs'
      );
      const client = new CloudWatchLogsClient(await this.#client());
      return await each(groups, SEARCHES, async ({ physicalId: name }) => {
        const { logGroups = [] } = await client.send(
          new DescribeLogGroupsCommand({ logGroupNamePrefix: name }),
          { abortSignal: signal },
        );
        return { name, exists: logGroups.some(({ logGroupName }) => logGroupName === name) };
      });
    }),
  );

  readonly logErrors = once(() =>
    this.#of('AWS::Logs::LogGroup', async (groups, signal) => {
      // The access log and the traffic that was refused have no levels.
      const leveled = groups.filter(({ logicalId }) => !/AccessLogs|RefusedTraffic/.test(logicalId));
      return await each(leveled, SEARCHES, async ({ physicalId: name }) => ({
        name,
        count: await this.#lines(name, '{ $.level = "ERROR" }', signal),
      }));
    }),
  );

  readonly securityLines = once(() =>
    this.#of(
      'AWS::Logs::LogGroup',
      async (groups, signal): Promise<Counts> =>
        each(SECURITY_LINES, SEARCHES, async ([name, logicalId, pattern]) => {
          const group = groups.find((candidate) => logicalId.test(candidate.logicalId));
          const count = group === undefined ? 0 : await this.#lines(group.physicalId, pattern, signal);
          return { name, count };
        }),
    ),
  );

  readonly measured = once(async () => {
    const stack = await this.stack();
    if (stack.outcome !== 'observed') return stack;
    return await this.#observe((signal) => this.#measure(stack.value, signal));
  });

  readonly errors = once(async () => part(await this.measured(), ({ errors }) => errors));
  readonly throttles = once(async () => part(await this.measured(), ({ throttles }) => throttles));
  readonly decisionLatency = once(async () => part(await this.measured(), ({ latency }) => latency));

  readonly concurrency = once(async () => {
    const [measured, limit] = await Promise.all([this.measured(), this.#concurrencyLimit()]);
    return part(measured, ({ concurrency: most }) => ({ most, limit }));
  });

  readonly cache = once(async () => {
    const [measured, caches] = await Promise.all([this.measured(), this.caches()]);
    const [first] = caches.outcome === 'observed' ? caches.value : [];
    return part(measured, ({ cache }) => cache && { ...cache, limit: first?.limit ?? null });
  });

  async #measure(stack: StackResources, signal: AbortSignal) {
    const functions = of(stack.resources, 'AWS::Lambda::Function');
    const caches = of(stack.resources, 'AWS::ElastiCache::ServerlessCache');
    const { CloudWatchClient, GetMetricDataCommand } = await import('@aws-sdk/client-cloudwatch');
    const client = new CloudWatchClient(await this.#client());
    const ofFunctions = (metric: string, id: string) =>
      functions.map(({ physicalId }, index) =>
        query(`${id}${index}`, 'AWS/Lambda', metric, 'Sum', { FunctionName: physicalId }),
      );
    const ofCache = caches.slice(0, 1).flatMap(({ physicalId }) => {
      const dimensions = { clusterId: physicalId };
      return [
        query('bytes', 'AWS/ElastiCache', 'BytesUsedForCache', 'Maximum', dimensions),
        query('evictions', 'AWS/ElastiCache', 'Evictions', 'Sum', dimensions),
        query('throttled', 'AWS/ElastiCache', 'ThrottledCmds', 'Sum', dimensions),
      ];
    });
    const { MetricDataResults = [] } = await client.send(
      new GetMetricDataCommand({
        StartTime: new Date(this.#now() - SPAN * 1000),
        // Clocks may differ a little, and what is newest matters most.
        EndTime: new Date(this.#now() + 60_000),
        MetricDataQueries: [
          ...ofFunctions('Errors', 'errors'),
          ...ofFunctions('Throttles', 'throttles'),
          query('latency', metricNamespaceOf(stack.stack, this.#scope), 'DecisionLatency', 'p99', {}),
          query('concurrency', 'AWS/Lambda', 'ConcurrentExecutions', 'Maximum', {}),
          ...ofCache,
        ],
      }),
      { abortSignal: signal },
    );
    const values = new Map(MetricDataResults.map(({ Id, Values = [] }) => [Id, Values]));
    const most = (id: string): number | null => values.get(id)?.reduce((a, b) => Math.max(a, b), 0) || null;
    const sum = (id: string): number => values.get(id)?.reduce((a, b) => a + b, 0) ?? 0;
    const sums = (id: string) =>
      functions.map(({ physicalId: name }, index) => ({ name, count: sum(`${id}${index}`) }));
    return {
      errors: sums('errors'),
      throttles: sums('throttles'),
      latency: most('latency'),
      concurrency: most('concurrency'),
      cache:
        caches.length === 0
          ? null
          : { bytes: most('bytes'), evictions: sum('evictions'), throttled: sum('throttled') },
    };
  }

  /** Null where it may not be asked for. */
  async #concurrencyLimit(): Promise<number | null> {
    const found = await this.#observe(async (signal) => {
      const { GetAccountSettingsCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
      const client = new LambdaClient(await this.#client());
      const { AccountLimit } = await client.send(new GetAccountSettingsCommand({}), { abortSignal: signal });
      return AccountLimit?.ConcurrentExecutions ?? null;
    });
    return found.outcome === 'observed' ? found.value : null;
  }

  async #configurations(functions: readonly StackResource[], signal: AbortSignal) {
    const { GetFunctionConfigurationCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    const client = new LambdaClient(await this.#client());
    return await Promise.all(
      functions.map(({ physicalId }) =>
        client.send(new GetFunctionConfigurationCommand({ FunctionName: physicalId }), {
          abortSignal: signal,
        }),
      ),
    );
  }

  async #authorizerIds(): Promise<readonly string[]> {
    const resources = part(await this.stack(), ({ resources }) => resources);
    if (resources.outcome !== 'observed') return [];
    return of(resources.value, 'AWS::ApiGateway::Authorizer').map(({ physicalId }) => physicalId);
  }

  /** How many lines of the span there are, as far as they were found: a search that goes on is not followed for long. */
  async #lines(group: string, pattern: string, signal: AbortSignal): Promise<number> {
    const { CloudWatchLogsClient, FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs');
    const client = new CloudWatchLogsClient(await this.#client());
    let count = 0;
    let nextToken: string | undefined;
    for (let page = 0; page < 5; page += 1) {
      const found = await client.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          filterPattern: pattern,
          startTime: this.#now() - SPAN * 1000,
          nextToken,
        }),
        { abortSignal: signal },
      );
      count += found.events?.length ?? 0;
      nextToken = found.nextToken;
      if (nextToken === undefined) break;
    }
    return count;
  }

  /** Observes the stack's resources of a type. */
  async #of<T>(
    type: string,
    ask: (resources: readonly StackResource[], signal: AbortSignal) => Promise<T>,
  ): Promise<Observation<T>> {
    const resources = part(await this.stack(), ({ resources }) => resources);
    if (resources.outcome !== 'observed') {
      return resources;
    }
    return this.#observe((signal) => ask(of(resources.value, type), signal));
  }

  /** That AWS does not tell of a part says nothing of the part. */
  async #observe<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<Observation<T>> {
    const found = await observe(this.#limit, ask);
    if (found.outcome !== 'failed') return found;
    return unable(`AWS does not tell: ${found.why}`, 'Try again, and see the AWS Health Dashboard.');
  }

  async #client() {
    const login = await this.#login();
    if (login.outcome !== 'observed') throw new Error(login.why);
    const { region, credentials } = login.value;
    const requestHandler = {
      connectionTimeout: 1500,
      requestTimeout: this.#limit,
      throwOnRequestTimeout: true,
    };
    return { region, credentials, maxAttempts: 2, requestHandler };
  }
}

function of(resources: readonly StackResource[], wanted: string): readonly StackResource[] {
  return resources.filter(({ type }) => type === wanted);
}

function query(
  id: string,
  namespace: string,
  metric: string,
  statistic: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return {
    Id: id,
    MetricStat: {
      Metric: { Namespace: namespace, MetricName: metric, Dimensions },
      Period: statistic.startsWith('p') ? SPAN : PERIOD,
      Stat: statistic,
    },
  };
}

/** Serverless caches limit their data in gigabytes. */
function bytesOf(storage: { readonly Maximum?: number | undefined } | undefined): number | null {
  return storage?.Maximum === undefined ? null : storage.Maximum * 1e9;
}

/** Does something with each, with so many at once. */
async function each<T, U>(items: readonly T[], atOnce: number, work: (item: T) => Promise<U>): Promise<U[]> {
  const done: U[] = [];
  const entries = items.entries();
  const worker = async () => {
    for (const [index, item] of entries) done[index] = await work(item);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return done;
}
