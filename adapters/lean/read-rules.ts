import type { Rule } from '../../core/decision/rule.ts';
import { CorruptLogError } from '../../core/errors.ts';
import type { DynamoDbReads } from './dynamodb-over-https.ts';

/** A set of the owner's rules by its name. Rejects with StoreUnavailableError or CorruptLogError. */
export async function readRules(
  reads: DynamoDbReads,
  table: string,
  scope: string,
  name: string,
): Promise<readonly Rule[]> {
  const { Item } = await reads.getItem({
    TableName: table,
    Key: { pk: { S: `RULES#${scope}#${name}` }, sk: { N: '0' } },
    ProjectionExpression: '#rules',
    ExpressionAttributeNames: { '#rules': 'rules' },
    ConsistentRead: true,
  });
  if (Item?.rules?.S === undefined) throw new CorruptLogError(0, `The set of rules ${name} is not there.`);
  return JSON.parse(Item.rules.S) as Rule[];
}
