import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { cloudWatchMetrics } from '../../adapters/cloudwatch-metrics.ts';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { DynamoDbHealthRecords } from '../../adapters/health-record-store.ts';
import { levelTopics as topicsAt } from '../../adapters/level-topics.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import { stateOf } from '../../core/execute-command.ts';
import type { Watched } from '../../core/statistics.ts';
import { listOf, readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { createOperationsHandler } from './operations-handler.ts';

const { stateTable, activityTable, scope, watched, levelTopics, allowedOrigins } = readEnvironment(
  process.env,
  ['stateTable', 'activityTable', 'scope', 'watched', 'levelTopics', 'allowedOrigins'],
);

const client = createStoreClient();
const events = new DynamoDbEventLog({ client, table: stateTable, scope });
const activity = { client, table: activityTable, scope };

export const handler = createOperationsHandler({
  records: new DynamoDbHealthRecords(activity),
  attempts: new DynamoDbAttemptStore(activity),
  metrics: cloudWatchMetrics(new CloudWatchClient()),
  topics: topicsAt(new SNSClient(), levelTopics),
  watched: JSON.parse(watched) as Watched,
  scope,
  state: async () => stateOf(await events.head()),
  log: createLog('operations'),
  now: () => Date.now(),
  allowedOrigins: listOf(allowedOrigins),
});
