/** Prepares what is missing, then runs a program of the project's packages: `node scripts/with-setup.mjs cdk synth`. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { giveUp, PROJECT, setupPackages } from './setup.mjs';

const [program, ...args] = process.argv.slice(2);
if (!program) giveUp('Name a program: node scripts/with-setup.mjs cdk synth');
const env = setupPackages();
const { status, error } = spawnSync(path.join(PROJECT, 'node_modules/.bin', program), args, {
  cwd: PROJECT,
  env,
  stdio: 'inherit',
});
if (error) giveUp(`${program} could not be run: ${error.message}`);
process.exit(status ?? 1);
