import { describe, expect, test } from '@jest/globals';
import { functionOf, onlyId, type Statement, statementsOf, synthesise, tableId } from './synthesise.ts';

const template = synthesise({ controlReservedConcurrency: 5, adminGroups: ['admins', 'owners'] });
const table = tableId(template, 'EventLog');
const activity = tableId(template, 'Activity');
const issuer = { 'Fn::GetAtt': [onlyId(template, 'AWS::Cognito::UserPool'), 'ProviderURL'] };
const client = { Ref: onlyId(template, 'AWS::Cognito::UserPoolClient') };

const store = { STATE_TABLE: { Ref: table }, SCOPE: 'default' };
const alwaysAllowed = '/static/{proxy+},/favicon.ico,/health,/health/{proxy+},/api/csrf-token';

describe('environment', () => {
  test.each<[folder: string, variables: Record<string, unknown>]>([
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
      },
    ],
    [
      'control',
      {
        ...store,
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
        ACTIVITY_TABLE: { Ref: activity },
        ISSUER: issuer,
        CLIENT_ID: client,
        ALLOWED_ORIGINS: '*',
      },
    ],
    ['tick', { ...store, ISSUER: issuer }],
    ['tally', { SCOPE: 'default', ACTIVITY_TABLE: { Ref: activity } }],
    ['publisher', { SCOPE: 'default', EVENT_BUS: { Ref: onlyId(template, 'AWS::Events::EventBus') } }],
  ])('%s is told what it needs and no more', (folder, variables) => {
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
  const counts: Statement = {
    Action: ['dynamodb:GetItem', 'dynamodb:PutItem'],
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [activity, 'Arn'] },
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['COUNTS#default#*'] } },
  };
  const progress: Statement = {
    Action: 'dynamodb:GetItem',
    Effect: 'Allow',
    Resource: { 'Fn::GetAtt': [activity, 'Arn'] },
    Condition: only('PURGE#default'),
  };
  const queue = { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] };

  test.each<[folder: string, statements: Statement[]]>([
    [
      'authorizer',
      [allow('dynamodb:Query', events), allow('dynamodb:GetItem', rules), allow('dynamodb:GetItem', keys)],
    ],
    [
      'control',
      [
        append,
        neverRewrite,
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], rules),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], windows),
        progress,
      ],
    ],
    [
      'status',
      [
        allow('dynamodb:Query', events),
        allow('dynamodb:GetItem', rules),
        allow('dynamodb:GetItem', keys),
        { ...counts, Action: 'dynamodb:GetItem' },
        progress,
      ],
    ],
    [
      'tick',
      [
        append,
        neverRewrite,
        allow('dynamodb:GetItem', windows),
        allow(['dynamodb:GetItem', 'dynamodb:PutItem'], keys),
      ],
    ],
    [
      'tally',
      [
        counts,
        {
          Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
          Effect: 'Allow',
          Resource: queue,
        },
      ],
    ],
    [
      'publisher',
      [
        {
          Action: 'events:PutEvents',
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [onlyId(template, 'AWS::Events::EventBus'), 'Arn'] },
        },
        {
          Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
          Effect: 'Allow',
          Resource: queue,
        },
        { Action: 'dynamodb:ListStreams', Effect: 'Allow', Resource: '*' },
        {
          Action: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
          Effect: 'Allow',
          Resource: { 'Fn::GetAtt': [table, 'StreamArn'] },
        },
      ],
    ],
  ])('%s may do what it does, and nothing else', (folder, statements) => {
    const [, { Properties }] = functionOf(template, folder);
    const logs = (Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref;
    const write: Statement = {
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [logs, 'Arn'] },
    };
    const found = statementsOf(template, folder);
    expect(found).toHaveLength(statements.length + 1);
    expect(found).toEqual(expect.arrayContaining([write, ...statements]));
  });

  test.each(['authorizer', 'control', 'status', 'tick', 'tally', 'publisher'])(
    'the role of %s has no managed policy',
    (folder) => {
      const [, { Properties }] = functionOf(template, folder);
      const role = (Properties.Role as { 'Fn::GetAtt': [string] })['Fn::GetAtt'][0];
      const found = template.findResources('AWS::IAM::Role')[role];
      expect(found?.Properties.ManagedPolicyArns).toBeUndefined();
      expect(found?.Properties.AssumeRolePolicyDocument.Statement).toEqual([
        { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' } },
      ]);
    },
  );
});

describe('runtime', () => {
  test.each<[folder: string, memory: number, timeout: number]>([
    ['authorizer', 1769, 3],
    ['control', 512, 10],
    ['status', 512, 5],
    ['tick', 256, 30],
    ['tally', 512, 60],
    ['publisher', 256, 30],
  ])('%s runs on Node 24 and arm64 with a log group that is cleared', (folder, memory, timeout) => {
    const [, { Properties }] = functionOf(template, folder);
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: memory,
      Timeout: timeout,
      LoggingConfig: { LogFormat: 'Text' },
    });
    const logs = (Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup.Ref;
    expect(template.findResources('AWS::Logs::LogGroup')[logs]).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: { RetentionInDays: 90 },
    });
  });

  test('executions are set aside for the control function only when asked', () => {
    expect(functionOf(template, 'control')[1].Properties.ReservedConcurrentExecutions).toBe(5);
    const plain = synthesise();
    expect(functionOf(plain, 'control')[1].Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});
