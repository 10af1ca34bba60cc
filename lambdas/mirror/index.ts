import { RedisStateMirror } from '../../adapters/state-mirror.ts';
import { readEnvironment } from '../shared/environment.ts';
import { createLog } from '../shared/log.ts';
import { openRedis } from '../shared/open-redis.ts';
import { createMirrorHandler } from './mirror-handler.ts';

const { scope, redis } = readEnvironment(process.env, ['scope', 'redis']);

export const handler = createMirrorHandler({
  mirror: new RedisStateMirror(openRedis(redis, process.env), scope),
  log: createLog('mirror'),
});
