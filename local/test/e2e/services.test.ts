import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { accessKeyOf } from '../../iam.ts';
import { eventually } from '../support/eventually.ts';
import { handmadeStack } from '../support/handmade-stack.ts';
import { ServicesUnderTest } from '../support/services-under-test.ts';

const arn = (resource: string) => ({ 'Fn::GetAtt': [resource, 'Arn'] });

const stack = () =>
  handmadeStack({
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'Events',
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'N' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'bus' } },
    Dead: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'dead' } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { TopicName: 'warnings' } },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Service: 'events.amazonaws.com' },
              Action: 'sns:Publish',
              Resource: { Ref: 'Topic' },
            },
          ],
        },
      },
    },
    Secret: {
      Type: 'AWS::SecretsManager::Secret',
      Properties: { GenerateSecretString: { PasswordLength: 40 } },
    },
    Worker: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'worker', Role: arn('Role') } },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: {
        FunctionName: { Ref: 'Worker' },
        EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 1,
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        EventPattern: { source: ['maintenance-mode'] },
        Targets: [
          {
            Id: 'worker',
            Arn: arn('Worker'),
            DeadLetterConfig: { Arn: arn('Dead') },
            RetryPolicy: { MaximumRetryAttempts: 1 },
          },
          { Id: 'topic', Arn: { Ref: 'Topic' }, InputPath: '$.detail' },
        ],
      },
    },
    Minute: {
      Type: 'AWS::Events::Rule',
      Properties: { ScheduleExpression: 'rate(1 minute)', Targets: [{ Id: 'worker', Arn: arn('Worker') }] },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [
          {
            PolicyDocument: {
              Statement: [
                { Effect: 'Allow', Action: 'dynamodb:PutItem', Resource: arn('Table') },
                { Effect: 'Allow', Action: 'events:PutEvents', Resource: arn('Bus') },
              ],
            },
          },
        ],
      },
    },
  });

let under: ServicesUnderTest;

beforeAll(async () => {
  under = await ServicesUnderTest.start(stack());
});
afterAll(() => under?.stop());
beforeEach(() => {
  under.handler = () => null;
  under.invocations.length = 0;
});
afterEach(() => under.cloud.faults.set({ service: 'dynamodb', fault: 'none' }));

/** Settings of a client of the SDK; by default the administrator's. */
const client = (accessKeyId = 'test', of = under) => ({
  endpoint: of.services.awsEndpointUrl,
  region: 'us-east-1',
  credentials: { accessKeyId, secretAccessKey: 'test' },
  maxAttempts: 1,
});
const database = (accessKeyId?: string) => new DynamoDBClient(client(accessKeyId));
const item = (pk: string, sk: number, more: Record<string, { S: string }> = {}) => ({
  pk: { S: pk },
  sk: { N: String(sk) },
  ...more,
});
const put = (pk: string, sk: number, more: Record<string, { S: string }> = {}) =>
  database().send(new PutItemCommand({ TableName: 'Events', Item: item(pk, sk, more) }));

/** The records of a partition that the function has been handed. */
const records = (pk: string) =>
  under.invocations
    .flatMap(({ event }) => event.Records ?? [])
    .filter((record) => record.dynamodb.Keys.pk.S === pk);

/** A call in one of AWS's JSON protocols, as the SDK makes it. */
async function awsCall(target: string, body: object, accessKeyId = 'test') {
  const response = await fetch(under.services.awsEndpointUrl, {
    method: 'POST',
    headers: {
      'X-Amz-Target': target,
      'Content-Type': 'application/x-amz-json-1.1',
      Authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20260101/us-east-1/x/aws4_request, SignedHeaders=host, Signature=x`,
    },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: await response.json() };
}

describe('a table with a stream', () => {
  test('hands over insertions, changes and removals with their images, in order', async () => {
    await put('a', 1, { v: { S: 'one' } });
    await put('a', 1, { v: { S: 'one' } });
    await database().send(
      new UpdateItemCommand({
        TableName: 'Events',
        Key: item('a', 1),
        UpdateExpression: 'SET v = :v',
        ExpressionAttributeValues: { ':v': { S: 'two' } },
      }),
    );
    await database().send(new DeleteItemCommand({ TableName: 'Events', Key: item('a', 1) }));
    await eventually(async () => records('a').length === 3);
    expect(
      records('a').map(({ eventName, dynamodb }) => [
        eventName,
        dynamodb.OldImage?.v.S,
        dynamodb.NewImage?.v.S,
      ]),
    ).toEqual([
      ['INSERT', undefined, 'one'],
      ['MODIFY', 'one', 'two'],
      ['REMOVE', 'two', undefined],
    ]);
  });

  test('makes no record of a write that its condition refuses, and one only of fifty that race for a key', async () => {
    const attempts = Array.from({ length: 50 }, (_, writer) =>
      database()
        .send(
          new PutItemCommand({
            TableName: 'Events',
            Item: item('race', 1, { v: { S: String(writer) } }),
            ConditionExpression: 'attribute_not_exists(pk)',
          }),
        )
        .then(() => String(writer))
        .catch((error: Error) => error.name),
    );
    const outcomes = await Promise.all(attempts);
    const winners = outcomes.filter((outcome) => outcome !== 'ConditionalCheckFailedException');
    expect(winners).toHaveLength(1);
    await put('after the race', 1);
    await eventually(async () => records('after the race').length === 1);
    expect(records('race').map(({ dynamodb }) => dynamodb.NewImage.v.S)).toEqual(winners);
  });

  test('makes a record of each item of a batch', async () => {
    await put('batch', 1);
    await database().send(
      new BatchWriteItemCommand({
        RequestItems: {
          Events: [{ PutRequest: { Item: item('batch', 2) } }, { DeleteRequest: { Key: item('batch', 1) } }],
        },
      }),
    );
    await eventually(async () => records('batch').length === 3);
    expect(
      records('batch')
        .map(({ eventName }) => eventName)
        .sort(),
    ).toEqual(['INSERT', 'INSERT', 'REMOVE']);
  });

  test('keeps its items and what is not yet delivered over a restart', async () => {
    const data = mkdtempSync(path.join(tmpdir(), 'kept-'));
    try {
      const first = await ServicesUnderTest.start(stack(), data);
      first.handler = () => {
        throw new Error('not now');
      };
      await new DynamoDBClient(client('test', first)).send(
        new PutItemCommand({ TableName: 'Events', Item: item('kept', 1) }),
      );
      await eventually(async () => first.invocations.length > 0);
      await first.stop();
      const second = await ServicesUnderTest.start(stack(), data);
      try {
        await eventually(async () => second.invocations.length > 0);
        expect(second.invocations[0]?.event.Records[0].dynamodb.Keys).toEqual(item('kept', 1));
        const { Item } = await new DynamoDBClient(client('test', second)).send(
          new GetItemCommand({ TableName: 'Events', Key: item('kept', 1) }),
        );
        expect(Item).toEqual(item('kept', 1));
      } finally {
        await second.stop();
      }
    } finally {
      rmSync(data, { recursive: true });
    }
  });
});

describe('the permissions of a role', () => {
  const role = accessKeyOf('Role');

  test('let it do what its policy allows', async () => {
    await database(role).send(new PutItemCommand({ TableName: 'Events', Item: item('role', 1) }));
  });

  test.each([
    [
      'an action',
      () =>
        new QueryCommand({
          TableName: 'Events',
          KeyConditionExpression: 'pk = :p',
          ExpressionAttributeValues: { ':p': { S: 'role' } },
        }),
    ],
    ['a resource', () => new PutItemCommand({ TableName: 'Other', Item: item('role', 1) })],
  ])('refuse %s beyond it, as AWS does', async (_what, command) => {
    // biome-ignore lint/suspicious/noExplicitAny: two commands of different types
    await expect(database(role).send(command() as any)).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringMatching(
        /^User: arn:aws:sts::000000000000:assumed-role\/Test-Role\/local is not authorized to perform: dynamodb:/,
      ),
      $metadata: { httpStatusCode: 400 },
    });
  });

  test('hold for every service', async () => {
    const { SecretId } = {
      SecretId: under.cloud.stack.attribute(under.cloud.stack.resource('Secret'), 'Ref'),
    };
    const refused = await awsCall('secretsmanager.GetSecretValue', { SecretId }, role);
    expect(refused).toMatchObject({ status: 400, json: { __type: 'AccessDeniedException' } });
    const { Arn } = await new STSClient(client(role)).send(new GetCallerIdentityCommand({}));
    expect(Arn).toBe('arn:aws:sts::000000000000:assumed-role/Test-Role/local');
  });
});

describe('an event bus', () => {
  const putEvents = (source: string, detail: object) =>
    new EventBridgeClient(client(accessKeyOf('Role'))).send(
      new PutEventsCommand({
        Entries: [
          { Source: source, DetailType: 'Maintenance', Detail: JSON.stringify(detail), EventBusName: 'bus' },
        ],
      }),
    );
  const events = () => under.invocations.filter(({ event }) => event['detail-type'] === 'Maintenance');
  const deadLetters = () => under.services.queues.list()[0]?.messages ?? [];

  test('hands an event to the targets of the rules that it matches', async () => {
    await putEvents('somebody else', { version: 1 });
    const { Entries, FailedEntryCount } = await putEvents('maintenance-mode', { version: 2 });
    expect({ Entries, FailedEntryCount }).toEqual({
      FailedEntryCount: 0,
      Entries: [{ EventId: expect.any(String) }],
    });
    await eventually(async () => events().length > 0 && under.services.topics.notices().length > 0);
    expect(events().map(({ event }) => [event.source, event.detail])).toEqual([
      ['maintenance-mode', { version: 2 }],
    ]);
    expect(under.services.topics.notices()).toMatchObject([{ topic: 'warnings', message: '{"version":2}' }]);
  });

  test('tries a failing target again, and gives the event to the dead-letter queue then', async () => {
    under.handler = () => {
      throw new Error('no');
    };
    await putEvents('maintenance-mode', { version: 3 });
    await eventually(async () => deadLetters().length === 1);
    expect(events()).toHaveLength(2);
    expect(JSON.parse(deadLetters()[0]?.body ?? '')).toMatchObject({ detail: { version: 3 } });
  });

  test.each([
    ['a bus that is not there', { EventBusName: 'other' }, 'ResourceNotFoundException'],
    ['details that are no JSON', { Detail: '{' }, 'MalformedDetail'],
  ])('refuses %s', async (_what, entry, code) => {
    const answer = await new EventBridgeClient(client()).send(
      new PutEventsCommand({
        Entries: [{ Source: 's', DetailType: 'd', Detail: '{}', EventBusName: 'bus', ...entry }],
      }),
    );
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: code }] });
  });

  test('runs the schedules of every minute at a tick, and is done when they are', async () => {
    await under.services.tick();
    expect(under.invocations.map(({ event }) => event['detail-type'])).toEqual(['Scheduled Event']);
  });

  test('runs the schedules when the movable clock reaches the next minute', async () => {
    under.cloud.clock.advance(60_000);
    await eventually(async () => under.invocations.some(({ event }) => event.source === 'aws.events'));
  });
});

describe('the endpoint', () => {
  test('refuses a service and an operation that it does not have, by name', async () => {
    expect(await awsCall('Kinesis_20131202.PutRecord', {})).toMatchObject({
      status: 400,
      json: {
        __type: 'UnknownOperationException',
        message: expect.stringContaining('Kinesis_20131202.PutRecord'),
      },
    });
    expect(await awsCall('AWSEvents.ListRules', {})).toMatchObject({
      json: { message: expect.stringContaining('ListRules') },
    });
  });

  test('gives a secret that was made once, and the same to the template', async () => {
    const secretId = under.cloud.stack.attribute(under.cloud.stack.resource('Secret'), 'Ref');
    const { json } = await awsCall('secretsmanager.GetSecretValue', { SecretId: secretId });
    expect(json).toMatchObject({ SecretString: expect.stringMatching(/^.{40}$/s) });
    expect(under.cloud.stack.resolve(`{{resolve:secretsmanager:${secretId}:SecretString:::}}`)).toBe(
      (json as { SecretString: string }).SecretString,
    );
  });

  test('lets a message be sent, received once, and deleted', async () => {
    const { json: queue } = await awsCall('AmazonSQS.GetQueueUrl', { QueueName: 'dead' });
    const { QueueUrl } = queue as { QueueUrl: string };
    await awsCall('AmazonSQS.PurgeQueue', { QueueUrl });
    await awsCall('AmazonSQS.SendMessage', { QueueUrl, MessageBody: 'hello' });
    const { json } = await awsCall('AmazonSQS.ReceiveMessage', { QueueUrl });
    const [message] = (json as { Messages: { Body: string; ReceiptHandle: string }[] }).Messages;
    expect(message?.Body).toBe('hello');
    expect((await awsCall('AmazonSQS.ReceiveMessage', { QueueUrl })).json).toEqual({ Messages: [] });
    await awsCall('AmazonSQS.DeleteMessage', { QueueUrl, ReceiptHandle: message?.ReceiptHandle });
    expect(under.services.queues.list()[0]?.messages).toEqual([]);
  });
});

describe('a fault', () => {
  const read = () => database().send(new GetItemCommand({ TableName: 'Events', Key: item('fault', 1) }));

  test('of dynamodb closes connections, delays calls, or answers with errors', async () => {
    under.cloud.faults.set({ service: 'dynamodb', fault: 'down' });
    await expect(read()).rejects.toThrow(/socket hang up|ECONNRESET/);
    under.cloud.faults.set({ service: 'dynamodb', fault: 'errors' });
    await expect(read()).rejects.toMatchObject({
      name: 'InternalServerError',
      $metadata: { httpStatusCode: 500 },
    });
    under.cloud.faults.set({ service: 'dynamodb', fault: 'slow', ms: 150 });
    const begun = performance.now();
    await read();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(145);
    under.cloud.faults.set({ service: 'dynamodb', fault: 'none' });
    await read();
  });

  test('of redis stops the server and starts it again with its data on the same port', async () => {
    const { redis } = under.services;
    const set = async (fault: 'down' | 'slow' | 'errors' | 'none', ms = 0) => {
      under.cloud.faults.set({ service: 'redis', fault, ms });
      await redis.settled();
    };
    const user = new Redis(redis.url, { retryStrategy: () => 20, maxRetriesPerRequest: 0 });
    user.on('error', () => undefined);
    try {
      expect(await user.cluster('INFO')).toContain('cluster_slots_ok:16384');
      await user.set('key', 'value');
      await set('down');
      await expect(user.get('key')).rejects.toThrow();
      await set('none');
      await eventually(async () => (await user.get('key').catch(() => null)) === 'value');
      await set('errors');
      await expect(user.get('key')).rejects.toThrow('NOPERM');
      await set('slow', 200);
      const begun = performance.now();
      for (let call = 0; call < 3; call++) await user.get('key');
      expect(performance.now() - begun).toBeGreaterThan(150);
      await set('none');
      expect(await user.get('key')).toBe('value');
    } finally {
      user.disconnect();
      await set('none');
    }
  });
});
