import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { DynamoDbEventLog } from '../adapters/events/dynamodb-event-log.ts';
import type { Head } from '../core/events/event-log.ts';
import { storeClientFor, TABLE } from '../test/support/dynalite.ts';
import { draftAfter } from '../test/support/event-drafts.ts';
import { TestIssuer } from '../test/support/tokens.ts';
import type { WorkerData, WorkerResult } from './propagation-worker.ts';
import { ACTIVE, authorizerEnvironment, authorizerEvent, bundle, PROJECT } from './support/fixtures.ts';
import { median, milliseconds, quantile, type Section } from './support/report.ts';
import { sharedNow, Toggles } from './support/shared-clock.ts';

const INSTANCES = 200;
const WORKERS = 8;
const TOGGLES = 100;
/** Milliseconds between two decisions of an instance, so that two cores carry all of them. */
const PAUSE = 50;
const SCOPE = 'default';

/** From the acknowledged append of a toggle to the last decision that any instance makes by the state before. */
export async function benchPropagation(folder: string, progress: (line: string) => void): Promise<Section> {
  const file = join(folder, 'propagation.cjs');
  await bundle(join(PROJECT, 'lambdas/authorizer/index.ts'), file);
  const store = fork(join(PROJECT, 'bench/support/state-table.ts'));
  const [{ endpoint }] = (await once(store, 'message')) as [{ endpoint: string }];
  const client = storeClientFor(endpoint);
  const log = new DynamoDbEventLog({ client, table: TABLE, scope: SCOPE });
  const toggles = new Toggles(TOGGLES);
  const workers = startWorkers(file, endpoint, toggles);
  try {
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    progress(`  ${INSTANCES} instances are ready`);
    for (const worker of workers) worker.postMessage('go');
    await wait(2000);
    let head: Head = null;
    const appends: number[] = [];
    for (let version = 1; version <= TOGGLES; version += 1) {
      const begun = sharedNow();
      head = await toggle(log, head, toggles);
      appends.push(sharedNow() - begun);
      if (version % 20 === 0) progress(`  ${version} of ${TOGGLES} toggles`);
      // Not in step with the refreshes, and long enough for the bound to be broken.
      await wait(1300 + Math.random() * 400);
    }
    const results = await stop(workers);
    return report(results, toggles, appends);
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
    client.destroy();
    store.disconnect();
  }
}

/** Odd events begin a maintenance, even ones end it. */
async function toggle(log: DynamoDbEventLog, head: Head, toggles: Toggles): Promise<Head> {
  const version = (head?.number ?? 0) + 1;
  const begins = version % 2 === 1;
  const maintenance = begins ? ACTIVE.maintenance : null;
  const draft = draftAfter(head, {
    type: begins ? 'activated' : 'deactivated',
    at: Date.now(),
    state: { version, maintenance, rules: null, sessionsInvalidBefore: null },
  });
  toggles.begin(version);
  const appended = await log.append(draft, head);
  toggles.acknowledge(version);
  if (appended.outcome !== 'appended') throw new Error(`Event ${version} was not appended.`);
  return appended.event;
}

function startWorkers(file: string, endpoint: string, toggles: Toggles): Worker[] {
  const data: WorkerData = {
    bundle: file,
    instances: INSTANCES / WORKERS,
    last: TOGGLES,
    pause: PAUSE,
    event: authorizerEvent({
      method: 'GET',
      path: '/api/maintenance/canary',
      resource: '/api/maintenance/canary',
    }),
    toggles: toggles.buffer,
  };
  const env = {
    ...process.env,
    ...authorizerEnvironment(new TestIssuer(), endpoint),
    STATE_TABLE: TABLE,
    SCOPE,
    AWS_REGION: 'eu-central-1',
  };
  const script = join(PROJECT, 'bench/propagation-worker.ts');
  return Array.from({ length: WORKERS }, () => new Worker(script, { workerData: data, env }));
}

async function stop(workers: readonly Worker[]): Promise<WorkerResult[]> {
  return Promise.all(
    workers.map(async (worker) => {
      const answer = once(worker, 'message');
      worker.postMessage('stop');
      const [result] = (await answer) as [WorkerResult];
      return result;
    }),
  );
}

function report(results: readonly WorkerResult[], toggles: Toggles, appends: readonly number[]): Section {
  const lags = Array.from({ length: TOGGLES }, (_, index) => {
    const version = index + 1;
    const lastByOlder = Math.max(...results.map((result) => result.lastByOlder[version] ?? 0));
    return Math.max(0, lastByOlder - toggles.acknowledgedAt(version));
  });
  const decisions = results.reduce((sum, result) => sum + result.decisions, 0);
  const regressions = results.reduce((sum, result) => sum + result.regressions, 0);
  const noise = Math.max(...results.map(({ largestGap }) => largestGap)) - PAUSE;
  const slowest = Math.max(...lags);
  return {
    title: 'Propagation of a toggle',
    method:
      `${INSTANCES} authorizer instances, each the bundled handler loaded anew with a state cache and a connection of ` +
      `its own, in ${WORKERS} worker threads; each decides, waits ${PAUSE} ms, and decides again: ${decisions} decisions. ${TOGGLES} toggles ` +
      'are appended to the event log on dynalite by the code of the control function. The lag is the time from the ' +
      'acknowledged append to the end of the last decision by an older state in any instance. The scheduling noise is ' +
      'the longest time between two decisions of an instance, less the pause: so long an instance may have been kept ' +
      'from running, its read of the state included.',
    columns: ['figure', 'value'],
    rows: [
      ['lag, median', milliseconds(median(lags))],
      ['lag, p90', milliseconds(quantile(lags, 0.9))],
      ['lag, maximum', milliseconds(slowest)],
      ['scheduling noise', milliseconds(noise)],
      ['append, median', milliseconds(median(appends))],
      ['decisions by an older state after a newer one', String(regressions)],
    ],
    goals: [
      {
        goal: `maximum ≤ 1000 ms + scheduling noise (${milliseconds(1000 + noise)})`,
        measured: milliseconds(slowest),
        met: slowest <= 1000 + noise,
      },
      {
        goal: 'no decision by an older state after a newer one',
        measured: String(regressions),
        met: regressions === 0,
      },
    ],
  };
}
