import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Dynalite, startDynalite, TABLE } from '../../../support/dynalite.ts';
import { CliSandbox } from '../../../support/run-cli.ts';
import { json, type StubAnswer, StubServer } from '../../../support/stub-server.ts';

const ARN = 'arn:aws:sts::123456789012:assumed-role/Admin/alice';

/** STS speaks XML. */
const identity: StubAnswer = (_request, response) => {
  const result = `<GetCallerIdentityResult><Arn>${ARN}</Arn></GetCallerIdentityResult>`;
  response
    .writeHead(200, { 'content-type': 'text/xml' })
    .end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">${result}</GetCallerIdentityResponse>`,
    );
};

let dynalite: Dynalite;
let sts: StubServer;
let sandbox: CliSandbox;
const environment = { ...process.env };

/** The SDK reads the environment of the process. */
function setEnvironment(values: Readonly<Record<string, string>>): void {
  for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
  Object.assign(process.env, {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    ...values,
  });
}

beforeAll(async () => {
  [dynalite, sts] = await Promise.all([startDynalite(), StubServer.start()]);
});
afterAll(async () => {
  process.env = environment;
  await Promise.all([dynalite.stop(), sts.stop()]);
});
beforeEach(async () => {
  sandbox = await CliSandbox.create();
  sandbox.env.MAINTENANCE_TABLE = TABLE;
  sts.answer = identity;
  sts.requests.length = 0;
  setEnvironment({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL_DYNAMODB: dynalite.endpoint,
    AWS_ENDPOINT_URL_STS: sts.url,
  });
});
afterEach(() => sandbox.remove());

/** Runs a command the direct way in an event log of its own. */
let scope = 0;
function direct(...args: readonly string[]) {
  return sandbox.run(...args, '--direct', '--scope', `test-${scope}`);
}
beforeEach(() => {
  scope += 1;
});

describe('--direct', () => {
  test('refreshes, has decisions told, and resets', async () => {
    const answers = [];
    for (const command of [
      ['enable', '--reason', 'Upgrade'],
      ['refresh'],
      ['log-level', 'debug', '--minutes', '1'],
      ['reset', '--windows', '--rules', '--yes'],
    ]) {
      const { exitCode, stdout } = await direct(...command, '--json');
      answers.push({ exitCode, json: JSON.parse(stdout) });
    }
    expect(answers).toMatchObject([
      { exitCode: 0, json: { is_active: true, version: 1 } },
      { exitCode: 0, json: { version: 2 } },
      { exitCode: 0, json: { level: 'debug', until: expect.any(String), version: 3 } },
      { exitCode: 0, json: { is_active: false, version: 4 } },
    ]);
    const { stdout } = await direct('history', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      items: [
        { type: 'reset', details: { cleared: ['maintenance', 'session_purge', 'refresh', 'log_level'] } },
        { type: 'log_level_changed' },
        { type: 'refreshed' },
        { type: 'activated' },
      ],
    });
  });

  test('resets nothing unasked', async () => {
    const { exitCode, stderr } = await direct('reset');
    expect([exitCode, stderr]).toEqual([2, expect.stringContaining('--yes')]);
  });

  test('goes through a whole maintenance with nothing but the table', async () => {
    const answers = [];
    for (const command of [
      ['status'],
      ['enable', '--reason', 'Upgrade', '--duration', '30m', '--block', 'job_creation'],
      ['update', '--reason', 'Longer', '--duration', '1h'],
      ['emergency', '--reason', 'Fire', '--yes'],
      ['deescalate'],
      ['disable', '--yes'],
    ]) {
      const { exitCode, stdout, stderr } = await direct(...command, '--json');
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      answers.push(JSON.parse(stdout));
    }

    expect(answers.map(({ is_active, mode, version, reason }) => [is_active, mode, version, reason])).toEqual(
      [
        [false, 'normal', 0, null],
        [true, 'normal', 1, 'Upgrade'],
        [true, 'normal', 2, 'Longer'],
        [true, 'emergency', 3, 'Fire'],
        [true, 'normal', 4, 'Longer'],
        [false, 'normal', 5, null],
      ],
    );
    expect(answers[1]).toMatchObject({ enabled_by: ARN, blocked_operations: ['job_creation'] });
    expect(answers[1].warnings).toEqual([expect.stringContaining('unknown'), expect.anything()]);
    expect(answers[5]).toMatchObject({ operations_resumed: ['job_creation'], duration: expect.any(Number) });
    const history = JSON.parse((await direct('history', '--limit', '2', '--json')).stdout);
    expect(history.items.map(({ type, actor }: { type: string; actor: object }) => [type, actor])).toEqual([
      ['deactivated', { id: ARN, role: 'admin', via: 'direct' }],
      ['deescalated', { id: ARN, role: 'admin', via: 'direct' }],
    ]);
    const rest = await direct('history', '--cursor', history.next_cursor);
    expect(rest.stdout.match(/^#\d \w+/gm)).toEqual(['#3 escalated', '#2 updated', '#1 activated']);
  });

  test('ends sessions and what somebody was given, without waiting for what it cannot see', async () => {
    const purge = await direct('sessions', 'purge', '--all', '--yes', '--json');
    const revoke = await direct('users', 'revoke', 'mia', '--yes', '--json');

    expect([purge, revoke]).toMatchObject([
      { exitCode: 0, stderr: '' },
      { exitCode: 0, stderr: '' },
    ]);
    expect(JSON.parse(purge.stdout)).toMatchObject({ scope: 'everybody', version: 1 });
    expect(JSON.parse(revoke.stdout)).toMatchObject({ principal: 'mia', version: 2 });
    const { stdout } = await direct('status');
    expect(stdout).toContain('  Sessions   waiting to be deleted\n');
  });

  test('says which way it went, and as whom', async () => {
    const { stderr } = await direct('enable', '--reason', 'R');

    expect(stderr).toContain(`Direct: going to table ${TABLE} (eu-central-1, event log test-${scope})`);
    expect(stderr).toContain(`Direct: acting as ${ARN}.`);
    expect(sts.requests).toHaveLength(1);
  });

  test('reading asks nobody for a name', async () => {
    await direct('status');

    expect(sts.requests).toEqual([]);
  });

  test('goes on as the user of the operating system when STS refuses', async () => {
    sts.answer = json(403, {});

    const { exitCode, stderr } = await direct('enable', '--reason', 'R');

    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/Direct: acting as (?!arn).+\./);
  });

  test('is held to the same rules, with the remedy in words of the command', async () => {
    await direct('enable', '--reason', 'R');

    const again = await direct('enable', '--reason', 'Again');
    const late = await direct('disable', '--yes', '--if-match', '7');
    const bad = await direct('update', '--duration', '59', '--json');

    expect(again).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/held by "arn:.*\n`maintenance disable` ends it/),
    });
    expect(late).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('version 1 by now') });
    expect(bad.exitCode).toBe(1);
    expect(JSON.parse(bad.stderr)).toMatchObject({
      error: 'invalid_request',
      status: 400,
      details: [{ field: 'duration' }],
    });
  });

  test('a repeated idempotency key gets the first answer and no second event', async () => {
    const enable = (reason: string) =>
      direct('enable', '--reason', reason, '--idempotency-key', 'k', '--json');

    const [first, second, other] = [await enable('R'), await enable('R'), await enable('Other')];

    expect(second).toEqual(first);
    expect(other).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('idempotency_key_reused') });
    expect(JSON.parse((await direct('status', '--json')).stdout)).toMatchObject({ version: 1 });
  });
});

describe('--direct fails with what to do', () => {
  test.each<[string, Record<string, string>, string[], number, RegExp]>([
    [
      'no such table',
      {},
      ['--table', 'Other'],
      1,
      /no table Other \(eu-central-1.*\nCheck --table and --region/,
    ],
    ['no region', { AWS_REGION: '' }, [], 2, /Give --region/],
    ['no credentials', { AWS_ACCESS_KEY_ID: '' }, [], 3, /no AWS credentials to be had.*\nSet AWS_PROFILE/],
    [
      'no answer',
      { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' },
      [],
      4,
      /No good answer from table State/,
    ],
  ])('%s', async (_, changed, options, exitCode, message) => {
    setEnvironment({ ...awsEnvironment(), ...changed });

    const outcome = await direct('status', ...options);

    expect(outcome).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(message) });
  });

  test.each([
    ['AccessDeniedException', 1, /dynamodb:PutItem/],
    ['ExpiredTokenException', 3, /Renew them/],
  ])('%s', async (name, exitCode, message) => {
    const refusing = await StubServer.start(json(400, { __type: name, message: 'no' }));
    setEnvironment({ ...awsEnvironment(), AWS_ENDPOINT_URL_DYNAMODB: refusing.url });

    const outcome = await direct('disable', '--yes');

    expect(outcome).toMatchObject({ exitCode, stderr: expect.stringMatching(message) });
    await refusing.stop();
  });

  test('an append with an unknown outcome leaves the key with which repeating is safe', async () => {
    const deaf = await StubServer.start((request, response) => {
      const action = String(request.headers['x-amz-target']);
      if (action.endsWith('Query')) json(200, { Items: [], Count: 0 })(request, response);
      else json(500, { __type: 'InternalServerError', message: 'oops' })(request, response);
    });
    setEnvironment({ ...awsEnvironment(), AWS_ENDPOINT_URL_DYNAMODB: deaf.url });

    const outcome = await direct('enable', '--reason', 'R', '--idempotency-key', 'mine');

    expect(outcome).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/not known whether.*oops.*\n.*--idempotency-key mine is safe/),
    });
    await deaf.stop();
  });
});

function awsEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      name.startsWith('AWS_') && value !== undefined ? [[name, value]] : [],
    ),
  );
}
