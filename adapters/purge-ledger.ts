import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EMPTY_ENTRY, type PurgeLedger, type PurgeLedgerEntry } from '../core/purge-ledger.ts';
import { askStore } from './state-store.ts';

export interface DynamoDbPurgeLedgerOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/** Longest time for a call, retries included, ms. Well below a lease, so that a save can be late and still in time. */
const CALL_DEADLINE = 3000;

type Item = Record<string, AttributeValue>;

/** The progress of purging in DynamoDB: one item, replaced as a whole while its revision is the one that was read. */
export class DynamoDbPurgeLedger implements PurgeLedger {
  readonly #client: DynamoDBClient;
  readonly #table: string;
  readonly #key: Item;

  constructor({ client, table, scope }: DynamoDbPurgeLedgerOptions) {
    this.#client = client;
    this.#table = table;
    this.#key = { pk: { S: `PURGE#${scope}` } };
  }

  async read(): Promise<{ readonly entry: PurgeLedgerEntry; readonly revision: number }> {
    const item = await askStore('Reading the progress of the purge', CALL_DEADLINE, (options) =>
      this.#get(options),
    );
    return {
      entry: item?.entry?.S === undefined ? EMPTY_ENTRY : JSON.parse(item.entry.S),
      revision: Number(item?.revision?.N ?? 0),
    };
  }

  /** After a put that was refused the item itself is asked: the SDK may have repeated one that had succeeded. */
  async replace(revision: number, entry: PurgeLedgerEntry): Promise<boolean> {
    const text = JSON.stringify(entry);
    const put = new PutItemCommand({
      TableName: this.#table,
      Item: { ...this.#key, entry: { S: text }, revision: { N: String(revision + 1) } },
      ConditionExpression: revision === 0 ? 'attribute_not_exists(pk)' : 'revision = :revision',
      ...(revision === 0 ? {} : { ExpressionAttributeValues: { ':revision': { N: String(revision) } } }),
    });
    return askStore('Saving the progress of the purge', CALL_DEADLINE, async (options) => {
      try {
        await this.#client.send(put, options);
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        const item = await this.#get(options);
        return item?.revision?.N === String(revision + 1) && item.entry?.S === text;
      }
    });
  }

  async #get(options: { abortSignal: AbortSignal }): Promise<Item | undefined> {
    const get = new GetItemCommand({ TableName: this.#table, Key: this.#key, ConsistentRead: true });
    const { Item } = await this.#client.send(get, options);
    return Item;
  }
}
