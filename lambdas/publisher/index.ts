import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { publicationCursor } from '../../adapters/events/publication-cursor.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import type { BatchResult, StreamEvent } from '../aws/stream-event.ts';
import { createPublisherHandler } from './publisher-handler.ts';
import { sweep } from './sweep.ts';

const { stateTable, activityTable, eventBus, scope } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'eventBus',
  'scope',
]);

const client = createStoreClient();
const parts = {
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  eventBridge: new EventBridgeClient(),
  destination: { bus: eventBus, scope },
  cursor: publicationCursor({ client, table: activityTable, scope }),
  log: createLog('publisher'),
  write: (line: string) => process.stdout.write(line),
  now: () => Date.now(),
};
const publish = createPublisherHandler(parts);

/** Publishes what the stream brings; what invokes it otherwise is the minute. */
export async function handler(
  event: StreamEvent | { readonly Records?: undefined },
): Promise<BatchResult | undefined> {
  if (event.Records !== undefined) return publish(event);
  await sweep(parts);
  return undefined;
}
