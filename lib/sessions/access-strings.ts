import { mirrorKey, offencePrefix } from '../../core/identity/session.ts';
import type { RedisUser } from './session-redis.ts';

/**
 * What a client of a cluster sends before and between its commands; AUTH and HELLO are open to everybody. ASKING is not
 * among them: a serverless cache is one shard to its clients, so it never moves a slot, and ElastiCache refuses access
 * strings with commands that it doesn't know. Source: Amazon ElastiCache, "Supported and restricted commands".
 */
const CONNECTING = ['cluster|slots', 'ping'];

/**
 * One session by its id, the copy of the state, and the count of blocked calls. EXPIRE is for the count and reaches
 * sessions too: that ElastiCache takes rules for reading alone (`%R~`) is written nowhere.
 */
const GATE = ['exists', 'expire', 'getrange', 'hmget', 'incrby'];

/** Scanning, reading, deleting what is unchanged by a script, and replacing an older copy of the state by another. */
const KEEPER = [
  'dbsize',
  'eval',
  'evalsha',
  'exists',
  'get',
  'getrange',
  'hget',
  'hmget',
  'hset',
  'info',
  'pttl',
  'scan',
  'strlen',
  'unlink',
];

/**
 * What a user may do, as ElastiCache and Redis write it: the commands that the functions send and the keys that they
 * are about, nothing else. SCAN shows the names of all keys, for it knows no patterns of access.
 *
 * @example accessString('gate', { prefix: 'session:', scope: 'default' }) // 'on ~session:* … resetchannels -@all +exists …'
 */
export function accessString(
  user: RedisUser,
  { prefix, scope }: { readonly prefix: string; readonly scope: string },
): string {
  const own = user === 'gate' ? [mirrorKey(scope), `${offencePrefix(scope)}*`] : [mirrorKey(scope)];
  const keys = [`${prefix}*`, ...own].map((pattern) => `~${pattern}`);
  const commands = [...CONNECTING, ...(user === 'gate' ? GATE : KEEPER)].map((command) => `+${command}`);
  return ['on', ...keys, 'resetchannels', '-@all', ...commands].join(' ');
}
