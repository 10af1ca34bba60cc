import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { DynamoDbHealthRecords } from '../../adapters/health/health-record-store.ts';
import { readIssuerKeys } from '../../adapters/identity/issuer-keys.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { stateOf } from '../../core/events/append-change.ts';
import type { SessionPolicy } from '../../core/identity/session.ts';
import { StateCache } from '../../core/state/state-cache.ts';
import { deployedParts, listOf, readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { openRedis } from '../aws/open-redis.ts';
import { createHealthHandler } from './health-handler.ts';

/** Milliseconds for Redis: less than its check has, so that a failure is Redis' own; and it is soon asked again. */
const REDIS_LIMITS = { commandTimeout: 1000, connectTimeout: 1000, longestPause: 1000 };

const { stateTable, activityTable, scope, parts, issuer, allowedOrigins } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'parts',
  'issuer',
  'allowedOrigins',
]);
const { sessions, monitoring } = deployedParts(parts);

const client = createStoreClient();
const events = new DynamoDbEventLog({ client, table: stateTable, scope });

export const handler = createHealthHandler({
  events,
  states: new StateCache({
    read: async () => stateOf(await events.head()),
    now: () => Date.now(),
    maxAge: 0,
  }),
  issuerKeys: () => readIssuerKeys(client, stateTable, issuer),
  sessions: sessions ? sessionStore() : undefined,
  records:
    monitoring === 'none' ? undefined : new DynamoDbHealthRecords({ client, table: activityTable, scope }),
  log: createLog('health'),
  now: () => Date.now(),
  allowedOrigins: listOf(allowedOrigins),
});

function sessionStore(): RedisSessionStore {
  const { redis, sessions: policy } = readEnvironment(process.env, ['redis', 'sessions']);
  const connection = openRedis(redis, process.env, REDIS_LIMITS);
  return new RedisSessionStore(connection, JSON.parse(policy) as SessionPolicy);
}
