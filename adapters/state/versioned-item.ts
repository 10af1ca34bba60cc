import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { VersionedItem } from '../../core/versioned-item.ts';
import { askStore } from './state-store.ts';

interface DynamoDbVersionedItemOptions<Entry> {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** The partition that holds the item, and nothing else. */
  readonly key: string;
  /** What counts as there before the first. */
  readonly empty: Entry;
  /** What it is, for errors: `the progress of the purge`. */
  readonly what: string;
}

/** Longest time for a call, retries included, ms. */
const CALL_DEADLINE = 3000;

type Item = Record<string, AttributeValue>;

/** An entry in DynamoDB: one item, replaced as a whole while its revision is the one that was read. */
export class DynamoDbVersionedItem<Entry> implements VersionedItem<Entry> {
  readonly #options: DynamoDbVersionedItemOptions<Entry>;
  readonly #key: Item;

  constructor(options: DynamoDbVersionedItemOptions<Entry>) {
    this.#options = options;
    this.#key = { pk: { S: options.key } };
  }

  async read(): Promise<{ readonly entry: Entry; readonly revision: number }> {
    const { what, empty } = this.#options;
    const item = await askStore(`Reading ${what}`, CALL_DEADLINE, (options) => this.#get(options));
    return {
      entry: item?.entry?.S === undefined ? empty : JSON.parse(item.entry.S),
      revision: Number(item?.revision?.N ?? 0),
    };
  }

  /** After a put that was refused the item itself is asked: the SDK may have repeated one that had succeeded. */
  async replace(revision: number, entry: Entry): Promise<boolean> {
    const { client, table, what } = this.#options;
    const text = JSON.stringify(entry);
    const put = new PutItemCommand({
      TableName: table,
      Item: { ...this.#key, entry: { S: text }, revision: { N: String(revision + 1) } },
      ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
      ...(revision === 0 ? {} : { ExpressionAttributeValues: { ':revision': { N: String(revision) } } }),
    });
    return askStore(`Saving ${what}`, CALL_DEADLINE, async (options) => {
      try {
        await client.send(put, options);
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const item = await this.#get(options);
        return item?.revision?.N === String(revision + 1) && item.entry?.S === text;
      }
    });
  }

  async #get(options: { abortSignal: AbortSignal }): Promise<Item | undefined> {
    const { client, table } = this.#options;
    const get = new GetItemCommand({ TableName: table, Key: this.#key, ConsistentRead: true });
    const { Item } = await client.send(get, options);
    return Item;
  }
}
