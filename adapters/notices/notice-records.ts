import { NO_NOTICES, type NoticeRecords } from '../../core/notices/record.ts';
import type { DrainRecordOptions } from '../drain/drain-records.ts';
import { DynamoDbVersionedItem } from '../state/versioned-item.ts';

/** The records of notices in DynamoDB, an item for each maintenance and for each window. */
export function noticeRecords({ client, table, scope }: DrainRecordOptions): NoticeRecords {
  return (subject) =>
    new DynamoDbVersionedItem({
      client,
      table,
      key: `NOTICES#${scope}#${subject}`,
      empty: NO_NOTICES,
      what: 'the record of notices',
    });
}
