import { patient } from './test/support/patience.ts';

/** Jest runs the TypeScript sources as native ES modules; @swc/jest only removes the types. */
const swc = [
  '@swc/jest',
  { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
];

/**
 * What the CDK is made of. Jest loads packages anew for each test file, and with native ES modules it keeps them all. Of
 * the CDK, with its checks of templates in WebAssembly, that is seconds and hundreds of megabytes each time: so this is
 * loaded once. Only for packages that tests change nothing in and that know no clock: fake timers don't reach them.
 */
const LOADED_ONCE = 'aws-cdk-lib|cdk-nag|constructs';

/** @param {string} displayName */
const project = (displayName, folder = `test/${displayName}`) => ({
  displayName,
  testMatch: [`<rootDir>/${folder}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: '<rootDir>/test/support/load-once/environment.mjs',
  transform: {
    '^.+\\.ts$': swc,
    [`/node_modules/(${LOADED_ONCE})/`]: '<rootDir>/test/support/load-once/transformer.mjs',
  },
  transformIgnorePatterns: [`/node_modules/(?!(${LOADED_ONCE})/)`],
});

export default {
  projects: [
    ...['unit', 'contract', 'stack', 'e2e'].map((kind) => project(kind)),
    // The local cloud's own, which `npm test` skips while nothing in it has changed: see scripts/test.mjs.
    project('local', 'local/test'),
  ],
  // Jest leaves a processor to itself; here much of the time is spent waiting for others.
  maxWorkers: '100%',
  testTimeout: patient(300_000),
};
