import { CorruptLogError } from '../../core/errors.ts';
import { INITIAL_STATE, type State } from '../../core/state/state.ts';
import type { DynamoDbReads } from './dynamodb-over-https.ts';

/**
 * The state after the newest event of the log, read consistently: one query of one item.
 * Rejects with StoreUnavailableError or CorruptLogError.
 */
export async function readState(reads: DynamoDbReads, table: string, scope: string): Promise<State> {
  const { Items = [] } = await reads.query({
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: `EVENTS#${scope}` } },
    ProjectionExpression: 'sk, #state',
    ExpressionAttributeNames: { '#state': 'state' },
    ScanIndexForward: false,
    Limit: 1,
    ConsistentRead: true,
  });
  const item = Items[0];
  if (item === undefined) return INITIAL_STATE;
  const number = Number(item.sk?.N);
  try {
    const state = JSON.parse(item.state?.S ?? '') as State;
    if (state.version === number) return state;
  } catch (cause) {
    throw new CorruptLogError(number, `Event ${number} holds no readable state.`, { cause });
  }
  throw new CorruptLogError(number, `Event ${number} holds the state of another event.`);
}
