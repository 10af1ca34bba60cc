import { SFNClient } from '@aws-sdk/client-sfn';
import { drainRecords, pauseRecord } from '../../adapters/drain/drain-records.ts';
import { StepFunctionsDrains } from '../../adapters/drain/step-functions-drains.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createStarterHandler } from './starter-handler.ts';

const { stateTable, activityTable, scope, drainMachine } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'drainMachine',
]);

const client = createStoreClient();
const activity = { client, table: activityTable, scope };

export const handler = createStarterHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  records: drainRecords(activity),
  pauses: pauseRecord(activity),
  drains: new StepFunctionsDrains(new SFNClient(), drainMachine),
  log: createLog('starter'),
  now: () => Date.now(),
});
