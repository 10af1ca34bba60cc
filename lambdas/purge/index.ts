import { randomUUID } from 'node:crypto';
import { DynamoDbEventLog } from '../../adapters/event-log/dynamodb-event-log.ts';
import { readIssuerKeys } from '../../adapters/issuer-keys.ts';
import { DynamoDbPurgeLedger } from '../../adapters/purge-ledger.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../../adapters/state-mirror.ts';
import { createStoreClient } from '../../adapters/state-store.ts';
import type { SessionPolicy } from '../../core/session.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { openRedis } from '../shared/open-redis.ts';
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
  ledger: new DynamoDbPurgeLedger({ client, table: activityTable, scope }),
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
