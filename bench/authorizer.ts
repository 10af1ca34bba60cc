import { fork } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import type { Figure } from './authorizer-worker.ts';
import { bundle, PROJECT } from './support/fixtures.ts';
import { microseconds, ratio, type Section } from './support/report.ts';

/** The authorizer in process, event text in to result text out, beside bare verification and a straightforward one. */
export async function benchAuthorizer(folder: string, progress: (line: string) => void): Promise<Section> {
  const ours = join(folder, 'authorizer.cjs');
  const straightforward = join(folder, 'straightforward.cjs');
  await bundle(join(PROJECT, 'lambdas/authorizer/index.ts'), ours);
  await bundle(join(PROJECT, 'bench/support/straightforward-authorizer.ts'), straightforward);
  const figures = await run(join(PROJECT, 'bench/authorizer-worker.ts'), [ours, straightforward], progress);
  const of = (name: string): number => {
    const figure = figures.find((candidate) => candidate.name === name);
    if (figure === undefined) throw new Error(`No figure named "${name}".`);
    return figure.median;
  };
  const off = of('authorizer, maintenance off');
  const blocked = of('authorizer, blocked anonymous, with its log line');
  const seen = of('authorizer, allowed, token seen before');
  const unseen = of('authorizer, allowed, token not seen before');
  const unseenGoal = 1.15 * of('aws-jwt-verify alone, token not seen before') + 12;
  const onlyOff = of('straightforward authorizer, maintenance off') / off;
  return {
    title: 'Authorizer, warm',
    method:
      'The bundled handler in one process: event text parsed, decision, result as text; log lines written to /dev/null. ' +
      'DynamoDB is a stub in another process that answers at once, which flatters the straightforward authorizer: it ' +
      'reads the state for each request, goes through regular expressions and verifies with jsonwebtoken.',
    columns: ['case', 'median', 'p99', 'samples'],
    rows: figures.map(({ name, median, p99, samples }) => [
      name,
      microseconds(median),
      microseconds(p99),
      String(samples),
    ]),
    goals: [
      { goal: 'maintenance off ≤ 8 µs', measured: microseconds(off), met: off <= 8 },
      { goal: 'blocked ≤ 30 µs', measured: microseconds(blocked), met: blocked <= 30 },
      { goal: 'token seen before ≤ 12 µs', measured: microseconds(seen), met: seen <= 12 },
      {
        goal: `token not seen before ≤ 1.15 × aws-jwt-verify alone + 12 µs (${microseconds(unseenGoal)})`,
        measured: microseconds(unseen),
        met: unseen <= unseenGoal,
      },
      {
        goal: 'throughput ≥ 100 × the straightforward one, maintenance off',
        measured: ratio(onlyOff),
        met: onlyOff >= 100,
      },
    ],
    notes: [
      `The straightforward authorizer takes ${ratio(of('straightforward authorizer, blocked anonymous') / blocked)} the time when a call is blocked, and ${ratio(of('straightforward authorizer, admin') / seen)} when an admin calls.`,
    ],
  };
}

function run(file: string, args: string[], progress: (line: string) => void): Promise<Figure[]> {
  const nowhere = openSync('/dev/null', 'w');
  const child = fork(file, args, { stdio: ['ignore', nowhere, 'inherit', 'ipc'] });
  closeSync(nowhere);
  const figures: Figure[] = [];
  child.on('message', ({ figure }: { figure: Figure }) => {
    figures.push(figure);
    progress(`  ${figure.name}: ${microseconds(figure.median)}`);
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve(figures) : reject(new Error(`${file} ended with ${code}.`)),
    );
  });
}
