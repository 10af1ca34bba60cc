import { lookAtRedis } from '../../adapters/redis/redis-facts.ts';
import { readEnvironment } from '../aws/environment.ts';
import { openRedis } from '../aws/open-redis.ts';
import { createRedisProbeHandler } from './redis-probe-handler.ts';

/** Milliseconds for Redis: less than the health check waits for this function, so that a failure is Redis' own. */
const REDIS_LIMITS = { commandTimeout: 1500, connectTimeout: 1500, longestPause: 1000 };

const { scope, redis } = readEnvironment(process.env, ['scope', 'redis']);
const connection = openRedis(redis, process.env, REDIS_LIMITS);

export const handler = createRedisProbeHandler({ look: () => lookAtRedis(connection, scope) });
