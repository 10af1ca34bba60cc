import { randomUUID } from 'node:crypto';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { readIssuerKeys } from '../../adapters/identity/issuer-keys.ts';
import { DynamoDbPurgeRecord } from '../../adapters/purge/purge-record.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import type { SessionPolicy } from '../../core/identity/session.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { openRedis } from '../aws/open-redis.ts';
import { createPurgeHandler } from './purge-handler.ts';

const { stateTable, activityTable, scope, issuer, redis, sessions } = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'issuer',
  'redis',
  'sessions',
]);

const client = createStoreClient();
const connection = openRedis(redis, process.env);

export const handler = createPurgeHandler({
  store: new RedisSessionStore(connection, JSON.parse(sessions) as SessionPolicy),
  record: new DynamoDbPurgeRecord({ client, table: activityTable, scope }),
  events: new DynamoDbEventLog({ client, table: stateTable, scope }),
  mirror: new RedisStateMirror(connection, scope),
  issuerKeys: async () => {
    const kept = await readIssuerKeys(client, stateTable, issuer);
    return kept && JSON.stringify(kept.jwks);
  },
  log: createLog('purge'),
  write: (line) => process.stdout.write(line),
  now: () => Date.now(),
  stopwatch: () => performance.now(),
  newId: randomUUID,
});
