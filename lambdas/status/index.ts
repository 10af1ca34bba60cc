import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { drainRecords } from '../../adapters/drain/drain-records.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { DynamoDbPurgeRecord } from '../../adapters/purge/purge-record.ts';
import { DynamoDbRuleStore } from '../../adapters/rules/rule-store.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { ENV } from '../../core/environment.ts';
import { stateOf } from '../../core/events/append-change.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { deployedParts, listOf, readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { activeJobsIn } from '../http/active-jobs.ts';
import { knownPurging } from '../http/known-purging.ts';
import { knownDrain } from './known-drain.ts';
import { rulesInForce } from './rules-in-force.ts';
import { createStatusHandler } from './status-handler.ts';

const { stateTable, activityTable, scope, parts, allowedOrigins, issuer, clientId } = readEnvironment(
  process.env,
  ['stateTable', 'activityTable', 'scope', 'parts', 'allowedOrigins', 'issuer', 'clientId'],
);

const log = createLog('status');
const client = createStoreClient();
const events = new DynamoDbEventLog({ client, table: stateTable, scope });

export const handler = createStatusHandler({
  states: new StateCache({
    read: async () => stateOf(await events.head()),
    now: () => Date.now(),
    // Read for every call: whoever has just toggled maintenance sees what they did. What is kept is for outages.
    maxAge: 0,
    onFailure: (error) =>
      log.warn('The state could not be read in time; the last known one is shown, if there is one.', {
        event: 'state_read_failed',
        error,
      }),
  }),
  attempts: new DynamoDbAttemptStore({ client, table: activityTable, scope }),
  deployed: deployedParts(parts),
  activeJobs: activeJobsIn(process.env[ENV.jobTable], { client, scope, log }),
  purging: knownPurging(new DynamoDbPurgeRecord({ client, table: activityTable, scope }), log),
  drain: knownDrain(drainRecords({ client, table: activityTable, scope }), log),
  rules: rulesInForce(new DynamoDbRuleStore({ client, table: stateTable, scope }), log),
  log,
  now: () => Date.now(),
  allowedOrigins: listOf(allowedOrigins),
  signIn: {
    issuer,
    client_id: clientId,
    openid_configuration: `${issuer}/.well-known/openid-configuration`,
  },
});
