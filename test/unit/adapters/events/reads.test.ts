import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoDbEventLog } from '../../../../adapters/events/dynamodb-event-log.ts';

const log = new DynamoDbEventLog({ client: new DynamoDBClient({}), table: 'State', scope: 'main' });

// An emulator of DynamoDB reads consistently whether asked to or not, so this is checked on the request.
test.each<[string, () => Promise<unknown>]>([
  ['the head', () => log.head()],
  ['a page', () => log.page({ limit: 10 })],
  ['an idempotency key', () => log.findByIdempotencyKey('alice', 'key-1', 0)],
])('reading %s sees every event acknowledged before', async (_, read) => {
  const dynamoDb = mockClient(DynamoDBClient).on(QueryCommand).resolves({ Items: [] });
  await read();
  expect(dynamoDb.commandCalls(QueryCommand).map(({ args }) => args[0].input.ConsistentRead)).toEqual([true]);
});
