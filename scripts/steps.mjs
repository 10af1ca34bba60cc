/** Runs the steps of a check one after the other, each announced, and stops at the first that fails. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { NODE, PROJECT, say } from './setup.mjs';

/**
 * @typedef {object} Step
 * @property {string} title
 * @property {string} command
 * @property {readonly string[]} args
 */

/** @param {string} name */
const bin = (name) => path.join(PROJECT, 'node_modules/.bin', name);

/**
 * The steps that every check begins with.
 * @type {readonly Step[]}
 */
export const STATIC_CHECKS = [
  { title: 'Types (tsc)', command: bin('tsc'), args: ['-p', '.'] },
  { title: "Types of the pages' scripts (tsc)", command: bin('tsc'), args: ['-p', 'tsconfig.client.json'] },
  { title: 'Types of the console (tsc)', command: bin('tsc'), args: ['-p', 'console'] },
  { title: 'Types of the plain JavaScript (tsc)', command: bin('tsc'), args: ['-p', 'scripts'] },
  { title: 'Lint and format (biome)', command: bin('biome'), args: ['ci', '--colors=off', '.'] },
  { title: 'Unused files, exports and packages (knip)', command: bin('knip'), args: ['--no-progress'] },
];

/**
 * The tests.
 * @param {readonly string[]} args jest's
 * @returns {Step}
 */
export const tests = (args) => ({
  title: 'Tests (jest)',
  command: NODE,
  args: [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    path.join(PROJECT, 'node_modules/jest/bin/jest.js'),
    ...args,
  ],
});

/**
 * Ends the process with the exit code of the first step that fails.
 * @param {readonly Step[]} steps
 * @param {NodeJS.ProcessEnv} env
 */
export function runSteps(steps, env) {
  for (const [index, { title, command, args }] of steps.entries()) {
    say(`[${index + 1}/${steps.length}] ${title}`);
    const begun = performance.now();
    const { status, signal, error } = spawnSync(command, args, { cwd: PROJECT, env, stdio: 'inherit' });
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    if (status !== 0) {
      say(
        `${title} failed after ${seconds} s${signal ? ` (${signal})` : ''}${error ? `: ${error.message}` : ''}.`,
      );
      process.exit(status ?? 1);
    }
    say(`${title}: in order, ${seconds} s.`);
  }
}
