import { NO_NOTICES, type NoticeRecords } from '../core/notice-record.ts';
import type { DrainLedgerOptions } from './drain-ledger.ts';
import { DynamoDbLedgerItem } from './ledger-item.ts';

/** The records of notices in DynamoDB, an item for each maintenance and for each window. */
export function noticeRecords({ client, table, scope }: DrainLedgerOptions): NoticeRecords {
  return (subject) =>
    new DynamoDbLedgerItem({
      client,
      table,
      key: `NOTICES#${scope}#${subject}`,
      empty: NO_NOTICES,
      what: 'the record of notices',
    });
}
