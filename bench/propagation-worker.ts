import { createRequire } from 'node:module';
import { parentPort, workerData } from 'node:worker_threads';
import { sharedNow, Toggles } from './support/shared-clock.ts';

/**
 * Some authorizer instances that decide in a loop. Every instance is a bundle loaded anew, with a state cache and a
 * connection of its own. Maintenance is on by events of odd numbers, off by even ones; refusals say their number.
 */
export interface WorkerData {
  readonly bundle: string;
  readonly instances: number;
  /** Number of the last event. */
  readonly last: number;
  /** Milliseconds between two decisions of an instance. */
  readonly pause: number;
  readonly event: string;
  readonly toggles: SharedArrayBuffer;
}

export interface WorkerResult {
  readonly decisions: number;
  /** By event number: when the last decision by an older state was made, `sharedNow`; 0 when none was. */
  readonly lastByOlder: readonly number[];
  /** Decisions by an older state after one by a newer state, in the same instance. */
  readonly regressions: number;
  /** Milliseconds between two decisions of an instance, at most. */
  readonly largestGap: number;
}

type Handler = (event: unknown) => Promise<{ readonly context: Readonly<Record<string, string>> }>;

const { bundle, instances, last, pause, event, toggles: buffer } = workerData as WorkerData;
const require = createRequire(import.meta.url);
const toggles = new Toggles(last, buffer);
const lastByOlder = new Array<number>(last + 1).fill(0);
let decisions = 0;
let regressions = 0;
let largestGap = 0;
let stopped = false;

function loadInstance(): Handler {
  delete require.cache[bundle];
  return require(bundle).handler;
}

async function decideInALoop(handler: Handler): Promise<void> {
  let newest = 0;
  let before = sharedNow();
  while (!stopped) {
    const { context } = await handler(JSON.parse(event));
    const now = sharedNow();
    const { begun } = toggles;
    // An allowance says no number: it is taken for the newest event that it can be.
    const version = context.version === undefined ? begun - (begun % 2) : Number(context.version);
    for (let later = version + 1; later <= begun; later += 1) lastByOlder[later] = now;
    if (version < newest) regressions += 1;
    newest = Math.max(newest, version);
    decisions += 1;
    largestGap = Math.max(largestGap, now - before);
    before = now;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

const handlers = Array.from({ length: instances }, loadInstance);
for (const handler of handlers) await handler(JSON.parse(event));
parentPort?.postMessage('ready');
parentPort?.once('message', async () => {
  const loops = handlers.map(decideInALoop);
  parentPort?.once('message', () => {
    stopped = true;
  });
  await Promise.all(loops);
  const result: WorkerResult = { decisions, lastByOlder, regressions, largestGap };
  parentPort?.postMessage(result);
  parentPort?.close();
  process.exit(0);
});
