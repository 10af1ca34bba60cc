import { randomUUID } from 'node:crypto';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { Offenders } from '../../core/attempts/offenders.ts';
import { stateOf } from '../../core/events/append-change.ts';
import { followRefresh } from '../../core/state/follow-refresh.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { decisionLog } from '../authorizer/decision-log.ts';
import { listOf, readEnvironment, wholeNumber } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createJobsHandler } from './jobs-handler.ts';
import { publishRequeued } from './publish-requeued.ts';
import { refuseRegistration } from './refuse-registration.ts';

/** Milliseconds in which a call stops jobs: the function has 29 s. */
const STOP_TIME = 20_000;

const {
  stateTable,
  jobTable,
  scope,
  eventBus,
  allowedOrigins,
  refusalForm,
  offenderThreshold,
  freshSignInSeconds,
} = readEnvironment(process.env, [
  'stateTable',
  'jobTable',
  'scope',
  'eventBus',
  'allowedOrigins',
  'refusalForm',
  'offenderThreshold',
  'freshSignInSeconds',
]);

const now = (): number => Date.now();
const client = createStoreClient();
const events = new DynamoDbEventLog({ client, table: stateTable, scope });
const eventBridge = new EventBridgeClient();
const offenders = new Offenders(wholeNumber('offenderThreshold', offenderThreshold));
const follow = followRefresh(() => offenders.forget());
const states = new StateCache({
  read: async () => {
    const state = stateOf(await events.head());
    follow(state);
    return state;
  },
  now,
});

export const handler = createJobsHandler({
  registry: new DynamoDbJobRegistry({ client, table: jobTable, scope }),
  state: async () => (await states.get()).state,
  refuseRegistration: refuseRegistration({
    states,
    offenders,
    decisions: decisionLog((line) => process.stdout.write(line)),
    now,
    allowedOrigins: listOf(allowedOrigins),
    refusalForm: refusalForm === 'json' ? 'json' : 'negotiated',
  }),
  publishRequeued: (job) => publishRequeued(eventBridge, { bus: eventBus, scope }, job),
  log: createLog('jobs'),
  now,
  newId: randomUUID,
  allowedOrigins: listOf(allowedOrigins),
  stopTime: STOP_TIME,
  freshSignIn: wholeNumber('freshSignInSeconds', freshSignInSeconds),
});
