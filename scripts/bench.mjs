/** `npm run bench`: prepares what is missing, then measures. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { NODE, PROJECT, setup, setupBrowser } from './setup.mjs';

const { status } = spawnSync(NODE, [path.join(PROJECT, 'bench/run.ts'), ...process.argv.slice(2)], {
  cwd: PROJECT,
  env: setupBrowser(setup()),
  stdio: 'inherit',
});
process.exit(status ?? 1);
