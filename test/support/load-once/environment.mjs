import { createRequire } from 'node:module';
import { TestEnvironment } from 'jest-environment-node';

/** Node's environment with `loadOnce`, by which a test file gets what Node itself has loaded: see jest.config.mjs. */
export default class LoadOnceEnvironment extends TestEnvironment {
  /** @override */
  async setup() {
    await super.setup();
    this.global.loadOnce = createRequire(import.meta.url);
  }
}
