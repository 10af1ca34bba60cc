import { RedisConnection, type RedisConnectionOptions } from '../../adapters/redis/redis-connection.ts';
import { parseRedisSettings } from '../../adapters/redis/redis-settings.ts';
import { awsIdentity } from './aws-identity.ts';

/**
 * The connection of a function inside the network, opened when it is first needed. It signs in as the function's role
 * where the settings say so.
 *
 * @param settings RedisSettings as JSON
 * @param limits times other than a connection's usual ones
 */
export function openRedis(
  settings: string,
  env: Readonly<Record<string, string | undefined>>,
  limits: Pick<RedisConnectionOptions, 'commandTimeout' | 'connectTimeout' | 'longestPause'> = {},
): RedisConnection {
  return new RedisConnection(parseRedisSettings(settings), {
    ...limits,
    identity: awsIdentity(env),
  });
}
