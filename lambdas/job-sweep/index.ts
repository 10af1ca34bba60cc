import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createJobSweepHandler } from './job-sweep-handler.ts';

/** Milliseconds; the function has 60 s. */
const TIME_LIMIT = 50_000;

const { jobTable, scope } = readEnvironment(process.env, ['jobTable', 'scope']);

export const handler = createJobSweepHandler({
  registry: new DynamoDbJobRegistry({ client: createStoreClient(), table: jobTable, scope }),
  log: createLog('job-sweep'),
  now: () => Date.now(),
  timeLimit: TIME_LIMIT,
});
