import { randomUUID } from 'node:crypto';
import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { drainRecords } from '../../adapters/drain-ledger.ts';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { watchRecords } from '../../adapters/health-record-store.ts';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { noticeRecords } from '../../adapters/notice-ledger.ts';
import { DynamoDbPurgeLedger } from '../../adapters/purge-ledger.ts';
import { DynamoDbRuleStore } from '../../adapters/rule-store.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import { DynamoDbWindowStore } from '../../adapters/window-store.ts';
import { activeJobs } from '../shared/active-jobs.ts';
import { listOf, readEnvironment, wholeNumber } from '../shared/environment.ts';
import { knownPurging } from '../shared/known-purging.ts';
import { createLog } from '../shared/log.ts';
import { createControlHandler } from './control-handler.ts';

const { stateTable, activityTable, jobTable, scope, allowedOrigins, alwaysAllowed, freshSignInSeconds } =
  readEnvironment(process.env, [
    'stateTable',
    'activityTable',
    'jobTable',
    'scope',
    'allowedOrigins',
    'alwaysAllowed',
    'freshSignInSeconds',
  ]);

const client = createStoreClient();
const store = { client, table: stateTable, scope };
const log = createLog('control');

export const handler = createControlHandler({
  events: new DynamoDbEventLog(store),
  rules: new DynamoDbRuleStore(store),
  windows: new DynamoDbWindowStore(store),
  activeJobs: activeJobs({
    registry: new DynamoDbJobRegistry({ client, table: jobTable, scope }),
    log,
    now: () => Date.now(),
  }),
  attempts: new DynamoDbAttemptStore({ client, table: activityTable, scope }),
  drains: drainRecords({ client, table: activityTable, scope }),
  watched: watchRecords({ client, table: activityTable, scope }),
  notices: noticeRecords({ client, table: activityTable, scope }),
  alwaysAllowed: listOf(alwaysAllowed),
  purging: knownPurging(new DynamoDbPurgeLedger({ client, table: activityTable, scope }), log),
  log,
  now: () => Date.now(),
  newId: randomUUID,
  allowedOrigins: listOf(allowedOrigins),
  freshSignIn: wholeNumber('freshSignInSeconds', freshSignInSeconds),
});
