import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbJobRegistry } from '../adapters/jobs/dynamodb-job-registry.ts';
import { HEARTBEAT_INTERVAL, type Job } from '../core/jobs/job.ts';
import { eachOf, stopJobs } from '../core/jobs/stop-jobs.ts';
import { newJob } from '../core/jobs/view.ts';
import { storeClientFor } from '../test/support/dynalite.ts';
import { createJobTable } from '../test/support/job-table.ts';
import { PROJECT } from './support/fixtures.ts';
import { PRICES } from './support/prices.ts';
import { type Section, seconds } from './support/report.ts';

const JOBS = 10_000;
const AT_ONCE = 32;
const TABLE = 'Jobs';
const GOAL = 3;
const HEARTBEATS_AN_HOUR = 3_600_000 / HEARTBEAT_INTERVAL;
/** Milliseconds of the authorizer and of the jobs function for a heartbeat, and the latter's memory, GB. Assumed. */
const AUTHORIZER = { duration: 2, memory: 1769 / 1024 };
const FUNCTION = { duration: 10, memory: 1 };

interface Measured {
  readonly what: string;
  readonly requests: number;
  /** Seconds. */
  readonly time: number;
}

/** What 10 000 running jobs take of DynamoDB: registration, heartbeats, counting, and a drain. */
export async function benchJobs(progress: (line: string) => void): Promise<Section> {
  const store = fork(join(PROJECT, 'bench/support/state-table.ts'));
  const [{ endpoint }] = (await once(store, 'message')) as [{ endpoint: string }];
  const client = storeClientFor(endpoint);
  const requests = countRequests(client);
  try {
    await createJobTable(client, TABLE);
    const measure = async (what: string, run: () => Promise<unknown>): Promise<Measured> => {
      const [before, begun] = [requests(), performance.now()];
      await run();
      const measured = { what, requests: requests() - before, time: (performance.now() - begun) / 1000 };
      progress(`  ${what}: ${measured.requests} requests, ${seconds(measured.time)}`);
      return measured;
    };
    const ours = await drain(new DynamoDbJobRegistry({ client, table: TABLE, scope: 'ours' }), measure);
    const reference = await readThenWrite(
      new DynamoDbJobRegistry({ client, table: TABLE, scope: 'reference' }),
      measure,
    );
    return report(ours, reference);
  } finally {
    client.destroy();
    store.disconnect();
  }
}

type Measure = (what: string, run: () => Promise<unknown>) => Promise<Measured>;

interface Drained {
  readonly before: readonly Measured[];
  readonly own: readonly Measured[];
  readonly counted: Measured;
}

/** Half of the jobs complete when they are asked to stop, the other half has to be terminated. */
async function drain(registry: DynamoDbJobRegistry, measure: Measure): Promise<Drained> {
  const jobs = makeJobs();
  const before = [
    await measure('register', () =>
      eachOf(jobs, AT_ONCE, async (job) => void (await registry.register(job))),
    ),
    await measure('a heartbeat of each', () =>
      eachOf(jobs, AT_ONCE, async ({ id }) => {
        await registry.change(id, { type: 'heartbeat', progress: 10 }, Date.now());
      }),
    ),
  ];
  const parts = { registry, now: Date.now, until: Number.POSITIVE_INFINITY };
  const reason = 'emergency_mode' as const;
  const ask = { deadline: Date.now() + 900_000, reason };
  const asked = await measure('drain: ask all', () => stopJobs(registry.active(), ask, parts));
  before.push(
    await measure('half of them complete', () =>
      eachOf(jobs.slice(0, JOBS / 2), AT_ONCE, async ({ id }) => {
        await registry.change(id, { type: 'complete', result: null }, Date.now());
      }),
    ),
  );
  const terminated = await measure('drain: terminate the rest', () =>
    stopJobs(registry.active(), { deadline: null, reason }, parts),
  );
  let left = Number.NaN;
  const counted = await measure('count', async () => {
    left = await registry.countActive();
  });
  if (left !== 0) throw new Error(`${left} jobs are still active after the drain.`);
  return { before, own: [asked, terminated], counted };
}

/** The usual way: each job is read before it is written, and found again for each write. */
async function readThenWrite(registry: DynamoDbJobRegistry, measure: Measure): Promise<Measured> {
  const jobs = makeJobs();
  await eachOf(jobs, AT_ONCE, async (job) => void (await registry.register(job)));
  const reason = 'emergency_mode' as const;
  return measure('reference: read each job before each of the two writes', async () => {
    const deadline = Date.now() + 900_000;
    await eachOf(jobs, AT_ONCE, async ({ id }) => {
      await registry.change(id, { type: 'ask', deadline, reason }, Date.now());
    });
    await eachOf(jobs, AT_ONCE, async ({ id }) => {
      await registry.change(id, { type: 'terminate', reason }, Date.now());
    });
  });
}

function makeJobs(): Job[] {
  const startedAt = Date.now();
  return Array.from({ length: JOBS }, () =>
    newJob({
      id: crypto.randomUUID(),
      type: 'caption_generation',
      owner: 'mia',
      registeredBy: 'walt',
      startedAt,
    }),
  );
}

/** Counts what a client sends, repetitions included. */
function countRequests(client: DynamoDBClient): () => number {
  let count = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      count += 1;
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  return () => count;
}

function report({ before, own, counted }: Drained, reference: Measured): Section {
  const row = ({ what, requests, time }: Measured): string[] => [
    what,
    String(requests),
    (requests / JOBS).toFixed(3),
    seconds(time),
  ];
  const drainRequests = own.reduce((sum, { requests }) => sum + requests, 0) + counted.requests;
  const drainTime = own.reduce((sum, { time }) => sum + time, 0) + counted.time;
  const perJob = drainRequests / JOBS;
  const whole = { what: 'drain, with the count', requests: drainRequests, time: drainTime };
  return {
    title: 'Jobs',
    method: `${JOBS} running jobs in dynalite in another process, ${AT_ONCE} requests at a time. Half of the jobs complete when they are asked to stop; what they send themselves is no request of the drain.`,
    columns: ['case', 'requests', 'per job', 'time'],
    rows: [...[...before, ...own, counted].map(row), row(whole), row(reference)],
    goals: [
      {
        goal: `requests of a drain per job < ${GOAL}`,
        measured: perJob.toFixed(2),
        met: perJob < GOAL,
      },
    ],
    notes: [costOfHeartbeats()],
  };
}

function costOfHeartbeats(): string {
  const lambda = [AUTHORIZER, FUNCTION].map(
    ({ duration, memory }) => PRICES.lambdaRequest + (duration / 1000) * memory * PRICES.lambdaGigabyteSecond,
  );
  const each = PRICES.gatewayRequest + PRICES.tableWrite + lambda.reduce((sum, price) => sum + price, 0);
  const hour = each * HEARTBEATS_AN_HOUR;
  return [
    `**A job-hour** costs about $${hour.toFixed(5)} in heartbeats: ${HEARTBEATS_AN_HOUR} of them, each a request of API Gateway`,
    `($${(PRICES.gatewayRequest * HEARTBEATS_AN_HOUR).toFixed(5)} together), one write of DynamoDB ($${(PRICES.tableWrite * HEARTBEATS_AN_HOUR).toFixed(5)}), and two invocations`,
    `(${AUTHORIZER.duration} ms of the authorizer and ${FUNCTION.duration} ms of \`jobs\` assumed). Logs are not in it.`,
  ].join('\n');
}
