import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { CliSandbox } from './run-cli.ts';
import { StubServer } from './stub-server.ts';

/** A server that answers as a test wants it, and a place to run the command in, signed in there. */
interface CliBench {
  readonly stub: StubServer;
  readonly sandbox: CliSandbox;
}

/**
 * Makes both for the tests of a file: one server, whose requests are forgotten before each test, and a place of its own for
 * each.
 *
 * @param now what the command takes for the present, ms since the epoch
 */
export function cliBench(now: number): CliBench {
  let stub: StubServer;
  let sandbox: CliSandbox;
  beforeAll(async () => {
    stub = await StubServer.start();
  });
  afterAll(() => stub.stop());
  beforeEach(async () => {
    sandbox = await CliSandbox.signedIn(stub.url, now);
    stub.requests.length = 0;
  });
  afterEach(() => sandbox.remove());
  return {
    get stub() {
      return stub;
    },
    get sandbox() {
      return sandbox;
    },
  };
}
