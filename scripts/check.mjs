/** `npm run check`: types, lint, and what nobody uses, in seconds. */
import { setupPackages } from './setup.mjs';
import { runSteps, STATIC_CHECKS } from './steps.mjs';

runSteps(STATIC_CHECKS, setupPackages());
