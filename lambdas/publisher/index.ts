import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { createPublisherHandler } from './publisher-handler.ts';

const { eventBus, scope } = readEnvironment(process.env, ['eventBus', 'scope']);

export const handler = createPublisherHandler({
  eventBridge: new EventBridgeClient(),
  destination: { bus: eventBus, scope },
  log: createLog('publisher'),
});
