import type { EventItem } from '../../adapters/events/event-item.ts';

/**
 * A batch of a DynamoDB stream, as far as it is read here.
 * Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.Lambda.html
 */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

export interface StreamRecord {
  readonly eventName?: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly dynamodb?: {
    readonly Keys?: EventItem;
    readonly SequenceNumber?: string;
    readonly NewImage?: EventItem;
  };
}

/** The first record that failed: Lambda repeats the batch from there. */
export interface BatchResult {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}
