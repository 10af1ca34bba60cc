import type { VersionedItem } from '../../core/versioned-item.ts';
import type { HealthRecordOptions } from '../health/health-record-store.ts';
import { DynamoDbVersionedItem } from '../state/versioned-item.ts';

/** The number up to which all events of the log have been handed to the bus; null before the first was. */
export function publicationCursor({
  client,
  table,
  scope,
}: HealthRecordOptions): VersionedItem<number | null> {
  return new DynamoDbVersionedItem<number | null>({
    client,
    table,
    key: `PUBLISHED#${scope}`,
    empty: null,
    what: 'how far events have been published',
  });
}
