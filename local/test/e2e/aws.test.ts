import {
  APIGatewayClient,
  GetAuthorizersCommand,
  GetResourcesCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
} from '@aws-sdk/client-api-gateway';
import {
  CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListMetricsCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminGetUserCommand,
  AdminListGroupsForUserCommand,
  AdminRemoveUserFromGroupCommand,
  CognitoIdentityProviderClient,
  ListUsersCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import {
  DescribeEventsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
} from '@aws-sdk/client-elasticache';
import {
  GetFunctionConcurrencyCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import {
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  PublishCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Fault, FaultRequest, FaultService, FaultyApi } from '../../faults.ts';
import { accessKeyOf } from '../../iam.ts';
import { FunctionThrottled } from '../../lambda-function.ts';
import { handmadeStack } from '../support/handmade-stack.ts';
import { ServicesUnderTest } from '../support/services-under-test.ts';

const arn = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] });
const ref = (resource: string) => ({ Ref: resource });

const method = (resource: object, verb: string, guard: object = {}) => ({
  Type: 'AWS::ApiGateway::Method',
  Properties: {
    RestApiId: ref('Api'),
    ResourceId: resource,
    HttpMethod: verb,
    AuthorizationType: 'NONE',
    Integration: { Type: 'MOCK' },
    ...guard,
  },
});
const GUARD = { AuthorizationType: 'CUSTOM', AuthorizerId: ref('Authorizer') };

const stack = () =>
  handmadeStack(
    {
      Worker: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: 'worker',
          Role: arn('Role'),
          Timeout: 7,
          ReservedConcurrentExecutions: 2,
          Environment: { Variables: { TABLE: 'Events' } },
          LoggingConfig: { LogGroup: ref('Lines') },
        },
      },
      Other: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'other', Role: arn('Role') } },
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          Policies: [
            {
              PolicyDocument: {
                Statement: [{ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: arn('Worker') }],
              },
            },
          ],
        },
      },
      Lines: {
        Type: 'AWS::Logs::LogGroup',
        Properties: { LogGroupName: '/app/worker', RetentionInDays: 30 },
      },
      Access: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/app/access' } },
      Alarm: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'app-busy',
          AlarmDescription: 'Too much to do.',
          Namespace: 'App',
          MetricName: 'Busy',
          Statistic: 'Maximum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 10,
          ComparisonOperator: 'GreaterThanThreshold',
          AlarmActions: [ref('Topic')],
        },
      },
      Quiet: {
        Type: 'AWS::CloudWatch::Alarm',
        Properties: {
          AlarmName: 'quiet',
          Namespace: 'App',
          MetricName: 'Nothing',
          Statistic: 'Sum',
          Period: 60,
          EvaluationPeriods: 1,
          Threshold: 0,
          ComparisonOperator: 'GreaterThanThreshold',
          TreatMissingData: 'notBreaching',
        },
      },
      Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'warnings', DisplayName: 'Warnings' } },
      ByMail: {
        Type: 'AWS::SNS::Subscription',
        Properties: { TopicArn: ref('Topic'), Protocol: 'email', Endpoint: 'on-call@example.com' },
      },
      ToQueue: {
        Type: 'AWS::SNS::Subscription',
        Properties: {
          TopicArn: ref('Topic'),
          Protocol: 'sqs',
          Endpoint: arn('Dead'),
          RawMessageDelivery: true,
        },
      },
      Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead', VisibilityTimeout: 20 } },
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Name: 'app' } },
      Stage: {
        Type: 'AWS::ApiGateway::Stage',
        Properties: {
          RestApiId: ref('Api'),
          StageName: 'live',
          AccessLogSetting: { DestinationArn: arn('Access'), Format: 'x' },
        },
      },
      Authorizer: {
        Type: 'AWS::ApiGateway::Authorizer',
        Properties: { RestApiId: ref('Api'), Name: 'gate', Type: 'REQUEST', AuthorizerResultTtlInSeconds: 0 },
      },
      Jobs: {
        Type: 'AWS::ApiGateway::Resource',
        Properties: {
          RestApiId: ref('Api'),
          ParentId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          PathPart: 'jobs',
        },
      },
      Start: method(ref('Jobs'), 'POST', GUARD),
      Look: method(ref('Jobs'), 'GET'),
      Pool: { Type: 'AWS::Cognito::UserPool', Properties: {} },
      Admins: {
        Type: 'AWS::Cognito::UserPoolGroup',
        Properties: { UserPoolId: ref('Pool'), GroupName: 'admins' },
      },
      Cache: {
        Type: 'AWS::ElastiCache::ServerlessCache',
        Properties: {
          ServerlessCacheName: 'sessions',
          Engine: 'valkey',
          MajorEngineVersion: '8',
          UserGroupId: ref('Users'),
          SubnetIds: ['subnet-1', 'subnet-2'],
          SecurityGroupIds: ['sg-1'],
        },
      },
      Users: { Type: 'AWS::ElastiCache::UserGroup', Properties: { UserGroupId: 'users', UserIds: [] } },
    },
    {
      Outputs: {
        ApiUrl: {
          Description: 'Where it is',
          Value: {
            'Fn::Join': ['', ['https://', ref('Api'), '.execute-api.us-east-1.amazonaws.com/', ref('Stage')]],
          },
        },
        Sign: { Value: 'a < b & c' },
      },
    },
  );

let under: ServicesUnderTest;

beforeAll(async () => {
  under = await ServicesUnderTest.start(stack());
});
afterAll(() => under?.stop());
beforeEach(() => {
  under.handler = () => null;
  under.invocations.length = 0;
});

/** Settings of a client of the SDK; by default the administrator's. */
const as = (accessKeyId = 'test') => ({
  endpoint: under.services.awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'test' },
  maxAttempts: 1,
});
/** Settings of a client in the function. */
const asFunction = () => as(accessKeyOf('Role'));

describe('Lambda', () => {
  const WORKER_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:worker';

  test.each(['worker', 'worker:$LATEST', WORKER_ARN, `${WORKER_ARN}:live`, '000000000000:function:worker'])(
    'invokes the function %s and hands its answer back',
    async (FunctionName) => {
      under.handler = ({ event }) => ({ seen: event });
      const answer = await new LambdaClient(asFunction()).send(
        new InvokeCommand({ FunctionName, Payload: JSON.stringify({ a: 1 }) }),
      );
      expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({ seen: { a: 1 } });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
      expect(answer.FunctionError).toBeUndefined();
      expect(under.invocations).toEqual([{ functionName: WORKER_ARN, event: { a: 1 } }]);
    },
  );

  test('says that the function failed, and how', async () => {
    under.handler = () => {
      throw new Error('no');
    };
    const answer = await new LambdaClient(as()).send(new InvokeCommand({ FunctionName: 'worker' }));
    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(answer.Payload?.transformToString() ?? '')).toEqual({
      errorType: 'Error',
      errorMessage: 'no',
    });
  });

  test('takes an event without waiting for the function, and tries a call without making it', async () => {
    const client = new LambdaClient(as());
    const event = { FunctionName: 'worker', Payload: '{"b":2}' };
    expect(await client.send(new InvokeCommand({ ...event, InvocationType: 'DryRun' }))).toMatchObject({
      StatusCode: 204,
    });
    expect(under.invocations).toEqual([]);
    expect(await client.send(new InvokeCommand({ ...event, InvocationType: 'Event' }))).toMatchObject({
      StatusCode: 202,
    });
    expect(under.invocations).toEqual([{ functionName: WORKER_ARN, event: { b: 2 } }]);
  });

  test.each([
    ['a role that may not', () => asFunction(), 'other', '{}', 'AccessDeniedException'],
    ['a function that is not there', () => as(), 'nobody', '{}', 'ResourceNotFoundException'],
    ['a payload that is no JSON', () => as(), 'worker', '{', 'InvalidRequestContentException'],
    ['a function at its limit', () => as(), 'worker', '{"throttle":true}', 'TooManyRequestsException'],
  ])('refuses %s', async (_what, settings, FunctionName, Payload, name) => {
    under.handler = () => {
      throw new FunctionThrottled();
    };
    await expect(
      new LambdaClient(settings()).send(new InvokeCommand({ FunctionName, Payload })),
    ).rejects.toMatchObject({ name });
  });

  test("tells a function's settings as the template has them", async () => {
    const client = new LambdaClient(as());
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: WORKER_ARN }));
    expect(found).toMatchObject({
      FunctionName: 'worker',
      FunctionArn: WORKER_ARN,
      Timeout: 7,
      MemorySize: 128,
      Environment: { Variables: { TABLE: 'Events' } },
      LoggingConfig: { LogGroup: '/app/worker' },
      State: 'Active',
    });
    const concurrency = async (FunctionName: string) =>
      (await client.send(new GetFunctionConcurrencyCommand({ FunctionName }))).ReservedConcurrentExecutions;
    expect(await concurrency('worker')).toBe(2);
    expect(await concurrency('other')).toBeUndefined();
  });
});

describe('CloudFormation', () => {
  const client = () => new CloudFormationClient(as());

  test('tells the outputs, the address of the API being the local one', async () => {
    const { Stacks = [] } = await client().send(new DescribeStacksCommand({ StackName: 'Test' }));
    expect(Stacks).toHaveLength(1);
    expect(Stacks[0]).toMatchObject({
      StackName: 'Test',
      StackStatus: 'CREATE_COMPLETE',
      CreationTime: expect.any(Date),
      Outputs: [
        { OutputKey: 'ApiUrl', OutputValue: 'http://localhost', Description: 'Where it is' },
        { OutputKey: 'Sign', OutputValue: 'a < b & c' },
      ],
    });
    const all = await client().send(new DescribeStacksCommand({ StackName: Stacks[0]?.StackId }));
    expect(all.Stacks).toEqual(Stacks);
  });

  test('tells the resources by their physical ids', async () => {
    const { StackResources } = await client().send(
      new DescribeStackResourcesCommand({ StackName: 'Test', LogicalResourceId: 'Worker' }),
    );
    expect(StackResources).toMatchObject([
      {
        StackName: 'Test',
        LogicalResourceId: 'Worker',
        PhysicalResourceId: 'worker',
        ResourceType: 'AWS::Lambda::Function',
        ResourceStatus: 'CREATE_COMPLETE',
      },
    ]);
    const found = [];
    for await (const { StackResourceSummaries = [] } of paginateListStackResources(
      { client: client() },
      { StackName: 'Test' },
    )) {
      found.push(...StackResourceSummaries.map(({ LogicalResourceId }) => LogicalResourceId));
    }
    expect(found.sort()).toEqual(
      under.cloud.stack
        .resources()
        .map(({ logicalId }) => logicalId)
        .sort(),
    );
  });

  test('knows no other stack', async () => {
    await expect(client().send(new DescribeStacksCommand({ StackName: 'Another' }))).rejects.toMatchObject({
      name: 'ValidationError',
      message: 'Stack with id Another does not exist',
    });
  });
});

describe('CloudWatch Logs', () => {
  const client = () => new CloudWatchLogsClient(as());
  const write = (group: string, timestamp: number, ...messages: string[]) => {
    for (const message of messages) under.cloud.logs.append({ group, timestamp, message });
  };

  test('lists the groups of the template and those that Lambda makes', async () => {
    write('access', 1, 'four');
    const { logGroups } = await client().send(new DescribeLogGroupsCommand({}));
    expect(
      logGroups?.map(({ logGroupName, retentionInDays, storedBytes }) => [
        logGroupName,
        retentionInDays,
        storedBytes,
      ]),
    ).toEqual([
      ['/app/access', undefined, 4],
      ['/app/worker', 30, 0],
      ['/aws/lambda/other', undefined, 0],
    ]);
    const names = async (settings: object) =>
      (await client().send(new DescribeLogGroupsCommand(settings))).logGroups?.map(
        ({ logGroupName }) => logGroupName,
      );
    expect(await names({ logGroupNamePrefix: '/app/' })).toEqual(['/app/access', '/app/worker']);
    expect(await names({ logGroupNamePattern: 'work' })).toEqual(['/app/worker']);
    const first = await client().send(new DescribeLogGroupsCommand({ limit: 2 }));
    expect(await names({ nextToken: first.nextToken })).toEqual(['/aws/lambda/other']);
  });

  test('finds lines by time, pattern and page, by the name of the group or its ARN', async () => {
    write('other', 1_000, '{"event":"a","n":1}', '{"event":"b","n":2}');
    write('other', 2_000, '{"event":"a","n":3}', 'plain');
    const lines = async (settings: object) =>
      (
        await client().send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/other', ...settings }))
      ).events?.map(({ message }) => message);
    expect(await lines({})).toHaveLength(4);
    expect(await lines({ filterPattern: '{ $.event = "a" }' })).toEqual([
      '{"event":"a","n":1}',
      '{"event":"a","n":3}',
    ]);
    expect(await lines({ startTime: 1_001 })).toEqual(['{"event":"a","n":3}', 'plain']);
    expect(await lines({ endTime: 1_999 })).toEqual(['{"event":"a","n":1}', '{"event":"b","n":2}']);
    const identifier = 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/other';
    const pages = [];
    for await (const { events = [] } of paginateFilterLogEvents(
      { client: client(), pageSize: 3 },
      { logGroupIdentifier: identifier },
    )) {
      pages.push(events.map(({ timestamp }) => timestamp));
    }
    expect(pages).toEqual([[1_000, 1_000, 2_000], [2_000]]);
  });

  test.each([
    ['a group that is not there', { logGroupName: 'x' }, 'ResourceNotFoundException'],
    ['a pattern it does not know', { filterPattern: '[ip, user]' }, 'InvalidParameterException'],
    ['a token that it never gave', { nextToken: 'x' }, 'InvalidParameterException'],
    ['a limit beyond the largest', { limit: 10_001 }, 'InvalidParameterException'],
  ])('refuses %s', async (_what, settings, name) => {
    await expect(
      client().send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/other', ...settings })),
    ).rejects.toMatchObject({ name });
  });
});

describe('CloudWatch', () => {
  const client = () => new CloudWatchClient(as());
  const put = (MetricName: string, at: number, ...Values: number[]) =>
    client().send(
      new PutMetricDataCommand({
        Namespace: 'App',
        MetricData: [
          { MetricName, Timestamp: new Date(at), Values, Dimensions: [{ Name: 'Zone', Value: 'a' }] },
        ],
      }),
    );
  const values = async (
    MetricName: string,
    Stat: string,
    { at = 0, Namespace = 'App', Dimensions = [{ Name: 'Zone', Value: 'a' }] } = {},
  ) => {
    const { MetricDataResults } = await client().send(
      new GetMetricDataCommand({
        StartTime: new Date(at),
        EndTime: new Date(at + 180_000),
        ScanBy: 'TimestampAscending',
        MetricDataQueries: [
          { Id: 'q', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat } },
        ],
      }),
    );
    return MetricDataResults?.[0];
  };

  test.each([
    ['Sum', [10, 7]],
    ['Average', [2.5, 7]],
    ['Minimum', [1, 7]],
    ['Maximum', [4, 7]],
    ['SampleCount', [4, 1]],
    ['p50', [2, 7]],
    ['p99', [4, 7]],
  ])('gives the %s of each period', async (Stat, expected) => {
    const MetricName = `Length-${Stat}`;
    await put(MetricName, 0, 1, 2, 3, 4);
    await put(MetricName, 120_000, 7);
    await put(MetricName, 180_000, 99);
    expect(await values(MetricName, Stat)).toEqual({
      Id: 'q',
      Label: MetricName,
      Timestamps: [new Date(0), new Date(120_000)],
      Values: expected,
      StatusCode: 'Complete',
    });
  });

  test('takes a large call, which the SDK compresses', async () => {
    const many = Array.from({ length: 1_000 }, (_, index) => index);
    await client().send(
      new PutMetricDataCommand({
        Namespace: 'App',
        MetricData: many.map((Value) => ({
          MetricName: 'Many',
          Value,
          Timestamp: new Date(0),
          Dimensions: [{ Name: 'Zone', Value: 'a' }],
        })),
      }),
    );
    expect((await values('Many', 'SampleCount'))?.Values).toEqual([1_000]);
  });

  test('shows alarms by name and state, and since when they say so', async () => {
    const at = under.cloud.clock.now();
    await client().send(
      new PutMetricDataCommand({ Namespace: 'App', MetricData: [{ MetricName: 'Busy', Value: 11 }] }),
    );
    const { MetricAlarms } = await client().send(new DescribeAlarmsCommand({ AlarmNamePrefix: 'app-' }));
    expect(MetricAlarms).toMatchObject([
      {
        AlarmName: 'app-busy',
        AlarmArn: 'arn:aws:cloudwatch:us-east-1:000000000000:alarm:app-busy',
        AlarmDescription: 'Too much to do.',
        StateValue: 'ALARM',
        Namespace: 'App',
        MetricName: 'Busy',
        Statistic: 'Maximum',
        Threshold: 10,
        AlarmActions: ['arn:aws:sns:us-east-1:000000000000:warnings'],
      },
    ]);
    expect(MetricAlarms?.[0]?.StateUpdatedTimestamp?.getTime()).toBeGreaterThanOrEqual(at);
    const names = async (settings: object) =>
      (await client().send(new DescribeAlarmsCommand(settings))).MetricAlarms?.map(
        ({ AlarmName }) => AlarmName,
      );
    expect(await names({})).toEqual(['app-busy', 'quiet']);
    expect(await names({ StateValue: 'OK' })).toEqual(['quiet']);
    expect(await names({ AlarmNames: ['quiet', 'unknown'] })).toEqual(['quiet']);
  });

  test('measures the cache by its redis-server, and what lies in the queues', async () => {
    under.services.queues.send('arn:aws:sqs:us-east-1:000000000000:dead', 'lost');
    await under.services.tick();
    await under.services.redis.client.ping();
    const at = Math.floor(under.cloud.clock.now() / 60_000) * 60_000 - 60_000;
    const cache = (name: string, Stat: string) =>
      values(name, Stat, {
        at,
        Namespace: 'AWS/ElastiCache',
        Dimensions: [{ Name: 'clusterId', Value: 'sessions' }],
      });
    expect((await cache('BytesUsedForCache', 'Maximum'))?.Values?.[0]).toBeGreaterThan(100_000);
    expect((await cache('CurrConnections', 'Maximum'))?.Values?.[0]).toBeGreaterThanOrEqual(1);
    expect((await cache('ElastiCacheProcessingUnits', 'Sum'))?.Values?.at(-1)).toBeGreaterThanOrEqual(1);
    expect((await cache('Evictions', 'Sum'))?.Values?.at(-1)).toBe(0);
    const depth = await values('ApproximateNumberOfMessagesVisible', 'Maximum', {
      at,
      Namespace: 'AWS/SQS',
      Dimensions: [{ Name: 'QueueName', Value: 'dead' }],
    });
    expect(depth?.Values?.at(-1)).toBeGreaterThanOrEqual(1);
  });

  test('refuses by name what it does not know', async () => {
    await expect(values('Length', 'tm90')).rejects.toThrow('does not know the statistic tm90');
    const expression = new GetMetricDataCommand({
      StartTime: new Date(0),
      EndTime: new Date(1_000),
      MetricDataQueries: [{ Id: 'sum', Expression: 'a + b' }],
    });
    await expect(client().send(expression)).rejects.toThrow('the query sum must have a MetricStat');
    await expect(client().send(new ListMetricsCommand({}))).rejects.toMatchObject({
      name: 'UnknownOperationException',
      message: 'The local cloud does not serve the operation ListMetrics of CloudWatch.',
    });
  });
});

describe('API Gateway', () => {
  const client = () => new APIGatewayClient(as());

  test('shows the API, its stage and its authorizer', async () => {
    const { items: [api] = [] } = await client().send(new GetRestApisCommand({}));
    expect(api).toMatchObject({ name: 'app' });
    const restApiId = api?.id;
    const { items: authorizers } = await client().send(new GetAuthorizersCommand({ restApiId }));
    expect(authorizers).toMatchObject([{ name: 'gate', type: 'REQUEST', authorizerResultTtlInSeconds: 0 }]);
    const { item: stages } = await client().send(new GetStagesCommand({ restApiId }));
    expect(stages).toMatchObject([{ stageName: 'live' }]);
    expect(await client().send(new GetStageCommand({ restApiId, stageName: 'live' }))).toMatchObject({
      stageName: 'live',
    });
    await expect(client().send(new GetStageCommand({ restApiId, stageName: 'x' }))).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  test('shows which methods are guarded, those too that lost their authorizer', async () => {
    const restApiId = under.cloud.stack.attribute(under.cloud.stack.resource('Api'), 'Ref');
    const authorizerId = under.cloud.stack.attribute(under.cloud.stack.resource('Authorizer'), 'Ref');
    const jobs = async (embed?: string[]) => {
      const { items = [] } = await client().send(new GetResourcesCommand({ restApiId, embed }));
      expect(items.map(({ path }) => path)).toEqual(['/', '/jobs']);
      return items[1]?.resourceMethods;
    };
    expect(await jobs()).toEqual({ POST: {}, GET: {} });
    expect(await jobs(['methods'])).toMatchObject({
      POST: { authorizationType: 'CUSTOM', authorizerId, methodIntegration: { type: 'MOCK' } },
      GET: { authorizationType: 'NONE' },
    });
    const start = { method: 'POST', path: '/jobs' };
    under.cloud.drift.unguard(start);
    const unguarded = (await jobs(['methods']))?.POST;
    under.cloud.drift.guard(start);
    expect(unguarded).toMatchObject({ authorizationType: 'NONE' });
    expect(unguarded?.authorizerId).toBeUndefined();
  });

  test('gives resources page by page', async () => {
    const restApiId = under.cloud.stack.attribute(under.cloud.stack.resource('Api'), 'Ref');
    const first = await client().send(new GetResourcesCommand({ restApiId, limit: 1 }));
    const second = await client().send(
      new GetResourcesCommand({ restApiId, limit: 1, position: first.position }),
    );
    expect([first, second].map(({ items, position }) => [items?.[0]?.path, position])).toEqual([
      ['/', '1'],
      ['/jobs', undefined],
    ]);
  });
});

describe('ElastiCache', () => {
  const client = () => new ElastiCacheClient(as());

  test('shows the cache, its state and its events as its redis-server comes and goes', async () => {
    const describe = async () =>
      (await client().send(new DescribeServerlessCachesCommand({ ServerlessCacheName: 'sessions' })))
        .ServerlessCaches?.[0];
    const cache = await describe();
    expect(cache).toMatchObject({
      ServerlessCacheName: 'sessions',
      Status: 'available',
      Engine: 'valkey',
      SubnetIds: ['subnet-1', 'subnet-2'],
      SecurityGroupIds: ['sg-1'],
      Endpoint: { Address: '127.0.0.1', Port: expect.any(Number) },
    });
    under.cloud.faults.set({ service: 'redis', fault: 'down' });
    await under.services.redis.settled();
    expect((await describe())?.Status).toBe('modifying');
    under.cloud.faults.set({ service: 'redis', fault: 'none' });
    await under.services.redis.settled();
    expect((await describe())?.Status).toBe('available');
    const { Events = [] } = await client().send(
      new DescribeEventsCommand({ SourceType: 'serverless-cache', Duration: 60 }),
    );
    expect(Events.map(({ Message }) => Message)).toEqual([
      'Serverless cache sessions is available.',
      'Serverless cache sessions is not available.',
      'Serverless cache sessions is available.',
    ]);
    expect(Events[0]).toMatchObject({ SourceIdentifier: 'sessions', Date: expect.any(Date) });
    const later = new Date(under.cloud.clock.now() + 60_000);
    expect(
      (await client().send(new DescribeEventsCommand({ StartTime: later, EndTime: later }))).Events,
    ).toEqual([]);
  });

  test('knows no other cache', async () => {
    await expect(
      client().send(new DescribeServerlessCachesCommand({ ServerlessCacheName: 'x' })),
    ).rejects.toMatchObject({ name: 'ServerlessCacheNotFoundFault' });
  });
});

describe('SQS and SNS', () => {
  test('a message can be sent, counted, taken and deleted', async () => {
    const client = new SQSClient(as());
    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'dead' }));
    await client.send(new PurgeQueueCommand({ QueueUrl }));
    const attributes = async (...AttributeNames: 'All'[]) =>
      (await client.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))).Attributes;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello' }));
    const look = new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 });
    expect((await client.send(look)).Messages).toMatchObject([{ Body: 'hello' }]);
    expect(await attributes('All')).toMatchObject({
      ApproximateNumberOfMessages: '1',
      ApproximateNumberOfMessagesNotVisible: '0',
      VisibilityTimeout: '20',
    });
    expect(await attributes()).toBeUndefined();
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: 'hello' }]);
    expect(await attributes('All')).toMatchObject({
      ApproximateNumberOfMessages: '0',
      ApproximateNumberOfMessagesNotVisible: '1',
    });
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: Messages[0]?.ReceiptHandle }));
    expect(await attributes('All')).toMatchObject({ ApproximateNumberOfMessagesNotVisible: '0' });
  });

  test('a topic tells its subscribers, and which of them have not agreed yet', async () => {
    const client = new SNSClient(as());
    const TopicArn = 'arn:aws:sns:us-east-1:000000000000:warnings';
    const { MessageId } = await client.send(new PublishCommand({ TopicArn, Message: 'look' }));
    expect(under.services.topics.notices().at(-1)).toMatchObject({ message: 'look', message_id: MessageId });
    const { Attributes } = await client.send(new GetTopicAttributesCommand({ TopicArn }));
    expect(Attributes).toMatchObject({
      TopicArn,
      DisplayName: 'Warnings',
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '1',
    });
    const { Subscriptions } = await client.send(new ListSubscriptionsByTopicCommand({ TopicArn }));
    expect(
      Subscriptions?.map(({ Protocol, Endpoint, SubscriptionArn }) => [Protocol, Endpoint, SubscriptionArn]),
    ).toEqual([
      ['email', 'on-call@example.com', 'PendingConfirmation'],
      ['sqs', 'arn:aws:sqs:us-east-1:000000000000:dead', expect.stringMatching(/^arn:aws:sns:/)],
    ]);
    await expect(
      client.send(new GetTopicAttributesCommand({ TopicArn: `${TopicArn}x` })),
    ).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

test('users of the pool are made, found and promoted', async () => {
  const client = new CognitoIdentityProviderClient(as());
  const { stack: deployed } = under.cloud;
  const UserPoolId = deployed.attribute(deployed.resource('Pool'), 'Ref');
  const ada = { UserPoolId, Username: 'ada' };
  await client.send(
    new AdminCreateUserCommand({ ...ada, UserAttributes: [{ Name: 'email', Value: 'ada@example.com' }] }),
  );
  const found = await client.send(new AdminGetUserCommand(ada));
  expect(found).toMatchObject({
    Username: 'ada',
    Enabled: true,
    UserStatus: 'FORCE_CHANGE_PASSWORD',
    UserCreateDate: expect.any(Date),
  });
  expect(found.UserAttributes).toContainEqual({ Name: 'email', Value: 'ada@example.com' });
  const groups = async () =>
    (await client.send(new AdminListGroupsForUserCommand(ada))).Groups?.map(({ GroupName }) => GroupName);
  expect(await groups()).toEqual([]);
  await client.send(new AdminAddUserToGroupCommand({ ...ada, GroupName: 'admins' }));
  expect(await groups()).toEqual(['admins']);
  await client.send(new AdminRemoveUserFromGroupCommand({ ...ada, GroupName: 'admins' }));
  expect(await groups()).toEqual([]);
  const { Users } = await client.send(new ListUsersCommand({ UserPoolId }));
  expect(Users?.map(({ Username }) => Username)).toEqual(['ada']);
  await expect(
    client.send(new AdminGetUserCommand({ UserPoolId, Username: 'nobody' })),
  ).rejects.toMatchObject({ name: 'UserNotFoundException' });
});

test.each([
  ['CloudFormation', () => new CloudFormationClient(asFunction()).send(new DescribeStacksCommand({}))],
  [
    'CloudWatch Logs',
    () =>
      new CloudWatchLogsClient(asFunction()).send(
        new FilterLogEventsCommand({ logGroupName: '/app/worker' }),
      ),
  ],
  ['CloudWatch', () => new CloudWatchClient(asFunction()).send(new DescribeAlarmsCommand({}))],
  ['API Gateway', () => new APIGatewayClient(asFunction()).send(new GetRestApisCommand({}))],
  ['ElastiCache', () => new ElastiCacheClient(asFunction()).send(new DescribeEventsCommand({}))],
  [
    'SNS',
    () =>
      new SNSClient(asFunction()).send(
        new GetTopicAttributesCommand({ TopicArn: 'arn:aws:sns:us-east-1:000000000000:warnings' }),
      ),
  ],
])('%s asks whether the role may', async (_service, call) => {
  await expect(call()).rejects.toMatchObject({
    name: expect.stringMatching(/^AccessDenied/),
    message: expect.stringContaining('is not authorized to perform'),
  });
});

describe('a fault', () => {
  const fault = (service: FaultService, kind: FaultRequest['fault']) =>
    under.cloud.faults.set({ service, fault: kind });
  const faulty = new Set<FaultService>();
  const begin = (service: FaultService, kind: Fault['fault']) => {
    faulty.add(service);
    fault(service, kind);
  };
  afterEach(async () => {
    for (const service of faulty) fault(service, 'none');
    faulty.clear();
    await under.services.redis.settled();
  });

  test.each<[FaultyApi, () => Promise<unknown>]>([
    ['apigateway', () => new APIGatewayClient(as()).send(new GetRestApisCommand({}))],
    ['cloudformation', () => new CloudFormationClient(as()).send(new DescribeStacksCommand({}))],
    ['elasticache', () => new ElastiCacheClient(as()).send(new DescribeEventsCommand({}))],
    ['logs', () => new CloudWatchLogsClient(as()).send(new DescribeLogGroupsCommand({}))],
    ['monitoring', () => new CloudWatchClient(as()).send(new DescribeAlarmsCommand({}))],
    ['sqs', () => new SQSClient(as()).send(new GetQueueUrlCommand({ QueueName: 'dead' }))],
  ])('of %s hits every call to it', async (service, call) => {
    begin(service, 'errors');
    await expect(call()).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    begin(service, 'down');
    await expect(call()).rejects.toThrow('socket hang up');
    fault(service, 'none');
    await call();
  });

  test('of an API for one function hits nobody else', async () => {
    begin('sqs:worker', 'errors');
    const look = (settings: object) =>
      new SQSClient(settings).send(new GetQueueUrlCommand({ QueueName: 'dead' }));
    await expect(look(asFunction())).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
    await look(as());
    fault('sqs:worker', 'none');
    await expect(look(asFunction())).rejects.toMatchObject({ $metadata: { httpStatusCode: 400 } });
  });

  test('of iam takes the permissions of a function away', async () => {
    const invoke = () => new LambdaClient(asFunction()).send(new InvokeCommand({ FunctionName: 'worker' }));
    await invoke();
    begin('iam:worker', 'errors');
    await expect(invoke()).rejects.toMatchObject({ name: 'AccessDeniedException' });
    fault('iam:worker', 'none');
    await invoke();
  });

  test('"full" leaves Redis no room for more, and loses nothing', async () => {
    const { redis } = under.services;
    await redis.client.set('kept', '1');
    begin('redis', 'full');
    await redis.settled();
    await expect(redis.client.set('more', '2')).rejects.toThrow(/^OOM /);
    expect(await redis.client.get('kept')).toBe('1');
    fault('redis', 'none');
    await redis.settled();
    expect(await redis.client.set('more', '2')).toBe('OK');
  });
});
