/** Jest runs the TypeScript sources as native ES modules; @swc/jest only removes the types. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'es6' } },
  ],
};

const project = (name, settings = {}) => ({
  displayName: name,
  testMatch: [`<rootDir>/test/${name}/**/*.test.ts`],
  extensionsToTreatAsEsm: ['.ts'],
  testEnvironment: 'node',
  transform,
  ...settings,
});

export default {
  projects: [project('unit'), project('contract'), project('stack'), project('e2e')],
  // Jest leaves a processor to itself; most of the time here is spent waiting for others.
  maxWorkers: '100%',
  testTimeout: 60_000,
};
