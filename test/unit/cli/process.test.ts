import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CliSandbox } from '../../support/run-cli.ts';
import { json, StubServer } from '../../support/stub-server.ts';

const ROOT = join(import.meta.dirname, '../../..');
const LAUNCHER = join(ROOT, 'cli', 'maintenance.mjs');
const STATUS = { is_active: false, mode: 'normal', message: 'No maintenance is active', version: 3 };

let stub: StubServer;
let sandbox: CliSandbox;

beforeAll(async () => {
  stub = await StubServer.start();
});
afterAll(() => stub.stop());
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  stub.answer = json(200, STATUS);
  stub.requests.length = 0;
});
afterEach(() => sandbox.remove());

/** The machine's own environment without what npm adds, so that `node` is the machine's own Node. */
function environment(): NodeJS.ProcessEnv {
  const path = (process.env.PATH ?? '').split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return { ...process.env, ...sandbox.env, MAINTENANCE_API: stub.url, PATH: path.join(delimiter) };
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

function start(command: string, ...args: readonly string[]): Child {
  return spawn(command, args, { cwd: ROOT, env: environment(), stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finished(child: Child) {
  const [stdout, stderr, [exitCode, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { exitCode: exitCode ?? 128 + constants.signals[signal as NodeJS.Signals], stdout, stderr };
}

describe('the launcher', () => {
  test('started by whichever Node the machine has, hands on the answer and the exit code', async () => {
    const [fine, failed] = await Promise.all([
      finished(start('node', LAUNCHER, 'status', '--json')),
      finished(start('node', LAUNCHER, 'history')),
    ]);

    expect(fine).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(fine.stdout)).toEqual(STATUS);
    expect(failed).toMatchObject({
      exitCode: 3,
      stdout: '',
      stderr: expect.stringContaining('maintenance login'),
    });
  });

  test('is what `npx maintenance` starts in the repository', async () => {
    const { exitCode, stdout } = await finished(start('npx', 'maintenance', 'status', '--json'));

    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toEqual(STATUS);
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it and what it has started', async (signal) => {
    const hungUp = new Promise<void>((resolve) => {
      stub.answer = (_request, response) => {
        response.on('close', resolve);
        child.kill(signal);
      };
    });
    const child = start('node', LAUNCHER, 'status');

    const outcome = await finished(child);
    await hungUp;

    expect(outcome).toMatchObject({ stdout: '', stderr: '' });
    expect(outcome.exitCode).toBe(signal === 'SIGINT' ? 130 : 143);
  });
});

test('a reader that goes away early is no error', async () => {
  const items = Array.from({ length: 100 }, (_, number) => ({ number, reason: 'x'.repeat(5000) }));
  stub.answer = json(200, { ...STATUS, message: 'x'.repeat(2_000_000), items });
  const child = start('node', LAUNCHER, 'status', '--json');
  child.stdout.once('data', () => child.stdout.destroy());

  const [exitCode] = await once(child, 'exit');

  expect(exitCode).toBe(0);
  expect(await text(child.stderr)).toBe('');
});

test('Ctrl-C at a question, on a real terminal, ends it quietly with 130', async () => {
  const child = spawn('script', ['-qec', `node ${LAUNCHER} login`, '/dev/null'], {
    cwd: ROOT,
    env: { ...environment(), TERM: 'xterm' },
  });
  let shown = '';
  let isAnswered = false;
  stub.answer = json(200, { issuer: stub.url, client_id: 'client-1' });
  child.stdout.on('data', (chunk) => {
    shown += chunk;
    if (isAnswered || !shown.includes('Username')) return;
    isAnswered = true;
    child.stdin.write('\u0003');
  });

  const [exitCode] = await once(child, 'close');

  expect(exitCode).toBe(130);
  expect(shown).not.toMatch(/error/i);
});
