import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { FINDING_SECTIONS, type Finding } from '../../core/health/finding.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';
import { CliSandbox } from '../support/run-cli.ts';

const environment = { ...process.env };

let cloud: Cloud;
let sandbox: CliSandbox;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(async () => {
  process.env = environment;
  await cloud?.stop();
});
beforeEach(async () => {
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: cloud.local.dynamodb,
    AWS_EC2_METADATA_DISABLED: 'true',
  });
  sandbox = await CliSandbox.create();
  sandbox.env.MAINTENANCE_API = cloud.local.url;
  await login();
});
afterEach(async () => {
  for (const service of ['dynamodb', 'redis', 'lambda:authorizer']) await cloud.fault(service, 'none');
  await sandbox.remove();
});

async function login(): Promise<void> {
  const { username, password } = cloud.local.users.admin;
  sandbox.env.MAINTENANCE_PASSWORD = password;
  const { exitCode } = await sandbox.run('login', '--username', username);
  expect(exitCode).toBe(0);
}

interface Answer {
  readonly exitCode: number;
  readonly status: string;
  readonly findings: readonly Finding[];
  readonly left_out: readonly { readonly checks: readonly string[] }[];
}

/** What doctor says; it has to be one JSON document whatever is broken. */
async function examined(...args: readonly string[]): Promise<Answer> {
  const { exitCode, stdout, stderr } = await sandbox.run('doctor', '--json', ...args);
  expect(stderr).toBe('');
  const answer = JSON.parse(stdout);
  for (const { section, status, seen, remedy } of answer.findings) {
    expect(FINDING_SECTIONS).toContain(section);
    expect(seen).not.toBe('');
    if (status === 'failed' || status === 'warning') expect(remedy).toEqual(expect.any(String));
  }
  return { ...answer, exitCode };
}

function of({ findings }: Answer, ...checks: readonly string[]) {
  return Object.fromEntries(
    findings.filter(({ check }) => checks.includes(check)).map(({ check, status }) => [check, status]),
  );
}

/** What the doctor itself saw fail: the health check may have looked while another test broke something. */
function failed({ findings }: Answer): string[] {
  return findings
    .filter(({ status, seen }) => status === 'failed' && !seen.includes('(health check, '))
    .map(({ check }) => check);
}

/** Has the health check look until it finds nothing that has failed either. */
async function recovered(...args: readonly string[]): Promise<Answer> {
  // Alarms go by whole minutes: those in which another test broke something are over then.
  await cloud.advanceClock(120_000);
  let answer = await examined(...args);
  await eventually(async () => {
    await cloud.tick();
    answer = await examined(...args);
    return answer.findings.every(({ status }) => status !== 'failed');
  });
  return answer;
}

describe('doctor', () => {
  test('goes through every section, and finds nothing that has failed where all is well', async () => {
    // Functions that start from nothing all at once, on a machine that is busy, may take longer than it waits for them.
    const answer = await recovered('--origin', cloud.local.origin);
    expect([0, 1]).toContain(answer.exitCode);
    expect(new Set(answer.findings.map(({ section }) => section))).toEqual(new Set(FINDING_SECTIONS));
    expect(answer.left_out).toEqual([]);
    expect(new Set(answer.findings.map(({ check }) => check)).size).toBe(answer.findings.length);
    expect(
      of(answer, 'event_log_write', 'event_chain', 'api_methods', 'functions', 'log_groups', 'origin_closed'),
    ).toEqual({
      event_log_write: 'ok',
      event_chain: 'ok',
      api_methods: 'ok',
      functions: 'ok',
      log_groups: 'ok',
      origin_closed: 'ok',
    });
    const { stdout } = await sandbox.run('doctor', '--section', 'permissions');
    expect(stdout).toContain('You can act by the API and by the direct way.');
    expect(stdout).not.toContain('event_log_read');
  });

  test('proves the block while maintenance is active, and changes nothing', async () => {
    await cloud.enable({ reason: 'Looked at' });
    await cloud.purged();
    const before = (await cloud.commandsInHistory()).length;
    const answer = await examined();
    expect(of(answer, 'enforcement', 'decided_version')).toEqual({
      enforcement: 'ok',
      decided_version: 'ok',
    });
    expect((await cloud.commandsInHistory()).length).toBe(before);
    await cloud.reset();
  });

  test('the state store is down: says so once, and what goes on', async () => {
    await cloud.fault('dynamodb', 'down');
    const answer = await examined();
    expect(answer).toMatchObject({ exitCode: 2, status: 'unhealthy' });
    expect(failed(answer)).toEqual(expect.arrayContaining(['event_log_read', 'event_log_write']));
    expect(of(answer, 'rules', 'windows', 'functions')).toEqual({
      rules: 'unknown',
      windows: 'unknown',
      functions: 'ok',
    });
    const direct = await examined('--direct');
    expect(failed(direct)).toEqual(expect.arrayContaining(['event_log_read', 'admin_path']));
    await cloud.fault('dynamodb', 'none');
    await eventually(async () => failed(await examined('--section', 'configuration')).length === 0);
  });

  test('Redis is down: sessions fail, decisions do not', async () => {
    await cloud.fault('redis', 'down');
    // What /health saw before may be shown for five seconds.
    await cloud.advanceClock(5001);
    const answer = await examined('--section', 'services', 'connectivity', 'enforcement');
    expect(answer.exitCode).toBe(2);
    expect(of(answer, 'sessions', 'enforcement', 'head_status')).toEqual({
      sessions: 'failed',
      enforcement: 'ok',
      head_status: 'ok',
    });
    await cloud.fault('redis', 'none');
    await eventually(
      async () => of(await examined('--section', 'connectivity'), 'sessions').sessions === 'ok',
    );
  });

  test('the authorizer is down: one finding names it, and what it stands before is not blamed', async () => {
    await cloud.fault('lambda:authorizer', 'down');
    const answer = await examined();
    expect(answer.exitCode).toBe(2);
    expect(failed(answer).filter((check) => check !== 'alarms')).toEqual(['head_status']);
    expect(of(answer, 'status_read', 'rules', 'session_store', 'event_log_read')).toEqual({
      status_read: 'unknown',
      rules: 'unknown',
      session_store: 'unknown',
      event_log_read: 'ok',
    });
  });

  test('a method that lost its authorizer by hand is named', async () => {
    const method = { method: 'ANY', path: '/{proxy+}' };
    await cloud.call('POST', '/_local/drift', { body: { ...method, authorizer: false } });
    const open = await examined('--section', 'configuration');
    await cloud.call('POST', '/_local/drift', { body: { ...method, authorizer: true } });
    expect(open.findings.find(({ check }) => check === 'api_methods')).toMatchObject({
      status: 'failed',
      seen: '1 method of the API without the authorizer: ANY /{proxy+}.',
    });
    expect(failed(await examined('--section', 'configuration'))).toEqual([]);
  });

  test('AWS itself gives no answers: what the API tells is there all the same', async () => {
    for (const service of ['cloudformation', 'logs', 'monitoring']) await cloud.fault(service, 'down');
    const answer = await examined();
    for (const service of ['cloudformation', 'logs', 'monitoring']) await cloud.fault(service, 'none');
    expect(of(answer, 'status_read', 'rules', 'functions', 'log_errors')).toEqual({
      status_read: 'ok',
      rules: 'ok',
      functions: 'unknown',
      log_errors: 'unknown',
    });
  });

  test('nobody answers at the address: the rest is looked at all the same', async () => {
    sandbox.env.MAINTENANCE_API = 'http://127.0.0.1:1';
    const answer = await examined();
    expect(answer.exitCode).toBe(2);
    expect(failed(answer)).toEqual(['head_status']);
    expect(of(answer, 'event_log_read', 'api_methods', 'admin_path')).toEqual({
      event_log_read: 'ok',
      api_methods: 'ok',
      admin_path: 'ok',
    });
  });

  test('without a sign-in and without AWS credentials it says what it could not look at, and how it could', async () => {
    await sandbox.run('logout');
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    const answer = await examined();
    expect(answer.exitCode).toBe(1);
    expect(of(answer, 'status_read', 'enforcement', 'identity', 'rules')).toEqual({
      status_read: 'ok',
      enforcement: 'ok',
      identity: 'unknown',
      rules: 'unknown',
    });
    const remedies = answer.findings.filter(({ check }) => check === 'rules').map(({ remedy }) => remedy);
    expect(remedies).toEqual([expect.stringContaining('maintenance login')]);
    expect(answer.left_out.flatMap(({ checks }) => checks)).toEqual(
      expect.arrayContaining(['functions', 'api_methods', 'log_errors', 'origin_closed']),
    );
    const direct = await sandbox.run('doctor', '--direct', '--json');
    expect(direct).toMatchObject({ exitCode: 3, stdout: '' });
    expect(JSON.parse(direct.stderr)).toMatchObject({ error: 'aws_credentials_missing' });
  });

  test('--direct needs neither the API nor a sign-in, and finds the table by the stack', async () => {
    await sandbox.run('logout');
    delete sandbox.env.MAINTENANCE_API;
    const answer = await examined('--direct');
    expect(answer).toMatchObject({ exitCode: expect.any(Number), api: null });
    expect(failed(answer)).toEqual([]);
    expect(of(answer, 'event_log_read', 'admin_path', 'direct_identity')).toEqual({
      event_log_read: 'ok',
      admin_path: 'ok',
      direct_identity: 'ok',
    });
    const elsewhere = await examined('--direct', '--stack', 'NoSuchStack');
    expect(elsewhere.findings.find(({ check }) => check === 'event_log_read')).toMatchObject({
      status: 'unknown',
      seen: expect.stringContaining('NoSuchStack'),
      remedy: expect.stringContaining('--stack'),
    });
  });

  test('a command line that makes no sense is a usage error', async () => {
    expect(await sandbox.run('doctor', '--section', 'weather')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});

describe('drill', () => {
  test('rehearses everything, leaves nothing behind, and refuses while maintenance is active', async () => {
    await recovered();
    const { exitCode, stdout } = await sandbox.run('drill', '--yes', '--json');
    const report = JSON.parse(stdout);
    expect(report.steps.filter(({ outcome }: { outcome: string }) => outcome === 'failed')).toEqual([]);
    expect({ exitCode, verdict: report.verdict }).toEqual({ exitCode: 0, verdict: 'passed' });
    const { json } = await cloud.as('admin', 'GET', `/reports/${report.report_id}`);
    expect(json).toMatchObject({ kind: 'test_run', status: 'completed', ended_how: 'disabled' });
    expect(json.test_run.calls).toMatchObject({ would_block: 1, would_allow: 1 });
    const reached = (await cloud.received()).map(({ method, url }) => `${method} ${url}`);
    expect(reached.filter((line) => !line.startsWith('GET '))).toEqual([]);

    await cloud.enable({ reason: 'Real' });
    const refused = await sandbox.run('drill', '--yes', '--json');
    expect(refused.exitCode).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({ verdict: 'failed', report_id: null });
    expect((await cloud.control('GET', '/status')).json).toMatchObject({ is_active: true, reason: 'Real' });
    await cloud.reset();
  });

  test('asks first', async () => {
    const { exitCode, stderr } = await sandbox.run('drill');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('Add --yes');
  });
});
