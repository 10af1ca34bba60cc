import type { RedisFacts } from '../../core/health/redis-facts.ts';
import { mirrorKey } from '../../core/identity/session.ts';
import { mastersOf } from './redis-client.ts';
import type { RedisConnection } from './redis-connection.ts';

/**
 * What Redis tells of itself, all servers together, and of the copy of the state. What it does not say is null: a
 * serverless cache says less than a server. Rejects with SessionStoreUnavailableError.
 */
export function lookAtRedis(redis: RedisConnection, scope: string): Promise<RedisFacts> {
  return redis.use(async (client) => {
    const masters = mastersOf(client);
    const begun = performance.now();
    await Promise.all(masters.map((master) => master.ping()));
    const ping = performance.now() - begun;
    const [infos, [version, keptAt]] = await Promise.all([
      Promise.all(masters.map(async (master) => fieldsOf(await master.info()))),
      client.hmget(mirrorKey(scope), 'version', 'at'),
    ]);
    const maximum = sumOf(infos, 'maxmemory');
    const spaces = infos.map((info) => keysOf(info.get('db0')));
    return {
      ping: Math.round(ping * 10) / 10,
      servers: masters.length,
      usedBytes: sumOf(infos, 'used_memory'),
      maximumBytes: maximum === 0 ? null : maximum,
      evictionPolicy: infos[0]?.get('maxmemory_policy') ?? null,
      evictedKeys: sumOf(infos, 'evicted_keys'),
      clients: sumOf(infos, 'connected_clients'),
      keys: {
        all: spaces.reduce((sum, { all }) => sum + all, 0),
        expiring: spaces.reduce((sum, { expiring }) => sum + expiring, 0),
      },
      mirror:
        version == null ? null : { version: Number(version), keptAt: keptAt == null ? null : Number(keptAt) },
    };
  });
}

/** Source: "INFO" of the Redis commands: lines of `name:value`, sections begin with `#`. */
function fieldsOf(info: string): ReadonlyMap<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

function sumOf(infos: readonly ReadonlyMap<string, string>[], name: string): number | null {
  const values = infos.map((info) => info.get(name));
  if (values.length === 0 || values.includes(undefined)) return null;
  return values.reduce((sum, value) => sum + Number(value), 0);
}

/** Such as `keys=12,expires=10,avg_ttl=0`; absent where there are no keys. */
function keysOf(space = ''): { readonly all: number; readonly expiring: number } {
  const count = (name: string): number => Number(new RegExp(`\\b${name}=(\\d+)`).exec(space)?.[1] ?? 0);
  return { all: count('keys'), expiring: count('expires') };
}
