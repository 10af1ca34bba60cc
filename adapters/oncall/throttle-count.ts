import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** What DynamoDB calls being asked too often. Source: "Error handling with DynamoDB" of its developer guide. */
const THROTTLES = ['ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'ThrottlingException'];

/** Counts the tries of a client that were throttled, those that a retry made good included. Gives the count since it was asked last. */
export function countThrottles(client: DynamoDBClient): () => number {
  let count = 0;
  client.middlewareStack.add(
    (next) => async (call) => {
      try {
        return await next(call);
      } catch (error) {
        if (THROTTLES.includes((error as Error).name)) count += 1;
        throw error;
      }
    },
    { step: 'deserialize', name: 'countThrottles', priority: 'high' },
  );
  return () => {
    const counted = count;
    count = 0;
    return counted;
  };
}
