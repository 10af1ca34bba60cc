import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDbAttemptStore } from '../../adapters/attempts/dynamodb-attempt-store.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import { cloudWatchMetrics } from '../../adapters/oncall/cloudwatch-metrics.ts';
import { levelTopics as topicsAt } from '../../adapters/oncall/level-topics.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { ENV } from '../../core/environment.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { Watched } from '../../core/oncall/statistics.ts';
import { deployedParts, listOf, readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createOperationsHandler } from './operations-handler.ts';

const { stateTable, activityTable, scope, parts, watched, allowedOrigins } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'parts',
  'watched',
  'allowedOrigins',
]);

const client = createStoreClient();
const events = new DynamoDbEventLog({ client, table: stateTable, scope });
const activity = { client, table: activityTable, scope };

export const handler = createOperationsHandler({
  records: new DynamoDbHealthRecords(activity),
  attempts: new DynamoDbAttemptStore(activity),
  metrics: cloudWatchMetrics(new CloudWatchClient()),
  deployed: deployedParts(parts),
  // Without topics nobody gets as far as to call somebody.
  topics: topicsAt(new SNSClient(), process.env[ENV.levelTopics] ?? '{}'),
  watched: JSON.parse(watched) as Watched,
  scope,
  state: async () => stateOf(await events.head()),
  log: createLog('operations'),
  now: () => Date.now(),
  allowedOrigins: listOf(allowedOrigins),
});
