import { randomUUID } from 'node:crypto';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
} from '@aws-sdk/client-dynamodb';
import { CLOCK_SKEW_MS } from '../../core/clock-skew.ts';
import { CorruptLogError, OutcomeUnknownError } from '../../core/errors.ts';
import type { EventDraft, Idempotency, MaintenanceEvent } from '../../core/events/event.ts';
import type { Appended, EventLog, Head, Page } from '../../core/events/event-log.ts';
import { askStore } from '../state/state-store.ts';
import { eventOf, itemOf, partitionOf } from './event-item.ts';
import { assertPageSize, MAX_PAGE_SIZE } from './page-size.ts';
import { sealEvent } from './seal-event.ts';

interface DynamoDbEventLogOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Name of the log within the table. */
  readonly scope: string;
  readonly newId?: () => string;
}

/** Longest time for a call, retries included, ms. */
const CALL_DEADLINE = 3000;
/** Longest time for finding out what became of a put that failed, ms. So an append takes under 5 s. */
const LOOK_DEADLINE = 1500;
/**
 * The event log in DynamoDB: one item for each event, put if its number is free, and never touched again.
 *
 * An acknowledged append is in the log for good: it is acknowledged only when its own put succeeded, or when a
 * consistent read has found it. Who is told `conflict` has not written and never will: the number is taken.
 *
 * @example new DynamoDbEventLog({ client: createStoreClient(), table: 'State', scope: 'main' })
 */
export class DynamoDbEventLog implements EventLog {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #scope: string;
  readonly #newId: () => string;

  constructor({ client, table, scope, newId = randomUUID }: DynamoDbEventLogOptions) {
    this.#client = client;
    this.#table = table;
    this.#scope = scope;
    this.#newId = newId;
  }

  async head(): Promise<Head> {
    const [newest] = await askStore('Reading the newest event', CALL_DEADLINE, (options) =>
      this.#query({ limit: 1 }, options),
    );
    return newest ?? null;
  }

  /**
   * A put that fails says little: the SDK may have repeated one that had succeeded, and so have met its own event,
   * or the answer may be lost. So after any failure the log itself is asked, by number. Nothing found there still
   * isn't a no, for a put under way may arrive later: then nobody knows, and OutcomeUnknownError says so. Such a
   * latecomer does no harm: it takes its number only while that is free, which is exactly the case in which it
   * follows the event that it was judged against.
   *
   * Also throws StateTooLargeError, and nothing was sent.
   */
  async append(draft: EventDraft, after: Head, idempotency?: Idempotency): Promise<Appended> {
    const event = sealEvent(draft, after, { id: this.#newId(), idempotency });
    const put = new PutItemCommand({
      TableName: this.#table,
      Item: itemOf(this.#scope, event),
      ConditionExpression: 'attribute_not_exists(pk)',
    });
    try {
      await this.#client.send(put, { abortSignal: AbortSignal.timeout(CALL_DEADLINE) });
    } catch (failure) {
      return this.#lookFor(event, failure);
    }
    return { outcome: 'appended', event };
  }

  async page({ limit, before = null }: { limit: number; before?: number | null }): Promise<Page> {
    assertPageSize(limit);
    const items = await askStore('Reading events', CALL_DEADLINE, (options) =>
      this.#query({ limit, before }, options),
    );
    return { items, nextBefore: nextBefore(items) };
  }

  async findByIdempotencyKey(actorId: string, key: string, since: number): Promise<MaintenanceEvent | null> {
    return askStore('Looking for an idempotency key', CALL_DEADLINE, async (options) => {
      for (let before: number | null = null; ; ) {
        const events: readonly MaintenanceEvent[] = await this.#query(
          { limit: MAX_PAGE_SIZE, before },
          options,
        );
        for (const event of events) {
          if (event.at < since - CLOCK_SKEW_MS) return null;
          if (event.at >= since && event.actor.id === actorId && event.idempotency?.key === key) return event;
        }
        before = nextBefore(events);
        if (before === null) return null;
      }
    });
  }

  async #query(
    { limit, before = null }: { limit: number; before?: number | null },
    options: { abortSignal: AbortSignal },
  ): Promise<MaintenanceEvent[]> {
    const below: Record<string, { N: string }> = before === null ? {} : { ':before': { N: String(before) } };
    const query = new QueryCommand({
      TableName: this.#table,
      KeyConditionExpression: before === null ? 'pk = :pk' : 'pk = :pk AND sk < :before',
      ExpressionAttributeValues: { ':pk': { S: partitionOf(this.#scope) }, ...below },
      ScanIndexForward: false,
      Limit: limit,
      ConsistentRead: true,
    });
    const { Items = [] } = await this.#client.send(query, options);
    return Items.map(eventOf);
  }

  async #lookFor(event: MaintenanceEvent, failure: unknown): Promise<Appended> {
    const id = await this.#idAt(event, failure);
    if (id === event.id) return { outcome: 'appended', event };
    if (id !== null) return { outcome: 'conflict' };
    if (failure instanceof ConditionalCheckFailedException) {
      throw new CorruptLogError(event.number, `Event ${event.number} was there a moment ago and is gone.`);
    }
    throw new OutcomeUnknownError(event.number, event.id, { cause: failure });
  }

  /** The id of what has the event's number now; null when nothing has, empty when it has none. */
  async #idAt(event: MaintenanceEvent, failure: unknown): Promise<string | null> {
    const get = new GetItemCommand({
      TableName: this.#table,
      Key: { pk: { S: partitionOf(this.#scope) }, sk: { N: String(event.number) } },
      ProjectionExpression: 'pk, id',
      ConsistentRead: true,
    });
    try {
      const { Item } = await this.#client.send(get, { abortSignal: AbortSignal.timeout(LOOK_DEADLINE) });
      return Item === undefined ? null : (Item.id?.S ?? '');
    } catch (error) {
      throw new OutcomeUnknownError(event.number, event.id, { cause: new AggregateError([failure, error]) });
    }
  }
}

/** Numbers begin at 1, so that a page's lowest tells whether there is more. */
function nextBefore(events: readonly MaintenanceEvent[]): number | null {
  const lowest = events.at(-1)?.number ?? 1;
  return lowest > 1 ? lowest : null;
}
