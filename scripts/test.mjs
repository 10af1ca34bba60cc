/**
 * `npm test`: types, lint, and every test; those of the local cloud only if something in it has changed since they last
 * passed, or in continuous integration (variable CI). With arguments, jest alone with these arguments:
 * `npm test -- test/unit/decision.test.ts`.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MODULES, say, setup, setupBrowser } from './setup.mjs';
import { hashOf } from './sources.mjs';
import { runSteps, STATIC_CHECKS, tests } from './steps.mjs';
import { synthesise } from './synthesise.mjs';

/** What the outcome of the local cloud's own tests depends on. */
const LOCAL_CLOUD = [
  'local',
  'docs/local-cloud.md',
  'jest.config.mjs',
  'test/support/load-once',
  'test/support/patience.ts',
  'package-lock.json',
];
/** Holds the hash of the above for which the local cloud's own tests have passed. */
const PASSED = path.join(MODULES, '.cache/local-cloud-tests');

const args = process.argv.slice(2);
const env = setupBrowser(setup());
// Made once here, so that no two test files make it at the same time.
env.LOCAL_ASSEMBLY = synthesise();
if (args.length > 0) {
  runSteps([tests(args)], env);
} else {
  const hash = hashOf(LOCAL_CLOUD);
  const unchanged = !process.env.CI && existsSync(PASSED) && readFileSync(PASSED, 'utf8') === hash;
  if (unchanged) say('The local cloud has not changed since its own tests passed: they are left out.');
  runSteps([...STATIC_CHECKS, tests(unchanged ? ['--ignoreProjects', 'local'] : [])], env);
  mkdirSync(path.dirname(PASSED), { recursive: true });
  writeFileSync(PASSED, hash);
}
