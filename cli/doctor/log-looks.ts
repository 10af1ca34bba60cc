import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { partitionOf } from '../../adapters/events/event-item.ts';
import { verifyNewest } from '../../adapters/events/verify-chain.ts';
import { stateOf } from '../../core/events/append-change.ts';
import { statusView } from '../../core/status/status-view.ts';
import { type StatusFacts, statusFacts, type WindowsFacts } from './checks/facts.ts';
import { lookAt } from './look-at.ts';
import { type Look, part } from './observation.ts';
import { once } from './once.ts';

/** How many of the newest events are looked at. */
const NEWEST = 100;

/** A table, and a client that may ask it. */
export interface TableAccess {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly scope: string;
}

/** What can be seen of the event log by AWS credentials and the state table alone; each is looked at once. */
export class LogLooks {
  readonly #access: () => Promise<Look<TableAccess>>;
  readonly #limit: number;
  readonly #now: () => number;

  /**
   * @param access whether the table is known and there are credentials
   * @param limit longest wait for one answer, ms
   */
  constructor(access: () => Promise<Look<TableAccess>>, limit: number, now: () => number) {
    this.#access = access;
    this.#limit = limit;
    this.#now = now;
  }

  readonly head = once(() => this.#at((access) => new DynamoDbEventLog(access).head()));

  readonly status = once(async (): Promise<Look<StatusFacts>> => {
    const context = { now: this.#now(), forAdmin: true, source: 'event_log' } as const;
    return part(await this.head(), (head) => statusFacts.parse(statusView(stateOf(head), context)));
  });

  readonly windows = once(
    async (): Promise<Look<WindowsFacts>> =>
      part(await this.head(), (head) => ({
        items: (stateOf(head).windows?.windows ?? []).map(({ id }) => ({ id })),
        next_cursor: null,
      })),
  );

  readonly newest = once(() =>
    this.#at(async (access) => (await new DynamoDbEventLog(access).page({ limit: NEWEST })).items.length),
  );

  readonly chain = once(() => this.#at((access) => verifyNewest(new DynamoDbEventLog(access), NEWEST)));

  /** A write whose condition never holds: whether one may write is told, and nothing is written. Events begin at 1. */
  readonly write = once(() =>
    this.#at(async ({ client, table, scope }, abortSignal): Promise<null> => {
      const put = new PutItemCommand({
        TableName: table,
        Item: { pk: { S: partitionOf(scope) }, sk: { N: '0' } },
        ConditionExpression: 'attribute_exists(pk)',
      });
      try {
        await client.send(put, { abortSignal });
      } catch (error) {
        if ((error as Error).name === 'ConditionalCheckFailedException') return null;
        throw error;
      }
      throw new Error('Item 0 of the event log exists, which nothing of ours writes');
    }),
  );

  async #at<T>(see: (access: TableAccess, signal: AbortSignal) => Promise<T>): Promise<Look<T>> {
    const access = await this.#access();
    if (access.outcome !== 'seen') return access;
    return await lookAt(this.#limit, (signal) => see(access.value, signal));
  }
}
