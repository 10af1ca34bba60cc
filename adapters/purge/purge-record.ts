import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EMPTY_ENTRY, type PurgeRecord, type PurgeRecordItem } from '../../core/purge/record.ts';
import { DynamoDbVersionedItem } from '../state/versioned-item.ts';

interface DynamoDbPurgeRecordOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/**
 * The progress of purging in DynamoDB. A call takes well below a lease at most, so that a save can be late and still in
 * time.
 */
export class DynamoDbPurgeRecord extends DynamoDbVersionedItem<PurgeRecord> implements PurgeRecordItem {
  constructor({ client, table, scope }: DynamoDbPurgeRecordOptions) {
    super({
      client,
      table,
      key: `PURGE#${scope}`,
      empty: EMPTY_ENTRY,
      what: 'the progress of the purge',
    });
  }
}
