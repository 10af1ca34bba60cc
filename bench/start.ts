import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TestIssuer } from '../test/support/tokens.ts';
import {
  ACTIVE,
  authorizerEnvironment,
  authorizerEvent,
  bundle,
  PROJECT,
  startStubStore,
} from './support/fixtures.ts';
import { median, milliseconds, ratio, type Section } from './support/report.ts';

const ROUNDS = 25;

/** From process start to the first decision, the first read of the state included. */
export async function benchStart(folder: string, progress: (line: string) => void): Promise<Section> {
  const variants = [
    { name: 'empty bundle', entry: 'bench/support/empty.ts' },
    { name: 'authorizer', entry: 'lambdas/authorizer/index.ts' },
    { name: 'the same on the usual stack', entry: 'bench/support/usual-authorizer.ts' },
  ];
  const issuer = new TestIssuer();
  const store = await startStubStore(ACTIVE, issuer);
  const env = { ...process.env, ...authorizerEnvironment(issuer, store.endpoint) };
  const event = authorizerEvent({ method: 'POST', path: '/start_caption_generation' });
  const bundles = await Promise.all(
    variants.map(async ({ name, entry }, index) => {
      const file = join(folder, `start-${index}.cjs`);
      return { name, file, bytes: await bundle(join(PROJECT, entry), file), times: [] as number[] };
    }),
  );
  // In turns, so that whatever else the machine does hits all of them alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { file, times } of bundles) times.push(await firstDecision(file, event, env));
  }
  store.close();
  const figures = bundles.map(({ name, bytes, times }) => ({ name, bytes, median: median(times), times }));
  for (const figure of figures) progress(`  ${figure.name}: ${milliseconds(figure.median)}`);
  const [empty, ours, usual] = figures;
  if (!empty || !ours || !usual) throw new Error('A variant is missing.');
  const kilobytes = ours.bytes / 1000;
  return {
    title: 'Authorizer, cold',
    method: `Process start to first decision (blocked, state read from the stub included), ${ROUNDS} starts each, in turns.`,
    columns: ['case', 'median', 'slowest', 'bundle'],
    rows: figures.map(({ name, bytes, median: middle, times }) => [
      name,
      milliseconds(middle),
      milliseconds(Math.max(...times)),
      `${(bytes / 1000).toFixed(1)} kB`,
    ]),
    goals: [
      {
        goal: '≤ 2.3 × the empty bundle',
        measured: ratio(ours.median / empty.median),
        met: ours.median <= 2.3 * empty.median,
      },
      {
        goal: '≤ 0.4 × the usual stack',
        measured: ratio(ours.median / usual.median),
        met: ours.median <= 0.4 * usual.median,
      },
      { goal: 'bundle ≤ 80 kB', measured: `${kilobytes.toFixed(1)} kB`, met: kilobytes <= 80 },
    ],
  };
}

async function firstDecision(file: string, event: string, env: NodeJS.ProcessEnv): Promise<number> {
  const child = fork(join(import.meta.dirname, 'support/first-decision.cjs'), [file, event], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ elapsed }] = (await once(child, 'message')) as [{ elapsed: number }];
  return elapsed;
}
