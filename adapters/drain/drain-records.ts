import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NO_PAUSES, type PauseRecord } from '../../core/drain/pause.ts';
import type { DrainRecord, DrainRecords } from '../../core/drain/record.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';
import { DynamoDbVersionedItem } from '../state/versioned-item.ts';

export interface DrainRecordOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/** The records of drains in DynamoDB, an item for each maintenance. */
export function drainRecords({ client, table, scope }: DrainRecordOptions): DrainRecords {
  return (maintenanceId) =>
    new DynamoDbVersionedItem<DrainRecord | null>({
      client,
      table,
      key: `DRAIN#${scope}#${maintenanceId}`,
      empty: null,
      what: 'the record of the drain',
    });
}

/** What is paused, in DynamoDB: one item. */
export function pauseRecord({ client, table, scope }: DrainRecordOptions): VersionedItem<PauseRecord> {
  return new DynamoDbVersionedItem({
    client,
    table,
    key: `PAUSES#${scope}`,
    empty: NO_PAUSES,
    what: 'the list of what is paused',
  });
}
