import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { mastersOf } from '../adapters/redis/redis-client.ts';
import { RedisServers } from '../test/support/redis-server.ts';
import type { Latencies } from './sessions-other-client.ts';
import type { Ended, Way } from './sessions-worker.ts';
import { PROJECT } from './support/fixtures.ts';
import { milliseconds, ratio, type Section, seconds } from './support/report.ts';
import { adminsAmong, fill } from './support/session-keys.ts';

const SESSIONS = 1_000_000;
const FEW_SESSIONS = 20_000;
/** How long the other client is watched before each way begins, ms. */
const IDLE = 3000;
/** Limit of the heap, MB, as it could be in a function of 512 MB. With more at hand, V8 collects garbage later. */
const HEAP = 384;
/** What the process of the purge may grow by. */
const MAX_GROWTH_BYTES = 100 * 2 ** 20;

interface Measured {
  readonly way: Way;
  readonly ended: Ended;
  readonly during: Latencies;
  readonly idle: Latencies;
}

/** Ends a million sessions among a million other keys in several ways, while another client goes on reading. */
export async function benchSessions(
  _folder: string,
  progress: (line: string) => void,
  { small }: { readonly small: boolean },
): Promise<Section> {
  const sessions = small ? FEW_SESSIONS : SESSIONS;
  const measured: Measured[] = [];
  for (const way of ['purge', 'bare loop', 'KEYS and DEL', 'known keys'] as const) {
    const figures = await measure(way, sessions);
    progress(`  ${rowOf(figures, sessions).join(', ')}`);
    measured.push(figures);
  }
  const of = (way: Way): Measured => measured.find((figures) => figures.way === way) as Measured;
  const [ours, bare] = [of('purge'), of('bare loop')];
  const pace = bare.ended.seconds / ours.ended.seconds;
  return {
    title: 'Ending sessions',
    method:
      `${sessions} sessions of 300 bytes, one in 100 an admin's, among as many other keys, on one redis-server on the ` +
      'same machine, filled anew for each row. Another process asks the server for a key once a millisecond, whether ' +
      'answers have come or not; its times count from when each question was due, and stand beside those of the 3 s ' +
      'before, when nobody else asked. Whatever ends the sessions runs at the lowest priority, in every row alike: a ' +
      'function, Redis and its other clients are machines of their own, and here they share two cores, where the other ' +
      'client would wait for a processor more than for Redis. The purge is the function as it is, with event log and ' +
      'ledger in memory: it goes through all keys twice, in batches of 1,000 keys at most (2,000 where next to none is a ' +
      'session, as in the second pass), and reads the next batch while it deletes the last. The bare loop sends the same ' +
      'commands once, one batch of 1,000 keys after the other, and has no errors, sizes or positions to look after; the ' +
      'heap of both is limited to 384 MB, as in a function of 512 MB. KEYS and DEL is `redis-cli KEYS … | xargs redis-cli DEL`, on a server that is no cluster, ' +
      "because a cluster refuses it; it ends admins' sessions too. The known keys are written to `redis-cli --pipe` " +
      'as UNLINK: what Redis can do at best.',
    columns: [
      'way',
      'time',
      'sessions a second',
      'memory',
      'other client, p50',
      'p99',
      'max',
      'idle, p50',
      'p99',
      'max',
    ],
    rows: measured.map((figures) => rowOf(figures, sessions)),
    goals: [
      { goal: 'purge ≥ 0.85 × the bare loop', measured: ratio(pace), met: pace >= 0.85 },
      {
        goal: 'other client’s p99 during the purge ≤ 5 ms',
        measured: milliseconds(ours.during.p99),
        met: ours.during.p99 <= 5,
      },
      {
        goal: 'memory of the purge ≤ 100 MiB above its start',
        measured: megabytes(ours.ended.growth),
        met: ours.ended.growth <= MAX_GROWTH_BYTES,
      },
    ],
    notes: [
      'For the gate, the sessions have ended before the first of these keys is gone: one event ends all of them, whatever their number.',
    ],
  };
}

async function measure(way: Way, sessions: number): Promise<Measured> {
  const servers = await RedisServers.start({ masters: way === 'KEYS and DEL' ? 0 : 1 });
  const { port } = servers.settings;
  const children: ChildProcess[] = [];
  const start = (file: string, args: readonly string[], flags: readonly string[] = []): ChildProcess => {
    const child = fork(join(PROJECT, file), args, {
      execArgv: [...flags],
      // The log lines of the purge are written, and read by nobody.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    children.push(child);
    return child;
  };
  try {
    await fill(port, sessions);
    const other = start('bench/sessions-other-client.ts', [String(port)]);
    await messageOf(other);
    const latencies = (): Promise<Latencies> => {
      other.send('figures');
      return messageOf<Latencies>(other);
    };
    await delay(IDLE);
    // What the connection's own begin took is left out.
    await latencies();
    await delay(IDLE);
    const idle = await latencies();
    const worker = start(
      'bench/sessions-worker.ts',
      [way, String(port), String(sessions)],
      isOurs(way) ? [`--max-heap-size=${HEAP}`] : [],
    );
    if (worker.pid !== undefined) os.setPriority(worker.pid, os.constants.priority.PRIORITY_LOW);
    const ended = await messageOf<Ended>(worker);
    const during = await latencies();
    await check(servers, way, sessions);
    return { way, ended, during, idle };
  } finally {
    for (const child of children) child.kill();
    await servers.close();
  }
}

/** A way that leaves a member, or takes anything else, is none. The purge writes the copy of the state besides. */
async function check(servers: RedisServers, way: Way, sessions: number): Promise<void> {
  const [server] = mastersOf(servers.client);
  const left = await server?.dbsize();
  const others = sessions + (way === 'purge' ? 2 : 1);
  const expected = others + (way === 'KEYS and DEL' ? 0 : adminsAmong(sessions));
  if (left !== expected) throw new Error(`${way} left ${left} keys, and should have left ${expected}.`);
}

async function messageOf<T>(child: ChildProcess): Promise<T> {
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`A process of the benchmark ended with ${code}.`);
  });
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
  return message;
}

/** Whether it is a process of ours that does it, and not redis-cli. */
function isOurs(way: Way): boolean {
  return way === 'purge' || way === 'bare loop';
}

function rowOf({ way, ended, during, idle }: Measured, sessions: number): string[] {
  return [
    way,
    seconds(ended.seconds),
    Math.round(sessions / ended.seconds).toLocaleString('en'),
    isOurs(way) ? megabytes(ended.growth) : '',
    ...[during, idle].flatMap(({ p50, p99, max }) => [p50, p99, max].map(milliseconds)),
  ];
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(0)} MiB`;
}
