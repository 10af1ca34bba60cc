/** `npm run check`: types and lint, in seconds. */
import { setup } from './setup.mjs';
import { runSteps, STATIC_CHECKS } from './steps.mjs';

runSteps(STATIC_CHECKS, setup());
