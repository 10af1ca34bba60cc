import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { SessionStore } from '../../../../cli/sign-in/session-store.ts';
import { classificationView } from '../../../../core/rules/classification-view.ts';
import { NOW, normalMaintenance, stateWith } from '../../../support/examples.ts';
import { CliSandbox } from '../../../support/run-cli.ts';
import { json, StubServer } from '../../../support/stub-server.ts';

let stub: StubServer;
let sandbox: CliSandbox;

beforeAll(async () => {
  stub = await StubServer.start((request, response) => {
    const { method, path } = JSON.parse(request.body);
    const state = stateWith(normalMaintenance());
    const view = classificationView({ method, path, state, rules: [], alwaysAllowed: [], now: NOW });
    json(200, view)(request, response);
  });
});
afterAll(() => stub.stop());
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  sandbox.env.MAINTENANCE_API = stub.url;
  await new SessionStore(sandbox).save({
    api: stub.url,
    issuer: stub.url,
    clientId: 'client-1',
    username: 'alice',
    accessToken: 'the-token',
    refreshToken: null,
    expiresAt: Date.now() + 900_000,
  });
});
afterEach(() => sandbox.remove());

const WRITE = ['POST', '/start_caption_generation'] as const;

describe('while a normal maintenance is active', () => {
  test.each<[args: readonly string[], said: string]>([
    [
      WRITE,
      'Blocked: POST /start_caption_generation as anonymous, as things are.\n  It is caption_generation. The answer is a 503.\n',
    ],
    [[...WRITE, '--as', 'member'], 'Blocked: POST /start_caption_generation as member, as things are.'],
    [[...WRITE, '--as', 'admin'], 'Allowed: POST /start_caption_generation as admin, as things are.'],
    [[...WRITE, '--mode', 'test'], 'Allowed: POST /start_caption_generation as anonymous, in test mode.'],
    [['GET', '/'], 'Allowed: GET / as anonymous, as things are.\n  It is read_operations.\n'],
    [['GET', '/', '-m', 'emergency', '--as', 'worker'], 'Blocked: GET / as worker, in emergency mode.'],
  ])('%j', async (args, said) => {
    const { exitCode, stdout, stderr } = await sandbox.run('simulate', ...args);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(said);
  });

  test('programs get the decision with what it is owed to', async () => {
    const { stdout } = await sandbox.run('simulate', ...WRITE, '--as', 'member', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      method: 'POST',
      path: '/start_caption_generation',
      as: 'member',
      mode: null,
      decision: 'block',
      operation_type: 'caption_generation',
      canonical_path: '/start_caption_generation',
      rule: { source: 'built_in' },
    });
  });
});

test('a role that there is not is a usage error', async () => {
  expect(await sandbox.run('simulate', ...WRITE, '--as', 'root')).toMatchObject({ exitCode: 2, stdout: '' });
});
