import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type EventType, isReceipt } from '../../core/events/event-types.ts';
import { eventually } from '../support/eventually.ts';
import { type LocalCloud, startLocalCloud } from '../support/local-cloud.ts';
import { CliSandbox } from '../support/run-cli.ts';

const environment = { ...process.env };
const AWS = { AWS_REGION: 'us-east-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };

let cloud: LocalCloud;
let sandbox: CliSandbox;

beforeAll(async () => {
  cloud = await startLocalCloud();
  Object.assign(process.env, AWS, {
    AWS_ENDPOINT_URL_DYNAMODB: cloud.dynamodb,
    AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1',
  });
});
afterAll(async () => {
  process.env = environment;
  await cloud?.stop();
});
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  sandbox.env.MAINTENANCE_API = cloud.url;
});
afterEach(async () => {
  await login();
  await sandbox.run('disable', '--yes');
  await sandbox.remove();
});

function login(user: 'admin' | 'member' = 'admin', ...more: readonly string[]) {
  const { username, password } = cloud.users[user];
  sandbox.env.MAINTENANCE_PASSWORD = password;
  return sandbox.run('login', '--username', username, ...more);
}

/** Runs a command that has to succeed, and returns its JSON. */
async function answerOf(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await sandbox.run(...args, '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout);
}

/** The five newest events that somebody caused: receipts of finished work come in between whenever they will. */
async function newestCommands(): Promise<{ type: EventType; number: number }[]> {
  const { items } = await answerOf('history', '--limit', '50');
  return items.filter(({ type }: { type: EventType }) => !isReceipt(type)).slice(0, 5);
}

describe('the command against the running system', () => {
  test('a maintenance from sign-in to history', async () => {
    const signedIn = JSON.parse((await login('admin', '--json')).stdout);
    expect(Object.keys(signedIn)).toEqual(['token', 'expires_at']);
    expect(Date.parse(signedIn.expires_at)).toBeGreaterThan(Date.now());
    await statusSoon({ is_active: false, mode: 'normal' });

    const enabled = await answerOf('enable', '--reason', 'Upgrade', '--duration', '30m');
    const refused = await sandbox.run('enable', '--reason', 'Again');
    const updated = await answerOf('update', '--reason', 'Longer', '--duration', '2h');
    const emergency = await answerOf('emergency', '--reason', 'Fire', '--yes');
    const deescalated = await answerOf('deescalate');
    const disabled = await answerOf('disable', '--yes');
    const items = await newestCommands();

    expect(enabled).toMatchObject({
      is_active: true,
      mode: 'normal',
      reason: 'Upgrade',
      enabled_by: 'admin',
    });
    expect(refused).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/held by "admin" since .*\n`maintenance disable` ends it/),
    });
    expect(updated).toMatchObject({ reason: 'Longer', estimated_duration: 7200 });
    expect(emergency).toMatchObject({ mode: 'emergency', reason: 'Fire' });
    expect(deescalated).toMatchObject({ mode: 'normal', reason: 'Longer' });
    expect(disabled).toMatchObject({
      is_active: false,
      operations_resumed: expect.arrayContaining(['unknown']),
    });
    expect(items.map(({ type }) => type)).toEqual([
      'deactivated',
      'deescalated',
      'escalated',
      'updated',
      'activated',
    ]);
  });

  test('a repeated idempotency key makes one event, an old version none', async () => {
    await login();
    const key = randomUUID();
    const first = await answerOf('enable', '--reason', 'R', '--idempotency-key', key);
    const second = await answerOf('enable', '--reason', 'R', '--idempotency-key', key);
    const late = await sandbox.run('disable', '--yes', '--if-match', String(first.version - 1), '--json');

    expect(second).toEqual(first);
    expect(late.exitCode).toBe(1);
    expect(JSON.parse(late.stderr)).toMatchObject({ status: 412, error: 'precondition_failed' });
    const items = await newestCommands();
    expect(items).toContainEqual(expect.objectContaining({ type: 'activated', number: first.version }));
  });

  test('values that do not fit are told by the names of the options', async () => {
    await login();

    const outcome = await sandbox.run(
      'enable',
      '--reason',
      'R',
      '--duration',
      '59s',
      '--block',
      'authentication',
    );

    expect(outcome).toMatchObject({ exitCode: 1, stdout: '' });
    expect(outcome.stderr).toMatch(/- --duration must .*\n {2}- --block cannot hold "authentication"/);
  });

  test('a wrong password and a missing one are told apart from a missing sign-in', async () => {
    const wrong = await sandbox.run('login', '--username', cloud.users.admin.username, '--password', 'wrong');
    const missing = await sandbox.run('login', '--username', cloud.users.admin.username);
    const without = await sandbox.run('enable', '--reason', 'R', '--json');

    expect(wrong).toMatchObject({ exitCode: 3, stdout: '', stderr: expect.stringMatching(/password/i) });
    expect(missing).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('MAINTENANCE_PASSWORD') });
    expect(without.exitCode).toBe(3);
    expect(JSON.parse(without.stderr)).toMatchObject({ error: 'not_signed_in' });
  });

  test('a member may look and not touch', async () => {
    // A token says its second only: one of the second in which a maintenance ended the sessions counts as ended.
    await eventually(async () => {
      await login('member');
      expect(await sandbox.run('enable', '--reason', 'R')).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('It takes an admin'),
      });
    });
    await statusSoon({ is_active: false });
  });

  test('after logout the token is gone, and commands say how to sign in', async () => {
    await login();

    expect(await answerOf('logout')).toMatchObject({ api: cloud.url, signed_out: true });

    expect(await sandbox.run('history')).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining(`maintenance login --api ${cloud.url}`),
    });
  });

  test('a plan is judged the same either way, and nothing comes of it', async () => {
    await login();
    sandbox.env.MAINTENANCE_TABLE = await stateTable();
    const plan = ['validate', '--reason', 'Upgrade', '--duration', '30m', '--auto-end'] as const;
    const judged = await answerOf(...plan);
    expect(judged).toMatchObject({ valid: true, impact: { score: 75 } });
    expect(await answerOf(...plan, '--direct')).toEqual(judged);
    expect(await answerOf('status')).toMatchObject({ is_active: false });
    expect(await answerOf('whoami')).toMatchObject({ role: 'admin', fresh_sign_in: true });
  });

  test('what is done the direct way, the API shows and enforces', async () => {
    await login();
    sandbox.env.MAINTENANCE_TABLE = await stateTable();

    const done = await sandbox.run('enable', '--reason', 'Locked out', '--direct');

    expect(done).toMatchObject({ exitCode: 0, stderr: expect.stringContaining('not through the API') });
    // The sessions that it ends are deleted meanwhile, and jobs are waited for: then the receipts are the newest events.
    await eventually(async () => {
      const { items } = (await answerOf('history', '--limit', '3')) as { items: { type: string }[] };
      expect(items.map(({ type }) => type).toSorted()).toEqual(['activated', 'drained', 'sessions_purged']);
      expect(items[2]).toMatchObject({
        type: 'activated',
        actor: { id: userInfo().username, role: 'admin', via: 'direct' },
      });
    });
    expect(await answerOf('history', '--limit', '3', '--direct')).toEqual(
      await answerOf('history', '--limit', '3'),
    );
    // Jobs, and how far the purge has come, are not in the event log.
    const {
      as_of: _,
      active_jobs_count,
      session_purge,
      job_drain,
      invalidated_sessions,
      ...direct
    } = await answerOf('status', '--direct');
    expect([active_jobs_count, session_purge, job_drain, invalidated_sessions]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    await statusSoon(direct);
    await eventually(async () => {
      const blocked = await fetch(`${cloud.url}/start_caption_generation`, { method: 'POST' });
      expect(blocked.status).toBe(503);
    });
  });
});

/** The one table of the local cloud. */
async function stateTable(): Promise<string> {
  const client = new DynamoDBClient({ endpoint: cloud.dynamodb, region: AWS.AWS_REGION });
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  const stateTables = TableNames.filter((name) => name.includes('EventLog'));
  expect(stateTables).toHaveLength(1);
  return stateTables[0] ?? '';
}

/** The status is public and kept for up to a second. */
async function statusSoon(expected: Readonly<Record<string, unknown>>): Promise<void> {
  await eventually(async () => expect(await answerOf('status')).toMatchObject(expected));
}
