/**
 * `npm test`: types, lint, and every test. With arguments, jest alone with these arguments:
 * `npm test -- test/unit/decision.test.ts`.
 */
import { setup, setupBrowser } from './setup.mjs';
import { runSteps, STATIC_CHECKS, tests } from './steps.mjs';
import { synthesise } from './synthesise.mjs';

const args = process.argv.slice(2);
const env = setupBrowser(setup());
// Made once here, so that no two test files make it at the same time.
env.LOCAL_ASSEMBLY = synthesise();
runSteps(args.length > 0 ? [tests(args)] : [...STATIC_CHECKS, tests([])], env);
