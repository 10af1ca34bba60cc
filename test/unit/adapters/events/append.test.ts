import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  DynamoDBServiceException,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDbEventLog } from '../../../../adapters/events/dynamodb-event-log.ts';
import { CorruptLogError, OutcomeUnknownError } from '../../../../core/errors.ts';
import { draftAfter } from '../../../support/event-drafts.ts';

const taken = new ConditionalCheckFailedException({
  message: 'The conditional request failed',
  $metadata: {},
});
const refused = new DynamoDBServiceException({
  name: 'AccessDeniedException',
  $fault: 'client',
  $metadata: {},
});

describe('What became of a put that failed', () => {
  const dynamoDb = mockClient(DynamoDBClient);
  const log = new DynamoDbEventLog({
    client: new DynamoDBClient({}),
    table: 'State',
    scope: 'main',
    newId: () => 'event-1',
  });

  beforeEach(() => {
    dynamoDb.reset();
  });

  test('is found out by a consistent read', async () => {
    dynamoDb
      .on(PutItemCommand)
      .rejects(taken)
      .on(GetItemCommand)
      .resolves({ Item: { id: { S: 'event-1' } } });
    expect(await log.append(draftAfter(null), null)).toMatchObject({ outcome: 'appended' });
    expect(dynamoDb.commandCalls(GetItemCommand)[0]?.args[0].input).toMatchObject({
      Key: { pk: { S: 'EVENTS#main' }, sk: { N: '1' } },
      ConsistentRead: true,
    });
  });

  test('a place that was taken and is empty now means that the log lost an event', async () => {
    dynamoDb.on(PutItemCommand).rejects(taken).on(GetItemCommand).resolves({});
    const failure = await log.append(draftAfter(null), null).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CorruptLogError);
    expect(failure).toMatchObject({ number: 1 });
  });

  test('an item without an id is not our own', async () => {
    dynamoDb
      .on(PutItemCommand)
      .rejects(taken)
      .on(GetItemCommand)
      .resolves({ Item: { pk: { S: 'x' } } });
    expect(await log.append(draftAfter(null), null)).toEqual({ outcome: 'conflict' });
  });

  test('what went wrong first and what went wrong then are both kept as the cause', async () => {
    const away = new Error('away');
    dynamoDb.on(PutItemCommand).rejects(refused).on(GetItemCommand).rejects(away);
    const failure = await log.append(draftAfter(null), null).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(OutcomeUnknownError);
    expect(failure).toMatchObject({ cause: { errors: [refused, away] } });
  });

  test('what was never heard of again keeps its failure as the cause', async () => {
    dynamoDb.on(PutItemCommand).rejects(refused).on(GetItemCommand).resolves({});
    const failure = await log.append(draftAfter(null), null).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'OutcomeUnknownError', cause: refused });
  });
});
