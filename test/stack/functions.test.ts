import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import {
  functionOf,
  onlyId,
  resourcesOf,
  type Statement,
  statementsOf,
  synthesise,
  tableId,
} from './synthesise.ts';

const template = synthesise({ controlReservedConcurrency: 5, adminGroups: ['admins', 'owners'] });
const table = tableId(template, 'EventLog');
const activity = tableId(template, 'Activity');
const jobs = tableId(template, 'JobRegistry');
const issuer = { 'Fn::GetAtt': [onlyId(template, 'AWS::Cognito::UserPool'), 'ProviderURL'] };
const client = { Ref: onlyId(template, 'AWS::Cognito::UserPoolClient') };

const store = { STATE_TABLE: { Ref: table }, SCOPE: 'default' };
const jobStore = { JOB_TABLE: { Ref: jobs }, SCOPE: 'default' };
const bus = onlyId(template, 'AWS::Events::EventBus');
const cache = onlyId(template, 'AWS::ElastiCache::ServerlessCache');
/** The topic of a level of escalation. */
const level = (number: number) => onlyId(template, 'AWS::SNS::Topic', `Level${number}`);
const machine = onlyId(template, 'AWS::StepFunctions::StateMachine');
const notices = onlyId(template, 'AWS::SNS::Topic', 'Notices');
const NAME = 'test-mainioncache-daa1d069-47fd55';
/** What a function in the network is told of Redis, signing in as a user. */
const redis = (user: 'gate' | 'keeper') => {
  const endpoint = (attribute: string) => ({ 'Fn::GetAtt': [cache, `Endpoint.${attribute}`] });
  const auth = { type: 'iam', user: `${NAME}-${user}`, cache: NAME, serverless: true };
  const parts = ['{"host":"', endpoint('Address'), '","port":', endpoint('Port')];
  return {
    REDIS: { 'Fn::Join': ['', [...parts, `,"tls":true,"auth":${JSON.stringify(auth)}}`]] },
    SESSIONS: JSON.stringify({
      prefix: 'vedfolnir:session:',
      cookie: 'session_id',
      rolePointers: ['/role', '/user/role'],
      userPointers: ['/user', '/username', '/user/username', '/user/name', '/user_id', '/user/id'],
      createdAtPointers: ['/created_at', '/createdAt', '/user/created_at'],
      adminRoles: ['admin'],
      workerRoles: ['worker'],
    }),
  };
};
/** What a function is told of the whole that it is part of. */
const parts = { PARTS: JSON.stringify({ sessions: true, jobs: true, monitoring: 'full' }) };
const metrics = { METRIC_NAMESPACE: 'EnhancedMaintenanceMode/Test/default' };
const alwaysAllowed = '/static/{proxy+},/favicon.ico,/robots.txt,/health,/health/{proxy+},/api/csrf-token';

/** The functions of maintenance mode that the template has, by their folders. */
const FOLDERS = Object.values(resourcesOf(template, 'AWS::Lambda::Function'))
  .flatMap(({ Metadata }) => Metadata?.['maintenance:function'] ?? [])
  .map(String)
  .toSorted();

describe('environment', () => {
  const environments = new Map<string, Record<string, unknown>>([
    [
      'authorizer',
      {
        ...store,
        ISSUER: issuer,
        CLIENT_ID: client,
        ADMIN_GROUPS: 'admins,owners',
        WORKER_GROUPS: 'workers',
        ALWAYS_ALLOWED: alwaysAllowed,
        STATE_UNKNOWN: 'open',
        ALLOWED_ORIGINS: '*',
        REFUSAL_FORM: 'negotiated',
        OFFENDER_THRESHOLD: '30',
        ...metrics,
        ...redis('gate'),
      },
    ],
    [
      'control',
      {
        ...store,
        ...parts,
        ...jobStore,
        ACTIVITY_TABLE: { Ref: activity },
        ALWAYS_ALLOWED: alwaysAllowed,
        ALLOWED_ORIGINS: '*',
        FRESH_SIGN_IN_SECONDS: '900',
      },
    ],
    [
      'status',
      {
        ...store,
        ...parts,
        ...jobStore,
        ACTIVITY_TABLE: { Ref: activity },
        ISSUER: issuer,
        CLIENT_ID: client,
        ALLOWED_ORIGINS: '*',
      },
    ],
    [
      'health',
      {
        ...store,
        ...parts,
        ACTIVITY_TABLE: { Ref: activity },
        ISSUER: issuer,
        ALLOWED_ORIGINS: '*',
        ...redis('gate'),
      },
    ],
    [
      'jobs',
      {
        ...store,
        ...jobStore,
        EVENT_BUS: { Ref: bus },
        ...metrics,
        ALLOWED_ORIGINS: '*',
        REFUSAL_FORM: 'negotiated',
        OFFENDER_THRESHOLD: '30',
        FRESH_SIGN_IN_SECONDS: '900',
      },
    ],
    ['job-sweep', jobStore],
    ['tick', { ...store, ISSUER: issuer }],
    ['tally', { ...parts, SCOPE: 'default', ACTIVITY_TABLE: { Ref: activity } }],
    ['publisher', { ...store, ...metrics, ACTIVITY_TABLE: { Ref: activity }, EVENT_BUS: { Ref: bus } }],
    ['redis-probe', { SCOPE: 'default', ...redis('keeper') }],
    [
      'purge',
      { ...store, ...metrics, ACTIVITY_TABLE: { Ref: activity }, ISSUER: issuer, ...redis('keeper') },
    ],
    ['mirror', { SCOPE: 'default', ...redis('keeper') }],
    ['sessions', { ...store, ALLOWED_ORIGINS: '*', ...redis('keeper') }],
    [
      'operations',
      {
        ...store,
        ...parts,
        ACTIVITY_TABLE: { Ref: activity },
        ALLOWED_ORIGINS: '*',
        LEVEL_TOPICS: {
          'Fn::Join': [
            '',
            ['{"1":"', { Ref: level(1) }, '","2":"', { Ref: level(2) }, '","3":"', { Ref: level(3) }, '"}'],
          ],
        },
        WATCHED: {
          'Fn::Join': [
            '',
            [
              '{"namespace":"EnhancedMaintenanceMode/Test/default","authorizer":"',
              { Ref: functionOf(template, 'authorizer')[0] },
              '","api":"Test-MaintenanceMode-Gateway","stage":"live","table":"',
              { Ref: table },
              `","cache":"${NAME}"}`,
            ],
          ],
        },
      },
    ],
    [
      'signin-guard',
      { ...store, ADMIN_GROUPS: 'admins,owners', WORKER_GROUPS: 'workers', STATE_UNKNOWN: 'open' },
    ],
    [
      'drain',
      {
        ...store,
        ...jobStore,
        ...metrics,
        ACTIVITY_TABLE: { Ref: activity },
        WORKLOADS: '{"stateMachines":[],"eventSourceMappings":[]}',
      },
    ],
    ['starter', { ...store, ACTIVITY_TABLE: { Ref: activity }, DRAIN_MACHINE: { Ref: machine } }],
    ['notices', { ...store, ACTIVITY_TABLE: { Ref: activity }, NOTICES_TOPIC: { Ref: notices } }],
    [
      'health-check',
      {
        ...store,
        ...parts,
        ...jobStore,
        ...metrics,
        ACTIVITY_TABLE: { Ref: activity },
        ISSUER: issuer,
        API_URL: {
          'Fn::Join': [
            '',
            [
              'https://',
              { Ref: onlyId(template, 'AWS::ApiGateway::RestApi') },
              '.execute-api.',
              { Ref: 'AWS::Region' },
              '.',
              { Ref: 'AWS::URLSuffix' },
              '/',
              { Ref: onlyId(template, 'AWS::ApiGateway::Stage') },
            ],
          ],
        },
        ORIGIN_URL: 'https://origin.test',
        DEAD_LETTER_QUEUE: { Ref: onlyId(template, 'AWS::SQS::Queue') },
        REDIS_PROBE: { Ref: functionOf(template, 'redis-probe')[0] },
        PURGE_FUNCTION: { Ref: functionOf(template, 'purge')[0] },
        STARTER_FUNCTION: { Ref: functionOf(template, 'starter')[0] },
        CACHE_NAME: NAME,
        ALARM_PREFIX: 'Test-',
      },
    ],
  ]);

  test.each(FOLDERS)('%s is told what it needs and no more', (folder) => {
    const variables = environments.get(folder);
    expect(functionOf(template, folder)[1].Properties.Environment).toEqual({ Variables: variables });
  });

  test('options reach the functions', () => {
    const changed = synthesise({
      stateUnknown: 'closed',
      refusalForm: 'json',
      offenderThreshold: 7,
      allowedOrigins: ['https://a.example', 'https://b.example'],
      scope: 'shop',
      identity: { issuer: 'https://issuer.example.com', clientId: 'them' },
    });
    expect(functionOf(changed, 'authorizer')[1].Properties.Environment).toMatchObject({
      Variables: {
        STATE_UNKNOWN: 'closed',
        REFUSAL_FORM: 'json',
        OFFENDER_THRESHOLD: '7',
        ALLOWED_ORIGINS: 'https://a.example,https://b.example',
        SCOPE: 'shop',
        ISSUER: 'https://issuer.example.com',
        CLIENT_ID: 'them',
      },
    });
    expect(statementsOf(changed, 'tick')).toContainEqual(
      expect.objectContaining({
        Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['KEYS#https://issuer.example.com'] },
        },
      }),
    );
  });
});

describe('permissions', () => {
  const resource = { 'Fn::GetAtt': [table, 'Arn'] };
  const only = (key: unknown) => ({ 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [key] } });
  const events = only('EVENTS#default');
  const rules = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['RULES#default#*'] } };
  const windows = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['WINDOWS#default#*'] } };
  const keys = only({ 'Fn::Join': ['', ['KEYS#', issuer]] });
  const allow = (Action: Statement['Action'], Condition?: unknown): Statement => ({
    Action,
    Effect: 'Allow',
    Resource: resource,
    ...(Condition === undefined ? {} : { Condition }),
  });
  const neverRewrite: Statement = {
    Action: [
      'dynamodb:BatchWriteItem',
      'dynamodb:DeleteItem',
      'dynamodb:PartiQLDelete',
      'dynamodb:PartiQLInsert',
      'dynamodb:PartiQLUpdate',
      'dynamodb:UpdateItem',
    ],
    Effect: 'Deny',
    Resource: resource,
    Condition: { 'ForAnyValue:StringEquals': { 'dynamodb:LeadingKeys': ['EVENTS#default'] } },
  };
  const append = allow(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:Query'], events);
  const kept = (...partitions: string[]): Statement => ({
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [activity, 'Arn'] },
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });
  const read = (...partitions: string[]): Statement => ({
    ...kept(...partitions),
    Action: 'dynamodb:GetItem',
  });
  const counts = kept('COUNTS#default#*');
  const deadLetters: Statement = {
    Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] },
  };
  const jobTable = { 'Fn::GetAtt': [jobs, 'Arn'] };
  const onJobs = (Action: Statement['Action'], ...indexes: string[]): Statement => {
    const resources = indexes.map((index) => ({ 'Fn::Join': ['', [jobTable, `/index/${index}`]] }));
    return {
      Action,
      Effect: 'Allow',
      Resource: resources.length === 0 ? jobTable : resources.length === 1 ? resources[0] : resources,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['JOBS#default#*'] } },
    };
  };
  const putEvents: Statement = {
    Action: 'events:PutEvents',
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [bus, 'Arn'] },
  };
  const listStreams: Statement = { Action: 'dynamodb:ListStreams', Effect: 'Allow', Resource: '*' };
  const stream: Statement = {
    Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [table, 'StreamArn'] },
  };
  const interfaces = {
    Action: [
      'ec2:AssignPrivateIpAddresses',
      'ec2:CreateNetworkInterface',
      'ec2:DeleteNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:UnassignPrivateIpAddresses',
    ],
    Resource: '*',
  };
  /** What Lambda may do for a function in the network, and its code may not; and as whom it signs in at Redis. */
  const inNetwork = (folder: string, user: 'gate' | 'keeper'): Statement[] => [
    { ...interfaces, Effect: 'Allow' },
    {
      ...interfaces,
      Effect: 'Deny',
      Condition: {
        ArnEquals: { 'lambda:SourceFunctionArn': { 'Fn::GetAtt': [functionOf(template, folder)[0], 'Arn'] } },
      },
    },
    {
      Action: 'elasticache:Connect',
      Effect: 'Allow',
      Resource: [{ 'Fn::GetAtt': [cache, 'ARN'] }, { 'Fn::GetAtt': [userId(user), 'Arn'] }],
    },
  ];
  const userId = (user: string): string => {
    const users = Object.entries(resourcesOf(template, 'AWS::ElastiCache::User'));
    return users.find(([, { Properties }]) => Properties.UserId === `${NAME}-${user}`)?.[0] ?? '';
  };

  /** The CDK makes one statement of all that takes no resource: here each service has its own. */
  const apart = (statement: Statement): Statement[] => {
    const { Action, Resource } = statement;
    if (Resource !== '*' || !Array.isArray(Action)) return [statement];
    const byService = Map.groupBy(Action as string[], (action) => action.split(':')[0]);
    return [...byService.values()].map((actions) => ({
      ...statement,
      Action: actions.length === 1 ? (actions[0] ?? '') : actions,
    }));
  };
  const readReports = {
    ...kept('COUNTS#default#*', 'PURGE#default', 'DRAIN#default#*', 'NOTICES#default#*', 'WATCH#default#*'),
    Action: 'dynamodb:GetItem',
  };
  const readActivity = { ...kept('COUNTS#default#*', 'PURGE#default'), Action: 'dynamodb:GetItem' };
  const readStatus = {
    ...kept('COUNTS#default#*', 'PURGE#default', 'DRAIN#default#*'),
    Action: 'dynamodb:GetItem',
  };

  const useTopicKey: Statement = {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Resource: { 'Fn::GetAtt': [onlyId(template, 'AWS::KMS::Key', 'Monitoring'), 'Arn'] },
  };

  const policies = new Map<string, Statement[]>([
    [
      'authorizer',
      [
        allow('dynamodb:Query', events),
        allow('dynamodb:GetItem', rules),
        allow('dynamodb:GetItem', keys),
        ...inNetwork('authorizer', 'gate'),
      ],
    ],
    [
      'control',
      [
        append,
        neverRewrite,
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], rules),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], windows),
        readReports,
        onJobs('dynamodb:Query', 'active'),
      ],
    ],
    [
      'status',
      [
        allow('dynamodb:Query', events),
        allow('dynamodb:GetItem', rules),
        readStatus,
        onJobs('dynamodb:Query', 'active'),
      ],
    ],
    [
      'health',
      [
        allow('dynamodb:Query', events),
        allow('dynamodb:GetItem', keys),
        read('HEALTH#default'),
        ...inNetwork('health', 'gate'),
      ],
    ],
    ['redis-probe', inNetwork('redis-probe', 'keeper')],
    [
      'health-check',
      [
        allow('dynamodb:Query', events),
        allow('dynamodb:PutItem', only('PROBE#default')),
        allow('dynamodb:GetItem', keys),
        read('PURGE#default', 'DRAIN#default#*', 'PAUSES#default', 'PUBLISHED#default'),
        kept('HEALTH#default', 'WATCH#default#*'),
        onJobs('dynamodb:Query', 'active'),
        { ...deadLetters, Action: 'sqs:GetQueueAttributes' },
        {
          Action: 'lambda:InvokeFunction',
          Effect: 'Allow',
          Resource: ['starter', 'redis-probe', 'purge'].map((folder) => ({
            'Fn::GetAtt': [functionOf(template, folder)[0], 'Arn'],
          })),
        },
        {
          Action: 'elasticache:DescribeServerlessCaches',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [cache, 'ARN'] },
        },
        { Action: 'elasticache:DescribeEvents', Effect: 'Allow', Resource: '*' },
        {
          Action: 'cloudwatch:DescribeAlarms',
          Effect: 'Allow',
          Resource: {
            'Fn::Join': [
              '',
              [
                'arn:',
                { Ref: 'AWS::Partition' },
                ':cloudwatch:',
                { Ref: 'AWS::Region' },
                ':',
                { Ref: 'AWS::AccountId' },
                ':alarm:*',
              ],
            ],
          },
        },
      ],
    ],
    [
      'jobs',
      [
        allow('dynamodb:Query', events),
        onJobs(['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem']),
        onJobs('dynamodb:Query', 'active', 'byStart', 'troubled'),
        {
          ...putEvents,
          Condition: {
            StringEquals: {
              'events:source': 'enhanced-maintenance-mode',
              'events:detail-type': 'Job Requeued',
            },
          },
        },
      ],
    ],
    ['job-sweep', [onJobs(['dynamodb:GetItem', 'dynamodb:UpdateItem']), onJobs('dynamodb:Query', 'active')]],
    [
      'tick',
      [
        append,
        neverRewrite,
        allow('dynamodb:GetItem', windows),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], keys),
      ],
    ],
    ['tally', [counts, deadLetters]],
    [
      'publisher',
      [
        putEvents,
        allow('dynamodb:Query', events),
        kept('PUBLISHED#default'),
        deadLetters,
        listStreams,
        stream,
      ],
    ],
    [
      'purge',
      [
        append,
        neverRewrite,
        kept('PURGE#default'),
        allow('dynamodb:GetItem', keys),
        ...inNetwork('purge', 'keeper'),
      ],
    ],
    ['mirror', [deadLetters, listStreams, stream, ...inNetwork('mirror', 'keeper')]],
    ['sessions', [allow('dynamodb:Query', events), ...inNetwork('sessions', 'keeper')]],
    [
      'operations',
      [
        allow('dynamodb:Query', events),
        readActivity,
        { ...kept('HEALTH#default'), Action: 'dynamodb:GetItem' },
        { Effect: 'Allow', Action: 'cloudwatch:GetMetricData', Resource: '*' },
        { Effect: 'Allow', Action: 'sns:Publish', Resource: [1, 2, 3].map((each) => ({ Ref: level(each) })) },
        useTopicKey,
      ],
    ],
    ['signin-guard', [allow('dynamodb:Query', events)]],
    [
      'drain',
      [
        append,
        neverRewrite,
        kept('DRAIN#default#*', 'PAUSES#default'),
        onJobs(['dynamodb:GetItem', 'dynamodb:UpdateItem']),
        onJobs('dynamodb:Query', 'active', 'troubled'),
      ],
    ],
    [
      'starter',
      [
        allow('dynamodb:Query', events),
        kept('DRAIN#default#*', 'PAUSES#default'),
        {
          Action: ['states:ListExecutions', 'states:StartExecution'],
          Effect: 'Allow',
          Resource: { Ref: machine },
        },
      ],
    ],
    [
      'notices',
      [
        allow('dynamodb:Query', events),
        kept('NOTICES#default#*'),
        { Action: 'sns:Publish', Effect: 'Allow', Resource: { Ref: notices } },
        useTopicKey,
        deadLetters,
      ],
    ],
  ]);

  test.each(FOLDERS)('%s may do what it does, and nothing else', (folder) => {
    const statements = policies.get(folder) ?? [];
    const [, { Properties }] = functionOf(template, folder);
    const logs = (Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref;
    const write: Statement = {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [logs, 'Arn'] },
    };
    const found = statementsOf(template, folder).flatMap(apart);
    expect(found).toHaveLength(statements.length + 1);
    expect(found).toEqual(expect.arrayContaining([write, ...statements]));
  });

  test.each(FOLDERS)('the role of %s has no managed policy', (folder) => {
    const [, { Properties }] = functionOf(template, folder);
    const role = (Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
    const found = template.findResources('AWS::IAM::Role')[role];
    expect(found?.Properties.ManagedPolicyArns).toBeUndefined();
    expect(found?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
    ]);
  });
});

describe('runtime', () => {
  const sizes = new Map<string, { readonly MemorySize: number; readonly Timeout: number }>([
    ['authorizer', { MemorySize: 1769, Timeout: 3 }],
    ['control', { MemorySize: 512, Timeout: 10 }],
    ['status', { MemorySize: 512, Timeout: 5 }],
    ['health', { MemorySize: 512, Timeout: 5 }],
    ['jobs', { MemorySize: 1024, Timeout: 29 }],
    ['job-sweep', { MemorySize: 512, Timeout: 60 }],
    ['tick', { MemorySize: 256, Timeout: 30 }],
    ['tally', { MemorySize: 512, Timeout: 60 }],
    ['publisher', { MemorySize: 256, Timeout: 30 }],
    ['purge', { MemorySize: 512, Timeout: 900 }],
    ['mirror', { MemorySize: 256, Timeout: 30 }],
    ['sessions', { MemorySize: 512, Timeout: 10 }],
    ['operations', { MemorySize: 512, Timeout: 15 }],
    ['signin-guard', { MemorySize: 512, Timeout: 5 }],
    ['drain', { MemorySize: 1024, Timeout: 120 }],
    ['starter', { MemorySize: 256, Timeout: 30 }],
    ['notices', { MemorySize: 256, Timeout: 30 }],
    ['health-check', { MemorySize: 512, Timeout: 30 }],
    ['redis-probe', { MemorySize: 256, Timeout: 5 }],
  ]);

  test.each(FOLDERS)('%s runs on Node 24 and arm64 with a log group that is cleared', (folder) => {
    const [, { Properties }] = functionOf(template, folder);
    expect(sizes.has(folder)).toBe(true);
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      ...sizes.get(folder),
      LoggingConfig: { LogFormat: 'Text' },
    });
    const logs = (Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref;
    expect(template.findResources('AWS::Logs::LogGroup')[logs]).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: { RetentionInDays: 90 },
    });
  });

  test('executions are set aside for what admins need, and only when asked', () => {
    const setAside = (of: Template) =>
      FOLDERS.map((folder) => [
        folder,
        functionOf(of, folder)[1].Properties.ReservedConcurrentExecutions,
      ]).filter(([, number]) => number !== undefined);
    expect(setAside(template)).toEqual([
      ['control', 5],
      ['signin-guard', 5],
    ]);
    expect(setAside(synthesise())).toEqual([]);
  });
});
