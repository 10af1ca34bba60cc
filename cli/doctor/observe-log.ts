import { type DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { partitionOf } from '../../adapters/events/event-item.ts';
import { verifyNewest } from '../../adapters/events/verify-chain.ts';
import { stateOf } from '../../core/events/append-change.ts';
import { type Observation, part } from '../../core/health/observation.ts';
import { statusView } from '../../core/status/status-view.ts';
import { type StatusFacts, statusFacts, type WindowsFacts } from './api-facts.ts';
import { observe } from './observe.ts';
import { once } from './once.ts';

/** How many of the newest events are read. */
const NEWEST = 100;

/** A table, and a client that may ask it. */
export interface TableAccess {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly scope: string;
}

/** What can be observed of the event log by AWS credentials and the state table alone; each once. */
export class LogObserver {
  readonly #access: () => Promise<Observation<TableAccess>>;
  readonly #limit: number;
  readonly #now: () => number;

  /**
   * @param access whether the table is known and there are credentials
   * @param limit longest wait for one answer, ms
   */
  constructor(access: () => Promise<Observation<TableAccess>>, limit: number, now: () => number) {
    this.#access = access;
    this.#limit = limit;
    this.#now = now;
  }

  readonly head = once(() => this.#at((access) => new DynamoDbEventLog(access).head()));

  readonly status = once(async (): Promise<Observation<StatusFacts>> => {
    const context = { now: this.#now(), forAdmin: true, source: 'event_log' } as const;
    return part(await this.head(), (head) => statusFacts.parse(statusView(stateOf(head), context)));
  });

  readonly windows = once(
    async (): Promise<Observation<WindowsFacts>> =>
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

  async #at<T>(ask: (access: TableAccess, signal: AbortSignal) => Promise<T>): Promise<Observation<T>> {
    const access = await this.#access();
    if (access.outcome !== 'observed') return access;
    return await observe(this.#limit, (signal) => ask(access.value, signal));
  }
}
