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

const ROUNDS = 40;

interface Start {
  /** Milliseconds since the process started. */
  readonly elapsed: number;
  /** Milliseconds of processor time. */
  readonly processor: number;
}

/** From process start to the first decision, the first read of the state included. */
export async function benchStart(folder: string, progress: (line: string) => void): Promise<Section> {
  const variants = [
    { name: 'empty bundle', entry: 'bench/support/empty.ts' },
    { name: 'authorizer', entry: 'lambdas/authorizer/index.ts' },
    { name: 'authorizer with node:https loaded', entry: 'bench/support/authorizer-with-tls.ts' },
    { name: 'the same on the usual stack', entry: 'bench/support/usual-authorizer.ts' },
  ];
  const issuer = new TestIssuer();
  const store = await startStubStore(ACTIVE, issuer);
  const env = { ...process.env, ...authorizerEnvironment(issuer, store.endpoint) };
  const event = authorizerEvent({ method: 'POST', path: '/start_caption_generation' });
  const bundles = await Promise.all(
    variants.map(async ({ name, entry }, index) => {
      const file = join(folder, `start-${index}.cjs`);
      return { name, file, bytes: await bundle(join(PROJECT, entry), file), starts: [] as Start[] };
    }),
  );
  // In turns, so that whatever else the machine does hits all of them alike.
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { file, starts } of bundles) starts.push(await firstDecision(file, event, env));
  }
  store.close();
  const figures = bundles.map(({ name, bytes, starts }) => ({
    name,
    bytes,
    elapsed: median(starts.map(({ elapsed }) => elapsed)),
    slowest: Math.max(...starts.map(({ elapsed }) => elapsed)),
    processor: median(starts.map(({ processor }) => processor)),
  }));
  for (const { name, elapsed, processor } of figures) {
    progress(`  ${name}: ${milliseconds(elapsed)}, processor ${milliseconds(processor)}`);
  }
  const [empty, ours, withTls, usual] = figures;
  if (!empty || !ours || !withTls || !usual) throw new Error('A variant is missing.');
  const kilobytes = ours.bytes / 1000;
  return {
    title: 'Authorizer, cold',
    method:
      `Process start to first decision (blocked, state read from the stub included), ${ROUNDS} starts each, in turns. ` +
      'The stub speaks plain HTTP, and the authorizer loads node:https only for an endpoint that needs it. DynamoDB ' +
      'does: so the authorizer is measured with that module loaded too. The handshake is in none of the rows.',
    columns: ['case', 'median', 'slowest', 'processor time, median', 'bundle'],
    rows: figures.map(({ name, bytes, elapsed, slowest, processor }) => [
      name,
      milliseconds(elapsed),
      milliseconds(slowest),
      milliseconds(processor),
      `${(bytes / 1000).toFixed(1)} kB`,
    ]),
    goals: [
      ...[ours, withTls].flatMap(({ name, elapsed }) => [
        {
          goal: `${name} ≤ 2.3 × the empty bundle`,
          measured: ratio(elapsed / empty.elapsed),
          met: elapsed <= 2.3 * empty.elapsed,
        },
        {
          goal: `${name} ≤ 0.4 × the usual stack`,
          measured: ratio(elapsed / usual.elapsed),
          met: elapsed <= 0.4 * usual.elapsed,
        },
      ]),
      { goal: 'bundle ≤ 80 kB', measured: `${kilobytes.toFixed(1)} kB`, met: kilobytes <= 80 },
    ],
  };
}

async function firstDecision(file: string, event: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const child = fork(join(import.meta.dirname, 'support/first-decision.cjs'), [file, event], {
    env,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [start] = (await once(child, 'message')) as [Start];
  return start;
}
