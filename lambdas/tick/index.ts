import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { fetchIssuerKeys, readIssuerKeys, writeIssuerKeys } from '../../adapters/identity/issuer-keys.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { DynamoDbWindowStore } from '../../adapters/windows/window-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createTickHandler } from './tick-handler.ts';

/** Milliseconds for each task; the function has 30 s. */
const TIME_LIMIT = 20_000;

const { stateTable, scope, issuer } = readEnvironment(process.env, ['stateTable', 'scope', 'issuer']);
const client = createStoreClient();

export const handler = createTickHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  windows: new DynamoDbWindowStore({ client, table: stateTable, scope }),
  issuerKeys: {
    fetch: () => fetchIssuerKeys(issuer),
    read: () => readIssuerKeys(client, stateTable, issuer),
    write: (keys) => writeIssuerKeys(client, stateTable, issuer, keys),
  },
  log: createLog('tick'),
  now: () => Date.now(),
  timeLimit: TIME_LIMIT,
});
