import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from './support/fixtures.ts';
import { type Section, seconds } from './support/report.ts';

/** How long `npm test` takes: types, lint and every test. */
export async function benchSuite(progress: (line: string) => void): Promise<Section> {
  const begun = performance.now();
  const { status } = spawnSync(process.execPath, [join(PROJECT, 'scripts/test.mjs')], {
    cwd: PROJECT,
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The tests failed: their time says nothing.');
  const time = seconds((performance.now() - begun) / 1000);
  progress(`  ${time}`);
  return {
    title: 'Test suite',
    method: 'One run of `npm test`: types, lint, and every test, with the packages installed.',
    columns: ['case', 'time'],
    rows: [['npm test', time]],
  };
}
