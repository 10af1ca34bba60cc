import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import { RedisConnection } from '../adapters/redis/redis-connection.ts';
import { COMPARE_AND_UNLINK } from '../adapters/sessions/compare-and-unlink.ts';
import { RedisSessionStore } from '../adapters/sessions/redis-session-store.ts';
import { RedisStateMirror } from '../adapters/state/state-mirror.ts';
import { executeCommand, stateOf } from '../core/events/append-change.ts';
import { createLog } from '../lambdas/aws/log.ts';
import { createPurgeHandler } from '../lambdas/purge/purge-handler.ts';
import { ALICE, enable } from '../test/support/examples.ts';
import { InMemoryEventLog } from '../test/support/in-memory-event-log.ts';
import { InMemoryPurgeRecord } from '../test/support/in-memory-purge-record.ts';
import { POLICY } from '../test/support/sessions.ts';
import { isAdmin, sessionKey } from './support/session-keys.ts';

/** What one way of ending sessions took. */
export interface Ended {
  readonly seconds: number;
  /** Bytes that the process grew by at most. */
  readonly growth: number;
}

export type Way = 'purge' | 'bare loop' | 'KEYS and DEL' | 'known keys';

/** Keys of a batch of the bare loop: as many as one of the purge goes past at most while it finds sessions. */
const BATCH = 1000;
/** The longest that a function may take, ms. */
const TIME_LIMIT = 900_000;

const [way, portText, sessionsText] = process.argv.slice(2);
const port = Number(portText);
const sessions = Number(sessionsText);
const server = { host: '127.0.0.1', port, tls: false, auth: { type: 'none' } } as const;

/** Each way makes its preparations, and returns what is measured. */
const ways: Readonly<Record<Way, () => Promise<() => Promise<void>>>> = {
  /** The function as it is, but for the event log and the record of the purge, which are in memory. */
  purge: async () => {
    const redis = new RedisConnection(server);
    const store = new RedisSessionStore(redis, POLICY);
    const events = new InMemoryEventLog();
    const handler = createPurgeHandler({
      store,
      events,
      record: new InMemoryPurgeRecord(),
      mirror: new RedisStateMirror(redis, 'default'),
      issuerKeys: async () => null,
      log: createLog('purge'),
      write: (line) => process.stdout.write(line),
      now: Date.now,
      stopwatch: () => performance.now(),
      newId: randomUUID,
    });
    await store.size();
    return async () => {
      await executeCommand(
        { log: events, now: Date.now, newId: randomUUID },
        { command: enable(), actor: ALICE, answer: () => null },
      );
      await handler({}, { awsRequestId: 'bench', getRemainingTimeInMillis: () => TIME_LIMIT });
      if (stateOf(await events.head()).purge !== undefined) throw new Error('The purge is not complete.');
    };
  },

  /** The same commands to the server, and nothing that isn't needed for that. */
  'bare loop': async () => {
    const redis = new Redis(port, { protocol: 2 });
    const sha = String(await redis.script('LOAD', COMPARE_AND_UNLINK));
    return async () => {
      let cursor = '0';
      do {
        const [next, keys] = await redis.scan(cursor, 'MATCH', `${POLICY.prefix}*`, 'COUNT', BATCH);
        const reads = redis.pipeline();
        for (const key of keys) reads.getBuffer(key);
        const values = (await reads.exec()) ?? [];
        const ends = redis.pipeline();
        for (const [index, [, value]] of values.entries()) {
          const text = value as Buffer;
          if (JSON.parse(text.toString()).role === 'admin') continue;
          ends.evalsha(sha, 1, keys[index] as string, createHash('sha1').update(text).digest('hex'));
        }
        await ends.exec();
        cursor = next;
      } while (cursor !== '0');
    };
  },

  /** As the guide has it in a shell; admins' sessions go too. */
  'KEYS and DEL': async () => () =>
    finished(
      spawn('sh', [
        '-c',
        `redis-cli -p ${port} --raw KEYS '${POLICY.prefix}*' | xargs redis-cli -p ${port} DEL > /dev/null`,
      ]),
    ),

  /** What Redis can do at best, for somebody who knows all keys and asks nothing. */
  'known keys': async () => {
    const commands: string[] = [];
    for (let n = 0; n < sessions; n += 1) {
      if (isAdmin(n)) continue;
      const key = sessionKey(n);
      commands.push(`*2\r\n$6\r\nUNLINK\r\n$${key.length}\r\n${key}\r\n`);
    }
    return () => {
      const pipe = spawn('redis-cli', ['-p', String(port), '--pipe'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      pipe.stdin?.end(commands.join(''));
      return finished(pipe);
    };
  },
};

async function finished(child: ReturnType<typeof spawn>): Promise<void> {
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`${way} ended with ${code}.`);
}

const run = await ways[way as Way]();
const before = process.memoryUsage.rss();
const begun = performance.now();
await run();
const ended: Ended = {
  seconds: (performance.now() - begun) / 1000,
  growth: process.resourceUsage().maxRSS * 1024 - before,
};
process.send?.(ended, () => process.exit());
