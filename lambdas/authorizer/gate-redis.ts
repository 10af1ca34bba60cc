import { RedisOffenceCounts } from '../../adapters/gate/offence-counts.ts';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { parseRedisSettings } from '../../adapters/redis/redis-settings.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import type { AwsIdentity } from '../aws/aws-identity.ts';
import type { GateRedis } from './lazy-redis.ts';
import type { SessionSettings } from './settings.ts';

/** Milliseconds for one command, and until a connection is open: a lookup has 700 in all. */
const COMMAND_TIMEOUT = 200;
const CONNECT_TIMEOUT = 400;

/**
 * Everything that the gate has Redis for, over one connection. A bundle of its own (`#gate-redis`), so that a start
 * does not even read it.
 *
 * @param scope name of the event log
 * @param onCorrupt told when the copy of the state is not what was written
 */
export function openGateRedis(
  { redis, policy }: SessionSettings,
  scope: string,
  identity: AwsIdentity,
  onCorrupt: (error: Error) => void,
): GateRedis {
  const connection = new RedisConnection(parseRedisSettings(redis), {
    commandTimeout: COMMAND_TIMEOUT,
    connectTimeout: CONNECT_TIMEOUT,
    identity,
  });
  return {
    sessions: new RedisSessionStore(connection, policy),
    mirror: new RedisStateMirror(connection, scope, { onCorrupt }),
    offences: new RedisOffenceCounts(connection, scope),
  };
}
