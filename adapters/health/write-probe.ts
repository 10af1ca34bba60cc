import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { askStore } from '../state/state-store.ts';

/** Longest time for the write, retries included, ms. */
const CALL_DEADLINE = 2500;

/**
 * A write into the event log's table on a condition, as every append is one, beside the log: one item of a partition of
 * its own, replaced by a newer one. The stream's readers don't see it. Rejects with StoreUnavailableError.
 *
 * @param now ms since the epoch
 */
export async function writeProbe(
  {
    client,
    table,
    scope,
  }: { readonly client: DynamoDBClient; readonly table: string; readonly scope: string },
  now: number,
): Promise<void> {
  const put = new PutItemCommand({
    TableName: table,
    Item: { pk: { S: `PROBE#${scope}` }, sk: { N: '0' }, at: { N: String(now) } },
    ConditionExpression: 'attribute_not_exists(pk) OR #at <= :at',
    ExpressionAttributeNames: { '#at': 'at' },
    ExpressionAttributeValues: { ':at': { N: String(now) } },
  });
  await askStore('Writing beside the event log', CALL_DEADLINE, async (options) => {
    try {
      await client.send(put, options);
    } catch (error) {
      // Refused on its condition is answered too: another check was a moment ahead, or the clock went back.
      if ((error as Error).name !== 'ConditionalCheckFailedException') throw error;
    }
  });
}
