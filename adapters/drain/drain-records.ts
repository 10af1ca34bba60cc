import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { NO_PAUSES, type PauseLedgerEntry } from '../../core/drain/pause.ts';
import type { DrainRecord, DrainRecords } from '../../core/drain/record.ts';
import type { LedgerItem } from '../../core/versioned-item.ts';
import { DynamoDbLedgerItem } from '../state/versioned-item.ts';

export interface DrainLedgerOptions {
  /** Best made by `createStoreClient`, which gives up in time. */
  readonly client: DynamoDBClient;
  /** The table of what is counted. */
  readonly table: string;
  /** Name of the deployment's event log. */
  readonly scope: string;
}

/** The records of drains in DynamoDB, an item for each maintenance. */
export function drainRecords({ client, table, scope }: DrainLedgerOptions): DrainRecords {
  return (maintenanceId) =>
    new DynamoDbLedgerItem<DrainRecord | null>({
      client,
      table,
      key: `DRAIN#${scope}#${maintenanceId}`,
      empty: null,
      what: 'the record of the drain',
    });
}

/** What is paused, in DynamoDB: one item. */
export function pauseLedger({ client, table, scope }: DrainLedgerOptions): LedgerItem<PauseLedgerEntry> {
  return new DynamoDbLedgerItem({
    client,
    table,
    key: `PAUSES#${scope}`,
    empty: NO_PAUSES,
    what: 'the list of what is paused',
  });
}
