import { EMPTY_ENTRY, type PurgeRecord, type PurgeRecordItem } from '../../core/purge/record.ts';
import { InMemoryVersionedItem } from './in-memory-versioned-item.ts';

/** The progress of purging in memory, as the record in DynamoDB keeps it. */
export class InMemoryPurgeRecord extends InMemoryVersionedItem<PurgeRecord> implements PurgeRecordItem {
  constructor() {
    super(EMPTY_ENTRY);
  }
}
