import { setTimeout as delay } from 'node:timers/promises';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { ElastiCacheClient } from '@aws-sdk/client-elasticache';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { drainRecords } from '../../adapters/drain/drain-records.ts';
import { DynamoDbEventLog } from '../../adapters/events/dynamodb-event-log.ts';
import { publicationCursor } from '../../adapters/events/publication-cursor.ts';
import { verifyNewest } from '../../adapters/events/verify-chain.ts';
import { DynamoDbHealthRecords, watchRecords } from '../../adapters/health/health-record-store.ts';
import { writeProbe } from '../../adapters/health/write-probe.ts';
import { readIssuerKeys } from '../../adapters/identity/issuer-keys.ts';
import { DynamoDbJobRegistry } from '../../adapters/jobs/dynamodb-job-registry.ts';
import { countThrottles } from '../../adapters/oncall/throttle-count.ts';
import { DynamoDbPurgeRecord } from '../../adapters/purge/purge-record.ts';
import { createStoreClient } from '../../adapters/state/state-store.ts';
import { ENV } from '../../core/environment.ts';
import { deployedParts, readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { createHealthCheckHandler } from './health-check-handler.ts';
import type { JobProbes, SessionProbes } from './observations.ts';
import { askCloudWatch } from './probes/alarms.ts';
import { askElastiCache } from './probes/cache.ts';
import { countMessages } from './probes/dead-letters.ts';
import { askOrigin, GatewayProbe } from './probes/gateway.ts';
import { askRedisProbe, restart } from './probes/invoke.ts';

const environment = readEnvironment(process.env, [
  'stateTable',
  'activityTable',
  'scope',
  'parts',
  'issuer',
  'apiUrl',
  'originUrl',
  'deadLetterQueue',
  'alarmPrefix',
]);
const { stateTable, activityTable, scope, issuer } = environment;
const deployed = deployedParts(environment.parts);

/** How many of the newest events are verified each minute. A change of an older one is told by the table's stream. */
const NEWEST_EVENTS = 20;

const client = createStoreClient();
const store = { client, table: stateTable, scope };
const events = new DynamoDbEventLog(store);
const activity = { client, table: activityTable, scope };
/** One try, and the next minute another: retries would only hide what is to be seen. */
const impatient = { maxAttempts: 1 };
const lambda = new LambdaClient(impatient);
const sqs = new SQSClient(impatient);
const cloudWatch = new CloudWatchClient(impatient);
const elastiCache = new ElastiCacheClient(impatient);
const gateway = new GatewayProbe(environment.apiUrl);
const cursor = publicationCursor(activity);
const now = (): number => Date.now();

export const handler = createHealthCheckHandler({
  events,
  chain: () => verifyNewest(events, NEWEST_EVENTS),
  writeProbe: () => writeProbe(store, now()),
  takeThrottles: countThrottles(client),
  records: new DynamoDbHealthRecords(activity),
  watched: watchRecords(activity),
  sessions: deployed.sessions ? sessionProbes() : undefined,
  jobs: deployed.jobs ? jobProbes() : undefined,
  published: async () => (await cursor.read()).entry,
  deadLetters: () => countMessages(sqs, environment.deadLetterQueue),
  issuerKeys: () => readIssuerKeys(client, stateTable, issuer),
  canary: () => gateway.canary(),
  adminPath: () => gateway.adminPath(),
  origin: () => askOrigin(environment.originUrl),
  alarms: () => askCloudWatch(cloudWatch, environment.alarmPrefix),
  log: createLog('health-check'),
  write: (line) => process.stdout.write(line),
  now,
  wait: (milliseconds) => delay(milliseconds),
});

function sessionProbes(): SessionProbes {
  const { redisProbe, purgeFunction } = readEnvironment(process.env, ['redisProbe', 'purgeFunction']);
  const cacheName = process.env[ENV.cacheName];
  return {
    redis: () => askRedisProbe(lambda, redisProbe),
    cache: cacheName ? () => askElastiCache(elastiCache, cacheName) : undefined,
    purging: new DynamoDbPurgeRecord(activity),
    restart: () => restart(lambda, purgeFunction),
  };
}

function jobProbes(): JobProbes {
  const { jobTable, starterFunction } = readEnvironment(process.env, ['jobTable', 'starterFunction']);
  const registry = new DynamoDbJobRegistry({ client, table: jobTable, scope });
  return {
    count: () => registry.countActive(),
    drains: drainRecords(activity),
    restart: () => restart(lambda, starterFunction),
  };
}
