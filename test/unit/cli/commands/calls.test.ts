import { stripVTControlCharacters } from 'node:util';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { cliBench } from '../../../support/cli-bench.ts';
import { json, type StubAnswer } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:05:00Z');
const INACTIVE = {
  is_active: false,
  mode: 'normal',
  reason: null,
  started_at: null,
  estimated_completion: null,
  blocked_operations: [],
  simulated_operations: [],
  message: 'No maintenance is active',
  enabled_by: null,
  version: 41,
  state_source: 'event_log',
};
const ACTIVE = {
  ...INACTIVE,
  is_active: true,
  reason: 'Database upgrade',
  started_at: '2026-01-15T10:00:00Z',
  estimated_completion: '2026-01-15T10:30:00Z',
  blocked_operations: ['caption_generation', 'job_creation'],
  message: 'Maintenance is in progress.',
  enabled_by: 'alice',
  version: 42,
};
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const bench = cliBench(NOW);
beforeEach(() => {
  bench.stub.answer = json(200, ACTIVE);
});

describe('each command makes its call', () => {
  const plain = { mode: 'normal', invalidate_sessions: true, notify_users: true };
  test.each<[string, string[], string, unknown]>([
    ['status', [], 'GET /api/maintenance/status', undefined],
    ['enable', ['--reason', 'R'], 'POST /api/maintenance/enable', { reason: 'R', ...plain }],
    [
      'enable',
      ['-r', 'R', '-d', '2h', '--auto-end', '--no-invalidate-sessions', '--no-notify'],
      'POST /api/maintenance/enable',
      {
        reason: 'R',
        mode: 'normal',
        duration: 7200,
        auto_end: true,
        invalidate_sessions: false,
        notify_users: false,
      },
    ],
    [
      'enable',
      ['-r', 'R', '--ends-at', '2026-01-15T12:00:00+01:00', '--block', 'job_creation', '--block', 'unknown'],
      'POST /api/maintenance/enable',
      {
        reason: 'R',
        ...plain,
        ends_at: '2026-01-15T12:00:00+01:00',
        blocked_operations: ['job_creation', 'unknown'],
      },
    ],
    [
      'enable',
      ['-r', 'R', '--drain-deadline', '1h'],
      'POST /api/maintenance/enable',
      { reason: 'R', ...plain, drain_deadline: 3600 },
    ],
    [
      'enable',
      ['-r', 'R', '-m', 'test'],
      'POST /api/maintenance/enable',
      { reason: 'R', ...plain, mode: 'test' },
    ],
    [
      'emergency',
      ['-r', 'R', '--yes'],
      'POST /api/maintenance/emergency',
      { reason: 'R', terminate_jobs: true, grace_period: 30 },
    ],
    [
      'emergency',
      ['-r', 'R', '-y', '--grace-period', '5m', '--no-terminate-jobs'],
      'POST /api/maintenance/emergency',
      { reason: 'R', terminate_jobs: false, grace_period: 300 },
    ],
    ['deescalate', [], 'POST /api/maintenance/deescalate', {}],
    ['disable', ['--yes'], 'POST /api/maintenance/disable', {}],
    ['update', ['-d', '90'], 'PATCH /api/maintenance', { duration: 90 }],
    ['update', ['--no-end', '--no-auto-end'], 'PATCH /api/maintenance', { ends_at: null, auto_end: false }],
    [
      'update',
      ['--block-all', '-r', 'R'],
      'PATCH /api/maintenance',
      { reason: 'R', blocked_operations: null },
    ],
    ['update', ['--block', 'unknown'], 'PATCH /api/maintenance', { blocked_operations: ['unknown'] }],
    ['update', ['--drain-deadline', '10m'], 'PATCH /api/maintenance', { drain_deadline: 600 }],
    ['update', ['--no-drain-deadline'], 'PATCH /api/maintenance', { drain_deadline: null }],
    ['update', [], 'PATCH /api/maintenance', {}],
  ])('%s %j', async (command, options, call, body) => {
    expect(await bench.sandbox.run(command, ...options, '--json')).toMatchObject({ exitCode: 0 });

    expect(bench.stub.requests).toHaveLength(1);
    const [request] = bench.stub.requests;
    expect(`${request?.method} ${request?.url}`).toBe(call);
    expect(request?.headers.authorization).toBe('Bearer the-token');
    expect(request?.body === '' ? undefined : JSON.parse(request?.body ?? '')).toEqual(body);
  });

  test('what changes the state carries a fresh idempotency key, or the one that is given', async () => {
    for (const options of [[], [], ['--idempotency-key', 'mine']]) {
      await bench.sandbox.run('deescalate', ...options);
    }

    const keys = bench.stub.requests.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual([expect.stringMatching(UUID), expect.stringMatching(UUID), 'mine']);
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('the version that a change is meant for is sent as an entity tag', async () => {
    await bench.sandbox.run('disable', '--yes', '--if-match', '42');

    expect(bench.stub.requests[0]?.headers['if-match']).toBe('"42"');
  });
});

describe('what people see', () => {
  test('an active maintenance: mode, reason, since, until, what is blocked', async () => {
    const { stdout, stderr } = await bench.sandbox.run('status');

    expect(stderr).toBe('');
    expect(stdout).toBe(
      [
        'Maintenance is active in normal mode.',
        '  Reason     Database upgrade',
        '  Since      2026-01-15 10:00:00 UTC (5 min ago)',
        '  Held by    alice',
        '  Until      2026-01-15 10:30:00 UTC (in 25 min)',
        '  Blocked    caption_generation, job_creation',
        '  Version    42',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [
      'nothing active',
      INACTIVE,
      /^No maintenance is active\. No maintenance is active\n {2}Version {4}41\n$/,
    ],
    [
      'an emergency',
      { ...ACTIVE, mode: 'emergency', estimated_completion: null },
      /EMERGENCY.*no end planned/s,
    ],
    [
      'a test run',
      { ...ACTIVE, mode: 'test', simulated_operations: ['unknown'] },
      /test run.*Rehearsed {2}unknown/s,
    ],
    [
      'an end that has passed',
      { ...ACTIVE, estimated_completion: '2026-01-15T10:03:00Z' },
      /2 min ago\), overdue/,
    ],
    ['a state that may be old', { ...ACTIVE, state_source: 'last_known' }, /last known state/],
    ['a reason of several lines', { ...ACTIVE, reason: 'One\nTwo' }, /Reason {5}One\n {13}Two\n/],
    ['a reason that would clear the screen', { ...ACTIVE, reason: '\u001b[2J!' }, /Reason {5}\ufffd\[2J!\n/],
  ])('%s', async (_, status, expected) => {
    bench.stub.answer = json(200, status);

    expect((await bench.sandbox.run('status')).stdout).toMatch(expected);
  });

  test('colours on a terminal only, and not with NO_COLOR; the words are the same', async () => {
    const plain = (await bench.sandbox.run('status')).stdout;
    const coloured = (await bench.sandbox.runOnTerminal(['status'], [])).stdout;
    bench.sandbox.env.NO_COLOR = '1';
    const bare = (await bench.sandbox.runOnTerminal(['status'], [])).stdout;

    expect(coloured).toContain('\u001b[');
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(bare).toBe(plain);
  });

  test('warnings do not mix with the answer', async () => {
    bench.stub.answer = json(200, { ...ACTIVE, warnings: ['No end is given.'] });

    const people = await bench.sandbox.run('enable', '--reason', 'R');
    const program = await bench.sandbox.run('enable', '--reason', 'R', '--json');

    expect(people).toMatchObject({ exitCode: 0, stderr: 'Warning: No end is given.\n' });
    expect(program.stderr).toBe('');
    expect(JSON.parse(program.stdout)).toMatchObject({ warnings: ['No end is given.'] });
  });

  test('after disable: how long it took, and what runs again', async () => {
    bench.stub.answer = json(200, { ...INACTIVE, duration: 2100, operations_resumed: ['job_creation'] });

    const { stdout } = await bench.sandbox.run('disable', '--yes');

    expect(stdout).toMatch(/^Maintenance is over after 35 min\. Resumed: job_creation\.\nNo maintenance is/);
  });

  test('with --json the answer as it came', async () => {
    bench.stub.answer = json(200, { ...ACTIVE, added_later: [1] });

    expect(JSON.parse((await bench.sandbox.run('status', '--json')).stdout)).toEqual({
      ...ACTIVE,
      added_later: [1],
    });
  });
});

describe('history', () => {
  const event = (number: number) => ({
    number,
    type: 'activated',
    at: '2026-01-15T10:00:00Z',
    actor: { id: 'alice', role: 'admin', via: number === 1 ? 'direct' : 'api' },
    reason: number === 1 ? null : 'Upgrade',
    maintenance_id: 'm',
    details: {},
    version: number,
    hash: 'h',
  });
  const pages: StubAnswer = (request, response) => {
    const { searchParams } = new URL(request.url, bench.stub.url);
    const page =
      searchParams.get('cursor') === 'two'
        ? { items: [event(1)], next_cursor: null }
        : { items: [event(3), event(2)], next_cursor: 'two' };
    json(200, page)(request, response);
  };

  beforeEach(() => {
    bench.stub.answer = pages;
  });

  test('shows a page, and how to go on', async () => {
    const { stdout, stderr } = await bench.sandbox.run('history', '--limit', '2');

    expect(bench.stub.requests.map(({ url }) => url)).toEqual(['/api/maintenance/history?limit=2']);
    expect(stdout).toBe(
      [3, 2]
        .map((n) => `#${n} activated  2026-01-15 10:00:00 UTC (5 min ago), by alice\n    Upgrade\n`)
        .join(''),
    );
    expect(stderr).toContain('--cursor two');
    expect((await bench.sandbox.run('history', '--cursor', 'two')).stdout).toMatch(
      /^#1 .* by alice \(direct\)\n$/,
    );
  });

  test('with --all goes through all pages', async () => {
    const { stdout } = await bench.sandbox.run('history', '--all', '--json');

    expect(JSON.parse(stdout)).toEqual({ items: [event(3), event(2), event(1)], next_cursor: null });
    expect((await bench.sandbox.run('history', '--all')).stdout.match(/^#\d/gm)).toEqual(['#3', '#2', '#1']);
  });

  test('an empty log is said to be empty', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: null });

    expect(await bench.sandbox.run('history')).toMatchObject({ exitCode: 0, stdout: 'No events.\n' });
  });

  test.each([
    ['no list', { items: {} }],
    ['no objects in it', { items: [1], next_cursor: null }],
    ['a cursor that leads nowhere', { items: [], next_cursor: 'two' }],
  ])('an answer with %s is told', async (_, page) => {
    bench.stub.answer = json(200, page);

    expect(await bench.sandbox.run('history', '--cursor', 'two')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('not with a page of events'),
    });
  });
});

describe('confirmation', () => {
  test.each([['emergency', '--reason', 'R'], ['disable']])(
    'without a terminal and without --yes, %s is refused before anything is sent',
    async (...args) => {
      const outcome = await bench.sandbox.run(...args);

      expect(outcome).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') });
      expect(bench.stub.requests).toEqual([]);
    },
  );

  test('shows the state and what is going to happen, and takes yes for a yes', async () => {
    const outcome = await bench.sandbox.runOnTerminal(['disable'], [['End it?', 'y\r']]);

    expect(outcome.exitCode).toBe(0);
    expect(outcome.stderr).toMatch(/Database upgrade.*blocked operations resume at once/s);
    expect(bench.stub.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'GET /api/maintenance/status',
      'POST /api/maintenance/disable',
    ]);
    expect(bench.stub.requests[1]?.headers['if-match']).toBe('"42"');
  });

  test.each([
    ['Enter alone', '\r', 1],
    ['no', 'n\r', 1],
    ['Ctrl-C', '\u0003', 130],
  ])('%s changes nothing', async (_, typed, exitCode) => {
    const outcome = await bench.sandbox.runOnTerminal(
      ['emergency', '-r', 'R'],
      [['Declare the emergency?', typed]],
    );

    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toMatch(/stop jobs within 30 s/);
    expect(bench.stub.requests.map(({ method }) => method)).toEqual(['GET']);
  });

  test('nobody is asked whether to end what is not there', async () => {
    bench.stub.answer = (request, response) =>
      request.method === 'GET'
        ? json(200, INACTIVE)(request, response)
        : json(409, { error: 'maintenance_not_active', message: 'None is active.' })(request, response);

    expect(await bench.sandbox.runOnTerminal(['disable'], [])).toMatchObject({ exitCode: 1 });
    expect(bench.stub.requests[1]?.headers['if-match']).toBe('"41"');
  });
});

describe('refusals are told with what to do', () => {
  const problem = (status: number, error: string, more: object = {}) =>
    json(status, { type: 'about:blank', title: 'T', status, error, message: 'It says no.', ...more });

  test.each<[string, StubAnswer, number, RegExp]>([
    [
      '400 with fields',
      problem(400, 'invalid_request', {
        details: [
          { field: 'duration', message: 'must be a whole number' },
          { field: 'blocked_operations', message: 'must hold names' },
        ],
      }),
      1,
      /^Error: Not everything.*\n {2}- --duration must be a whole number\n {2}- --block must hold names\n$/,
    ],
    ['401', problem(401, 'unauthenticated'), 3, /It says no\.\nSign in: `maintenance login --api http/],
    [
      '401, sign-in too old',
      problem(401, 'reauthentication_required'),
      3,
      /Sign in again: `maintenance login/,
    ],
    ['403', problem(403, 'insufficient_privileges'), 1, /It says no\.\nIt takes an admin/],
    ['404', json(404, { message: null }), 1, /no maintenance API at .*\nCheck the address/],
    [
      '409',
      problem(409, 'maintenance_already_active', { remedy: 'POST /api/maintenance/disable ends it' }),
      1,
      /^Error: It says no\.\n`maintenance disable` ends it\.\n$/,
    ],
    ['412', problem(412, 'precondition_failed'), 1, /It says no\.\nLook at it with `maintenance status`/],
    ['422', problem(422, 'idempotency_key_reused'), 1, /Leave --idempotency-key out/],
    ['429', json(429, {}, { 'retry-after': '7' }), 1, /too many calls\.\nTry again in 7 s/],
    [
      '500',
      problem(500, 'internal_error', { request_id: 'abc' }),
      1,
      /It says no\.\n {2}- Request id: abc\nTry again in a moment\. .* --direct/,
    ],
    [
      '502 without JSON',
      raw(502, 'text/html', '<h1>Bad gateway</h1>'),
      1,
      /answered 502\.\nTry again in a moment\. .* --direct/,
    ],
    [
      '503, state store down',
      problem(503, 'state_store_unavailable'),
      1,
      /It says no\.\nTry again in a moment\. With AWS credentials .* --direct/,
    ],
    [
      'a redirect',
      raw(302, 'text/html', '', { location: 'https://evil.test/' }),
      1,
      /redirect to https:\/\/evil/,
    ],
    [
      '200 without JSON',
      raw(200, 'text/html', '<html>'),
      1,
      /not with a JSON object \(text\/html, 6 characters\)/,
    ],
    ['200 with half an answer', raw(200, 'application/json', '{"is_act'), 1, /not with a JSON object/],
    ['200 with a list', json(200, []), 1, /not with a JSON object/],
    ['200 with another object', json(200, { ok: true }), 1, /not with a maintenance status/],
    ['an answer that is cut off', (_, response) => response.destroy(), 4, /the connection was cut\./],
  ])('%s', async (_, answer, exitCode, expected) => {
    bench.stub.answer = answer;

    const outcome = await bench.sandbox.run('enable', '--reason', 'R');

    expect(outcome.stderr).toMatch(expected);
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
    expect(bench.stub.requests).toHaveLength(1);
  });

  test('with --json, the problem as the API sent it', async () => {
    const sent = {
      error: 'maintenance_already_active',
      message: 'M',
      remedy: 'POST /api/maintenance/disable',
      x: 1,
    };
    bench.stub.answer = json(409, sent);

    const outcome = await bench.sandbox.run('enable', '--reason', 'R', '--json');

    expect(JSON.parse(outcome.stderr)).toEqual(sent);
    expect(outcome).toMatchObject({ exitCode: 1, stdout: '' });
  });

  test.each<[string, string[], number, string]>([
    ['usage', ['enable'], 2, 'usage'],
    ['confirmation', ['disable'], 2, 'confirmation_needed'],
    ['an address', ['status', '--api', 'nonsense'], 2, 'bad_api_url'],
    ['a sign-in', ['history', '--api', 'http://localhost:1'], 3, 'not_signed_in'],
    ['an answer', ['status', '--api', 'http://localhost:1'], 4, 'api_unreachable'],
  ])('with --json, a problem of the command’s own where %s is missing', async (_, args, exitCode, error) => {
    const outcome = await bench.sandbox.run(...args, '--json');

    const problem = JSON.parse(outcome.stderr);
    expect(problem).toMatchObject({ type: `urn:problem:${error.replaceAll('_', '-')}`, error });
    expect(problem.message).toBe(problem.detail);
    expect(outcome).toMatchObject({ exitCode, stdout: '' });
  });

  test('a lost answer leaves the key with which repeating is safe', async () => {
    bench.stub.answer = () => {};

    const { exitCode, stderr } = await bench.sandbox.run('deescalate', '--timeout', '1');

    expect(exitCode).toBe(4);
    expect(stderr).toContain('it took longer than 1 s');
    expect(stderr).toContain(
      `--idempotency-key ${bench.stub.requests[0]?.headers['idempotency-key']} is safe`,
    );
  });

  test('nobody there: the address, and the way without the API', async () => {
    const { exitCode, stderr } = await bench.sandbox.run('status', '--api', 'http://localhost:1');

    expect(exitCode).toBe(4);
    expect(stderr).toMatch(/No answer from http:\/\/localhost:1: .*\n.*--direct works without the API/);
  });
});

describe('the command line', () => {
  test.each<[string[], RegExp]>([
    [['enable', '--reason', 'R', '--duration', '5 parsecs'], /like 30m, 2h, 1d/],
    [
      ['enable', '--reason', 'R', '--duration', '1h', '--ends-at', '2026-01-15T10:00:00Z'],
      /cannot be used with/,
    ],
    [['enable', '--reason', 'R', '--ends-at', 'tomorrow'], /with its offset/],
    [['enable', '--reason', 'R', '--mode', 'NORMAL'], /Allowed choices are normal, test/],
    [['update', '--no-end', '--duration', '5m'], /cannot be used with/],
    [['update', '--block-all', '--block', 'unknown'], /cannot be used with/],
    [['history', '--limit', '101'], /from 1 to 100/],
    [['disable', '--if-match', 'latest'], /Give the version/],
    [['disable', '--idempotency-key', 'ä'], /printable ASCII/],
    [['status', '--timeout', '0'], /1 second to 1 hour/],
    [['status', '--direct', '--api', 'http://localhost:1'], /cannot be used with/],
    [['statuss'], /Did you mean status/],
    [['status', '--unknown'], /unknown option/],
    [['status', 'now'], /too many arguments/],
    [[], /Usage: maintenance/],
    [['--json'], /Usage: maintenance|unknown option/],
  ])('%j is refused with 2, and nothing is sent', async (args, message) => {
    const outcome = await bench.sandbox.run(...args);

    expect(outcome).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(message) });
    expect(bench.stub.requests).toEqual([]);
  });

  test.each([
    'login',
    'logout',
    'status',
    'enable',
    'emergency',
    'deescalate',
    'disable',
    'update',
    'history',
  ])('%s --help has examples and exit codes', async (command) => {
    const { exitCode, stdout } = await bench.sandbox.run(command, '--help');

    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Examples:\\n.*maintenance ${command}.*Exit codes:\\n  0 `, 's'));
    expect((await bench.sandbox.run('--help')).stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
  });

  test('without an API ever named, it says how to name one', async () => {
    delete bench.sandbox.env.MAINTENANCE_API;

    expect(await bench.sandbox.run('status')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('set MAINTENANCE_API'),
    });
  });
});

function raw(status: number, type: string, body: string, headers: Record<string, string> = {}): StubAnswer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': type, ...headers }).end(body);
  };
}
