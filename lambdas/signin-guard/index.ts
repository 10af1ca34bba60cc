import { readState } from '../../adapters/lean/read-state.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { awsIdentity } from '../aws/aws-identity.ts';
import { listOf, oneOf, readEnvironment } from '../aws/environment.ts';
import { leanReads } from '../aws/lean-reads.ts';
import { createSignInGuard } from './sign-in-guard.ts';

/** Longest that a sign-in waits for the state, ms. Cognito waits for 5 seconds, a start of the function included. */
const READ_TIMEOUT = 1000;

const { stateTable, scope, adminGroups, workerGroups, stateUnknown } = readEnvironment(process.env, [
  'stateTable',
  'scope',
  'adminGroups',
  'workerGroups',
  'stateUnknown',
]);
const now = (): number => Date.now();
const reads = leanReads(process.env, awsIdentity(process.env), READ_TIMEOUT);

export const handler = createSignInGuard({
  states: new StateCache({
    read: () => readState(reads, stateTable, scope),
    patience: READ_TIMEOUT,
    // Read for each: a token that is given after a revocation, by a state from before, would be good for 15 minutes.
    maxAge: 0,
    now,
  }),
  adminGroups: listOf(adminGroups),
  workerGroups: listOf(workerGroups),
  stateUnknown: oneOf('stateUnknown', stateUnknown, ['open', 'closed']),
  log: (fields) => process.stdout.write(`${JSON.stringify(fields)}\n`),
  now,
});
