import { SFNClient } from '@aws-sdk/client-sfn';
import { drainRecords, pauseLedger } from '../../adapters/drain-ledger.ts';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import { StepFunctionsDrains } from '../../adapters/step-functions-drains.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { createStarterHandler } from './starter-handler.ts';

const { stateTable, activityTable, scope, drainMachine } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'drainMachine',
]);

const client = createStoreClient();
const ledgers = { client, table: activityTable, scope };

export const handler = createStarterHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  records: drainRecords(ledgers),
  pauses: pauseLedger(ledgers),
  drains: new StepFunctionsDrains(new SFNClient(), drainMachine),
  log: createLog('starter'),
  now: () => Date.now(),
});
