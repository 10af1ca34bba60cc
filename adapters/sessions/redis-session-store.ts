import type { Redis } from 'ioredis';
import { readSession, type SessionFacts, type SessionPolicy } from '../../core/identity/session.ts';
import type {
  ScanBatch,
  ScanPosition,
  SeenSession,
  SessionStore,
} from '../../core/sessions/session-store.ts';
import { slotOf } from '../redis/key-slot.ts';
import { bytesOf, textOf } from '../redis/key-text.ts';
import { mastersOf, type RedisClient } from '../redis/redis-client.ts';
import type { RedisConnection } from '../redis/redis-connection.ts';
import {
  COMPARE_AND_UNLINK,
  COMPARE_AND_UNLINK_SHA,
  digestOf,
  MAX_VALUE_BYTES,
  NO_TEXT,
  TOO_LONG,
} from './compare-and-unlink.ts';
import { inPipeline, isElsewhere, isNoText, isUnknownScript, portionsOf } from './pipeline.ts';
import { nextPlace, type Place, placeOf, positionOf } from './scan-place.ts';

/** Bytes of each value that a batch reads at once; what is longer is read by itself. */
const USUAL_VALUE = 32 * 1024;

/** Names the servers of a connection: what a server said of itself holds for as long as it is connected. */
const names = new WeakMap<Redis, Promise<string>>();

/**
 * The application's sessions in Redis, on a cluster of any size or on one server. Ids and keys are bytes that nobody
 * interprets. A value that is longer than 4 MiB is not read: it counts as unreadable, and so as a member's.
 *
 * A scan takes the servers one after the other by SCAN, and never blocks one for longer than a batch takes. Where slots
 * move between servers during a scan, a session may go from one that is still to come to one that is done: whoever must
 * see them all scans twice.
 */
export class RedisSessionStore implements SessionStore {
  readonly #redis: RedisConnection;
  readonly #policy: SessionPolicy;
  /** Bytes. */
  readonly #prefixLength: number;
  readonly #pattern: string;

  constructor(redis: RedisConnection, policy: SessionPolicy) {
    this.#redis = redis;
    this.#policy = policy;
    this.#prefixLength = Buffer.byteLength(policy.prefix);
    this.#pattern = `${policy.prefix.replace(/[\\*?[\]]/g, '\\$&')}*`;
  }

  find(id: string): Promise<SessionFacts | null> {
    return this.#redis.use(async (client) => (await this.#look(client, id))?.facts ?? null);
  }

  async expiresIn(id: string): Promise<number | null> {
    const left = await this.#redis.use((client) => client.pttl(this.#keyOf(id)));
    return left < 0 ? null : left;
  }

  scan(position: ScanPosition | null, size: number): Promise<ScanBatch> {
    return this.#redis.use(async (client) => {
      const servers = await serversOf(client);
      const place = placeOf(position, [...servers.keys()]);
      const server = servers.get(place.server);
      if (server === undefined) throw new Error(`The server ${place.server} has gone.`);
      const [cursor, keys] = await server.scanBuffer(
        place.cursor,
        'MATCH',
        this.#pattern,
        'COUNT',
        Math.max(1, Math.round(size)),
      );
      const next: Place | null = nextPlace(place, cursor.toString(), [...servers.keys()]);
      return {
        sessions: await this.#read(client, server, keys),
        next: next === null ? null : positionOf(next),
        passed: size,
      };
    });
  }

  endUnchanged(sessions: readonly Pick<SeenSession, 'id' | 'digest'>[]): Promise<number> {
    const marks = sessions.map(({ id, digest }) => ({ key: this.#keyOf(id), digest }));
    return this.#redis.use(async (client) => {
      const groups = Map.groupBy(marks, serverFinder(client));
      const portions = [...groups].flatMap(([server, group]) =>
        portionsOf(group).map((portion) => end(client, server, portion)),
      );
      const counts = await Promise.all(portions);
      return counts.reduce((sum, count) => sum + count, 0);
    });
  }

  size(): Promise<number> {
    return this.#redis.use(async (client) => {
      const sizes = await Promise.all(mastersOf(client).map((server) => server.dbsize()));
      return sizes.reduce((sum, size) => sum + size, 0);
    });
  }

  #keyOf(id: string): Key {
    const key = `${this.#policy.prefix}${id}`;
    return key.isWellFormed() ? key : bytesOf(key);
  }

  /** What the keys of one server hold; what has gone meanwhile is left out. */
  async #read(client: RedisClient, server: Redis, found: readonly Buffer[]): Promise<SeenSession[]> {
    // SCAN may give a key twice.
    const ids = [...new Set(found.map((key) => textOf(key.subarray(this.#prefixLength))))];
    const read = portionsOf(ids).map((portion) => this.#readPortion(client, server, portion));
    return (await Promise.all(read)).flat();
  }

  async #readPortion(client: RedisClient, server: Redis, ids: readonly string[]): Promise<SeenSession[]> {
    const replies = await inPipeline(server, ids, (pipeline, id) =>
      pipeline.getrangeBuffer(this.#keyOf(id), 0, USUAL_VALUE),
    );
    const sessions: SeenSession[] = [];
    for (const [index, [error, value]] of replies.entries()) {
      const id = ids[index] as string;
      if (error === null && isWhole(value as Buffer)) sessions.push(this.#seen(id, value as Buffer));
      else if (error !== null && isNoText(error)) sessions.push(this.#unread(id, NO_TEXT));
      else if (error !== null && !isElsewhere(error)) throw error;
      else {
        const session = await this.#look(client, id);
        if (session !== null) sessions.push(session);
      }
    }
    return sessions;
  }

  /** One session by itself, wherever it is and however long. */
  async #look(client: RedisClient, id: string): Promise<SeenSession | null> {
    const key = this.#keyOf(id);
    try {
      const start = await client.getrangeBuffer(key, 0, USUAL_VALUE);
      if (isWhole(start)) return this.#seen(id, start);
      if (start.length === 0) return (await client.exists(key)) === 0 ? null : this.#seen(id, start);
      const value = await client.getrangeBuffer(key, 0, MAX_VALUE_BYTES);
      return value.length > MAX_VALUE_BYTES ? this.#unread(id, TOO_LONG) : this.#seen(id, value);
    } catch (error) {
      if (error instanceof Error && isNoText(error)) return this.#unread(id, NO_TEXT);
      throw error;
    }
  }

  #seen(id: string, value: Buffer): SeenSession {
    return { id, digest: digestOf(value), facts: readSession(value.toString('utf8'), this.#policy) };
  }

  #unread(id: string, digest: string): SeenSession {
    return { id, digest, facts: readSession(null, this.#policy) };
  }
}

/** Whether this is all of a value: nothing may be a value that has gone, and what fills the range may be a piece. */
function isWhole(value: Buffer): boolean {
  return value.length > 0 && value.length <= USUAL_VALUE;
}

/** A key as a text where it is one, which costs less, else as bytes. */
type Key = string | Buffer;

interface Mark {
  readonly key: Key;
  readonly digest: string;
}

/** Finds the server that has a key; any server where it isn't known: that one knows better. */
function serverFinder(client: RedisClient): (mark: Mark) => Redis {
  const [any, ...others] = mastersOf(client);
  if (any === undefined) throw new Error('There is no server that holds keys.');
  if (others.length === 0 || !('slots' in client)) return () => any;
  const byAddress = new Map([any, ...others].map((server) => [addressOf(server), server]));
  return ({ key }) => byAddress.get(client.slots[slotOf(Buffer.from(key))]?.[0] ?? '') ?? any;
}

/** Deletes those of a few keys of one server that are unchanged. */
async function end(client: RedisClient, server: Redis, marks: readonly Mark[]): Promise<number> {
  const replies = await inPipeline(server, marks, (pipeline, { key, digest }, index) =>
    // The first brings the script along, so that the server knows it for the others.
    index === 0
      ? pipeline.eval(COMPARE_AND_UNLINK, 1, key, digest)
      : pipeline.evalsha(COMPARE_AND_UNLINK_SHA, 1, key, digest),
  );
  let ended = 0;
  for (const [index, [error, value]] of replies.entries()) {
    if (error === null) ended += Number(value);
    else if (isElsewhere(error) || isUnknownScript(error)) {
      const { key, digest } = marks[index] as Mark;
      ended += Number(await client.eval(COMPARE_AND_UNLINK, 1, key, digest));
    } else throw error;
  }
  return ended;
}

/** The servers by names that end with their memory: cursors of a server mean nothing after it was started again. */
async function serversOf(client: RedisClient): Promise<ReadonlyMap<string, Redis>> {
  const masters = mastersOf(client);
  const named = await Promise.all(masters.map(async (server) => [await nameOf(server), server] as const));
  return new Map(named);
}

function nameOf(server: Redis): Promise<string> {
  const name =
    names.get(server) ??
    server.info('server').then(
      (info) => /^run_id:(\w+)/m.exec(info)?.[1] ?? addressOf(server),
      // Not every server tells, or lets everybody ask.
      (error: unknown) => {
        if (error instanceof Error && error.name === 'ReplyError') return addressOf(server);
        names.delete(server);
        throw error;
      },
    );
  names.set(server, name);
  return name;
}

function addressOf({ options }: Redis): string {
  return `${options.host}:${options.port}`;
}
