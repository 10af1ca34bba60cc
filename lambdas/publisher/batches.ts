import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';

/**
 * What one PutEvents call takes: 10 entries and 256 KB.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
 */
const MAX_ENTRIES = 10;
const MAX_BYTES = 256 * 1024;

/** Cuts entries into as few calls as possible, in their order. An entry that is too large has a call of its own. */
export function inBatches<T extends { readonly entry: PutEventsRequestEntry }>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  let size = 0;
  for (const item of items) {
    const bytes = entrySize(item.entry);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === MAX_ENTRIES || size + bytes > MAX_BYTES) {
      batches.push([item]);
      size = bytes;
    } else {
      batch.push(item);
      size += bytes;
    }
  }
  return batches;
}

/** Bytes as EventBridge counts them: 14 for the time, and the UTF-8 of the texts. */
function entrySize({ Time, Source = '', DetailType = '', Detail = '' }: PutEventsRequestEntry): number {
  return (Time === undefined ? 0 : 14) + Buffer.byteLength(Source + DetailType + Detail, 'utf8');
}
