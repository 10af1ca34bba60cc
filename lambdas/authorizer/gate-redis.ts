import { RedisOffenceCounts } from '../../adapters/attempts/offence-counts.ts';
import { RedisConnection } from '../../adapters/redis/redis-connection.ts';
import { parseRedisSettings } from '../../adapters/redis/redis-settings.ts';
import { RedisSessionStore } from '../../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../../adapters/state/state-mirror.ts';
import type { AwsIdentity } from '../aws/aws-identity.ts';
import type { GateRedis } from './lazy-redis.ts';
import type { SessionSettings } from './settings.ts';

/** Milliseconds for one command, and until a connection is open: a lookup of a session has 700 in all. */
const SESSION_LIMITS = { commandTimeout: 200, connectTimeout: 400 };
/** The same for the copy of the state. Who has nothing else to decide by waits for it; who has, does not (StateCache). */
const COPY_LIMITS = { commandTimeout: 1500, connectTimeout: 1500 };

/**
 * Everything that the gate has Redis for. The copy of the state has a connection of its own, opened when the event log
 * is away: it is given more time, and is asked for however often sessions could not be looked up. A bundle of its own
 * (`#gate-redis`), so that a start does not even read it.
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
  const settings = parseRedisSettings(redis);
  const connection = new RedisConnection(settings, { ...SESSION_LIMITS, identity });
  const copyConnection = new RedisConnection(settings, { ...COPY_LIMITS, identity });
  return {
    sessions: new RedisSessionStore(connection, policy),
    mirror: new RedisStateMirror(copyConnection, scope, { onCorrupt }),
    offences: new RedisOffenceCounts(connection, scope),
  };
}
