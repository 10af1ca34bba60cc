import { randomUUID } from 'node:crypto';
import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { drainRecords } from '../../adapters/drain/drain-records.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { watchRecords } from '../../adapters/health/health-record-store.ts';
import { noticeRecords } from '../../adapters/notices/notice-records.ts';
import { DynamoDbPurgeRecord } from '../../adapters/purge/purge-record.ts';
import { DynamoDbRuleStore } from '../../adapters/rules/rule-store.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { DynamoDbWindowStore } from '../../adapters/windows/window-store.ts';
import { ENV } from '../../core/environment.ts';
import { deployedParts, listOf, readEnvironment, wholeNumber } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { activeJobsIn } from '../http/active-jobs.ts';
import { knownPurging } from '../http/known-purging.ts';
import { createControlHandler } from './control-handler.ts';

const { stateTable, activityTable, scope, parts, allowedOrigins, alwaysAllowed, freshSignInSeconds } =
  readEnvironment(process.env, [
    'stateTable',
    'activityTable',
    'scope',
    'parts',
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
  deployed: deployedParts(parts),
  activeJobs: activeJobsIn(process.env[ENV.jobTable], { client, scope, log }),
  attempts: new DynamoDbAttemptStore({ client, table: activityTable, scope }),
  drains: drainRecords({ client, table: activityTable, scope }),
  watched: watchRecords({ client, table: activityTable, scope }),
  notices: noticeRecords({ client, table: activityTable, scope }),
  alwaysAllowed: listOf(alwaysAllowed),
  purging: knownPurging(new DynamoDbPurgeRecord({ client, table: activityTable, scope }), log),
  log,
  now: () => Date.now(),
  newId: randomUUID,
  allowedOrigins: listOf(allowedOrigins),
  freshSignIn: wholeNumber('freshSignInSeconds', freshSignInSeconds),
});
