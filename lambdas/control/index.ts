import { randomUUID } from 'node:crypto';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { DynamoDbRuleStore } from '../../adapters/rule-store.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import { DynamoDbWindowStore } from '../../adapters/window-store.ts';
import { listOf, readEnvironment, wholeNumber } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { createControlHandler } from './control-handler.ts';

const { stateTable, scope, allowedOrigins, alwaysAllowed, freshSignInSeconds } = readEnvironment(
  process.env,
  ['stateTable', 'scope', 'allowedOrigins', 'alwaysAllowed', 'freshSignInSeconds'],
);

const store = { client: createStoreClient(), table: stateTable, scope };

export const handler = createControlHandler({
  events: new DynamoDbEventLog(store),
  rules: new DynamoDbRuleStore(store),
  windows: new DynamoDbWindowStore(store),
  alwaysAllowed: listOf(alwaysAllowed),
  log: createLog('control'),
  now: () => Date.now(),
  newId: randomUUID,
  allowedOrigins: listOf(allowedOrigins),
  freshSignIn: wholeNumber('freshSignInSeconds', freshSignInSeconds),
});
