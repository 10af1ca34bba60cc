import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import { readEnvironment } from '../aws/environment.ts';
import { createLog } from '../aws/log.ts';
import { openRedis } from '../aws/open-redis.ts';
import { createMirrorHandler } from './mirror-handler.ts';

const { scope, redis } = readEnvironment(process.env, ['scope', 'redis']);

export const handler = createMirrorHandler({
  mirror: new RedisStateMirror(openRedis(redis, process.env), scope),
  log: createLog('mirror'),
});
