import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CliSandbox } from '../../../support/run-cli.ts';
import { json, type StubAnswer, StubServer } from '../../../support/stub-server.ts';

const MAIN = join(import.meta.dirname, '../../../../cli', 'main.ts');
const INACTIVE = { is_active: false, mode: 'normal', message: 'No maintenance is active', version: 3 };
const ACTIVE = { ...INACTIVE, is_active: true, reason: 'Upgrade', version: 4 };

let stub: StubServer;
let sandbox: CliSandbox;
let child: ChildProcessByStdio<null, Readable, Readable> | undefined;

beforeAll(async () => {
  stub = await StubServer.start();
});
afterAll(() => stub.stop());
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  stub.requests.length = 0;
});
afterEach(async () => {
  child?.kill('SIGKILL');
  await sandbox.remove();
});

function watch(...more: readonly string[]) {
  child = spawn(process.execPath, [MAIN, 'status', '--watch', ...more], {
    env: { ...process.env, ...sandbox.env, MAINTENANCE_API: stub.url },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return child;
}

/** Answers as the real API does: 304 to whoever has it, another instant each time. */
function tagged(status: object, tag: string): StubAnswer {
  let asked = 0;
  return (request, response) => {
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, { etag: tag }).end();
      return;
    }
    asked += 1;
    json(200, { ...status, as_of: `2026-01-15T10:00:0${asked % 10}Z` }, { etag: tag })(request, response);
  };
}

test('as JSON it is one line per change, until Ctrl-C', async () => {
  stub.answer = tagged(INACTIVE, '"a"');
  const watching = watch('--json');
  const lines = createInterface(watching.stdout)[Symbol.asyncIterator]();

  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ is_active: false, version: 3 });
  const asked = stub.requests.length;
  stub.answer = tagged(ACTIVE, '"b"');
  expect(JSON.parse((await lines.next()).value ?? '')).toMatchObject({ is_active: true, version: 4 });

  expect(stub.requests.slice(asked).at(-1)?.headers['if-none-match']).toBe('"a"');
  watching.kill('SIGINT');
  const [exitCode, signal] = await once(watching, 'close');
  expect([exitCode, signal]).toEqual([null, 'SIGINT']);
  expect((await lines.next()).done).toBe(true);
});

describe('an API that', () => {
  test('goes away is told of once, and its return is shown', async () => {
    stub.answer = tagged(INACTIVE, '"a"');
    const watching = watch();
    const shown = createInterface(watching.stdout)[Symbol.asyncIterator]();
    const complaints = createInterface(watching.stderr)[Symbol.asyncIterator]();
    expect((await shown.next()).value).toContain('No maintenance is active.');

    stub.answer = json(503, { error: 'state_store_unavailable', message: 'The store is away.' });
    expect((await complaints.next()).value).toContain('The store is away.');
    stub.answer = tagged(ACTIVE, '"b"');
    for await (const line of { [Symbol.asyncIterator]: () => shown }) {
      if (line.includes('Maintenance is active in normal mode.')) break;
    }
    watching.kill('SIGINT');
    await once(watching, 'close');
  });

  test('never answers is an error', async () => {
    stub.answer = json(503, { error: 'state_store_unavailable', message: 'The store is away.' });
    const watching = watch();
    const [exit, stderr] = await Promise.all([once(watching, 'close'), text(watching.stderr)]);
    expect(exit[0]).toBe(1);
    expect(stderr).toContain('The store is away.');
  });
});

test('on a terminal it is drawn in place', async () => {
  stub.answer = tagged(INACTIVE, '"a"');
  const command = `${process.execPath} ${MAIN} status --watch`;
  const watching = spawn('script', ['-qec', command, '/dev/null'], {
    env: { ...process.env, ...sandbox.env, MAINTENANCE_API: stub.url, TERM: 'xterm' },
  });
  let shown = '';
  for await (const chunk of watching.stdout) {
    shown += chunk;
    if (shown.split('\u001b[H\u001b[J').length > 2 && shown.endsWith('\n')) break;
  }
  const closed = once(watching, 'close');
  watching.stdin.write('\u0003');
  await closed;

  expect(shown.match(/No maintenance is active/g)?.length).toBeGreaterThanOrEqual(2);
  expect(shown).toContain('Ctrl-C ends it.');
});
