import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { JOB_TABLE } from '../../core/jobs/job-table.ts';

/** Makes the table of jobs, as the stack has it. */
export async function createJobTable(client: DynamoDBClient, name: string): Promise<void> {
  const { partitionKey, sortKey, indexes } = JOB_TABLE;
  const attributes = [partitionKey, sortKey, ...Object.values(indexes)];
  await client.send(
    new CreateTableCommand({
      TableName: name,
      AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: Object.entries(indexes).map(([IndexName, key]) => ({
        IndexName,
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: key, KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'KEYS_ONLY' },
      })),
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
}
