import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { SessionPolicy } from '../../core/identity/session.ts';
import { listOf, readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { openRedis } from '../aws/open-redis.ts';
import { createSessionsHandler } from './sessions-handler.ts';

const { stateTable, scope, redis, sessions, allowedOrigins } = readEnvironment(process.env, [
  'stateTable',
  'scope',
  'redis',
  'sessions',
  'allowedOrigins',
]);

const events = new DynamoDbEventLog({ client: createStoreClient(), table: stateTable, scope });

export const handler = createSessionsHandler({
  store: new RedisSessionStore(openRedis(redis, process.env), JSON.parse(sessions) as SessionPolicy),
  state: async () => stateOf(await events.head()),
  log: createLog('sessions'),
  now: () => Date.now(),
  allowedOrigins: listOf(allowedOrigins),
});
