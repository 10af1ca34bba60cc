import { EMPTY_ENTRY, type PurgeLedger, type PurgeLedgerEntry } from '../../core/purge/record.ts';
import { InMemoryLedgerItem } from './in-memory-ledger-item.ts';

/** The progress of purging in memory, as the ledger in DynamoDB keeps it. */
export class InMemoryPurgeLedger extends InMemoryLedgerItem<PurgeLedgerEntry> implements PurgeLedger {
  constructor() {
    super(EMPTY_ENTRY);
  }
}
