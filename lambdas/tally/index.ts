import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createTallyHandler } from './tally-handler.ts';

const { activityTable, scope } = readEnvironment(process.env, ['activityTable', 'scope']);

export const handler = createTallyHandler({
  attempts: new DynamoDbAttemptStore({
    // Nobody waits for a count: it may take more tries than a command may.
    client: createStoreClient({ maxAttempts: 5 }),
    table: activityTable,
    scope,
  }),
  log: createLog('tally'),
});
