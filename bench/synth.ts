import { join } from 'node:path';
import { synthesiseInto } from './support/assembly.ts';
import { median, type Section, seconds } from './support/report.ts';

const ROUNDS = 3;

/** The synthesis of the whole stack, every bundle made anew. */
export async function benchSynth(folder: string, progress: (line: string) => void): Promise<Section> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const begun = performance.now();
    synthesiseInto(join(folder, `assembly-${round}`));
    times.push((performance.now() - begun) / 1000);
    progress(`  ${seconds(times.at(-1) ?? Number.NaN)}`);
  }
  return {
    title: 'Synthesis',
    method: `\`bin/app.ts\` with the bundles of all functions and the checks of cdk-nag, ${ROUNDS} times.`,
    columns: ['case', 'median', 'slowest'],
    rows: [['synthesis', seconds(median(times)), seconds(Math.max(...times))]],
  };
}
