import { SNSClient } from '@aws-sdk/client-sns';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { noticeRecords } from '../../adapters/notices/notice-records.ts';
import { noticeTopic } from '../../adapters/notices/notice-topic.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createNoticesHandler } from './notices-handler.ts';

const { stateTable, activityTable, scope, noticesTopic } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'noticesTopic',
]);

const client = createStoreClient();

export const handler = createNoticesHandler({
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  records: noticeRecords({ client, table: activityTable, scope }),
  board: noticeTopic(new SNSClient(), noticesTopic),
  log: createLog('notices'),
  now: () => Date.now(),
});
