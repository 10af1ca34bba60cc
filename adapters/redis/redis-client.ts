import type { Cluster, Redis, RedisOptions } from 'ioredis';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import { inTime } from './in-time.ts';

/** A client of ioredis: of a cluster, or of a server that is none. */
export type RedisClient = Cluster | Redis;

/** Loads ioredis, which costs more than a decision: only where Redis is needed. */
export type LoadClient = () => Promise<Pick<typeof import('ioredis'), 'Cluster' | 'Redis'>>;

interface OpenOptions {
  readonly settings: RedisSettings;
  readonly user: string | null;
  readonly password: string | null;
  /** Milliseconds until the client can be used. */
  readonly limit: number;
  readonly load: LoadClient;
}

/** Redirections that a command follows: one after a slot was moved, one while it is being moved. */
const MAX_REDIRECTIONS = 3;

/**
 * A client that is connected and signed in. It never connects again by itself: its password may have expired, and who
 * uses it decides when Redis is asked next. Rejects with what Redis or the network said.
 *
 * ElastiCache Serverless is a cluster, and so is a replication group in cluster mode; one that is not says so.
 */
export async function openClient(options: OpenOptions): Promise<RedisClient> {
  const { settings, limit, load } = options;
  const { Cluster, Redis } = await load();
  const redisOptions: RedisOptions = {
    ...(options.user === null ? {} : { username: options.user }),
    ...(options.password === null ? {} : { password: options.password }),
    ...(settings.tls ? { tls: {} } : {}),
    connectTimeout: limit,
    // A plain AUTH and the replies that every server knows.
    protocol: 2,
    // No INFO and no CLIENT SETINFO: the fewer commands, the fewer permissions and round trips.
    enableReadyCheck: false,
    disableClientInfo: true,
  };
  const cluster = new Cluster([{ host: settings.host, port: settings.port }], {
    lazyConnect: true,
    enableReadyCheck: false,
    slotsRefreshTimeout: limit,
    maxRedirections: MAX_REDIRECTIONS,
    clusterRetryStrategy: null,
    // Names stay names: certificates are made out to them.
    dnsLookup: (name, found) => found(null, name),
    redisOptions,
  });
  try {
    return await opened(cluster, limit, async () => {
      await cluster.connect();
      await answerOfAny(cluster.nodes('master'));
    });
  } catch (error) {
    if (!/cluster support disabled/.test(String(error))) throw error;
  }
  const single = new Redis({
    ...redisOptions,
    host: settings.host,
    port: settings.port,
    lazyConnect: true,
    retryStrategy: null,
  });
  return opened(single, limit, () => single.connect());
}

/** The servers that hold the keys, each with a share of them. */
export function mastersOf(client: RedisClient): readonly Redis[] {
  return 'nodes' in client ? client.nodes('master') : [client];
}

/** Whether nothing will ever come over this client again. */
export function isEnded({ status }: RedisClient): boolean {
  return status === 'close' || status === 'end' || status === 'disconnecting';
}

async function opened<Client extends RedisClient>(
  client: Client,
  limit: number,
  connect: () => Promise<unknown>,
): Promise<Client> {
  // A cluster that can't be reached says so without a reason; the reason comes as an event.
  let reason: unknown;
  const note = (error: unknown): void => {
    reason = error;
  };
  client.on('error', note).on('node error', note);
  try {
    await inTime('Connecting to Redis', limit, connect());
    return client;
  } catch (error) {
    client.disconnect();
    throw causeOf(reason ?? error);
  }
}

/** Opens the connections to all servers; one that is away is no reason to do without the others. */
async function answerOfAny(masters: readonly Redis[]): Promise<void> {
  if (masters.length === 0) throw new Error('The cluster names no server that holds keys.');
  try {
    await Promise.any(masters.map((master) => master.ping()));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

/** ioredis wraps what a server said into "Failed to refresh slots cache". */
function causeOf(error: unknown): unknown {
  const last = (error as { lastNodeError?: unknown }).lastNodeError;
  return last ?? error;
}
