import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { WatchRecord, WatchRecords } from '../../core/health/enforcement-record.ts';
import type { HealthRecord, HealthRecordStore } from '../../core/health/health-record.ts';
import { askStore } from '../state/state-store.ts';
import { DynamoDbVersionedItem } from '../state/versioned-item.ts';

export interface HealthRecordOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/** Longest time for a call, retries included, ms. */
const CALL_DEADLINE = 1500;

/** The newest record of the health check in DynamoDB: one item, replaced by a newer one only. */
export class DynamoDbHealthRecords implements HealthRecordStore {
  readonly #options: HealthRecordOptions;
  readonly #key: { readonly pk: { readonly S: string } };

  constructor(options: HealthRecordOptions) {
    this.#options = options;
    this.#key = { pk: { S: `HEALTH#${options.scope}` } };
  }

  async read(): Promise<HealthRecord | null> {
    const { client, table } = this.#options;
    const get = new GetItemCommand({ TableName: table, Key: this.#key, ConsistentRead: true });
    const { Item } = await askStore('Reading the record of the health check', CALL_DEADLINE, (options) =>
      client.send(get, options),
    );
    return Item?.record?.S === undefined ? null : JSON.parse(Item.record.S);
  }

  async write(record: HealthRecord): Promise<void> {
    const { client, table } = this.#options;
    const put = new PutItemCommand({
      TableName: table,
      Item: {
        ...this.#key,
        checked_at: { N: String(record.checkedAt) },
        record: { S: JSON.stringify(record) },
      },
      ConditionExpression: 'attribute_not_exists(pk) OR checked_at < :at',
      ExpressionAttributeValues: { ':at': { N: String(record.checkedAt) } },
    });
    await askStore('Keeping the record of the health check', CALL_DEADLINE, async (options) => {
      try {
        await client.send(put, options);
      } catch (error) {
        // A newer one is there, or this one from a try whose answer was lost.
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
  }
}

/** What the health check saw during maintenances, in DynamoDB, an item for each. */
export function watchRecords({ client, table, scope }: HealthRecordOptions): WatchRecords {
  return (maintenanceId) =>
    new DynamoDbVersionedItem<WatchRecord | null>({
      client,
      table,
      key: `WATCH#${scope}#${maintenanceId}`,
      empty: null,
      what: 'what was seen of the maintenance',
    });
}
