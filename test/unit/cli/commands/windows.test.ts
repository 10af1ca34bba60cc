import { describe, expect, test } from '@jest/globals';
import { cliBench } from '../../../support/cli-bench.ts';
import { json } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const WINDOW = {
  id: 'w1',
  reason: 'Database upgrade',
  starts_at: '2026-01-15T11:00:00Z',
  ends_at: '2026-01-15T12:00:00Z',
  duration: 3600,
  mode: 'normal',
  auto_end: true,
  blocked_operations: null,
  rrule: null,
  timezone: 'UTC',
  status: 'scheduled',
  next: [{ starts_at: '2026-01-15T11:00:00Z', ends_at: '2026-01-15T12:00:00Z' }],
  scheduled_at: '2026-01-15T09:00:00Z',
  scheduled_by: 'alice',
};
const CHANGED = { ...WINDOW, warnings: [], version: 7 };

const bench = cliBench(NOW);

const sent = () => {
  const { method, url, body, headers } = bench.stub.requests.at(-1) ?? { headers: {} };
  return { method, url, body: body ? JSON.parse(String(body)) : undefined, headers };
};

describe('windows', () => {
  test('are listed over all pages, a line each', async () => {
    const pages = [
      {
        items: [
          WINDOW,
          {
            ...WINDOW,
            id: 'w2',
            rrule: 'FREQ=DAILY',
            mode: 'test',
            next: [{ starts_at: '2026-01-16T11:00:00Z' }],
          },
        ],
        next_cursor: 'c1',
      },
      { items: [{ ...WINDOW, id: 'w3', status: 'running', reason: 'one\ntwo' }], next_cursor: null },
    ];
    bench.stub.answer = (request, response) =>
      json(200, request.url.includes('cursor=c1') ? pages[1] : pages[0])(request, response);
    expect((await bench.sandbox.run('windows', 'list')).stdout.split('\n')).toEqual([
      'w1  2026-01-15 11:00:00 UTC (in 1 h) for 1 h: Database upgrade',
      'w2  2026-01-16 11:00:00 UTC (in 1 d 1 h) for 1 h, FREQ=DAILY, test run: Database upgrade',
      'w3  running until 2026-01-15 12:00:00 UTC (in 2 h): one',
      '',
    ]);
    expect(JSON.parse((await bench.sandbox.run('windows', 'list', '--json')).stdout).items).toHaveLength(3);
  });

  test('none are said to be none', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: null });
    expect((await bench.sandbox.run('windows', 'list')).stdout).toBe('No windows are scheduled.\n');
  });

  test('are shown with their next times', async () => {
    const starts = ['2026-01-15T11:00:00Z', '2026-01-16T11:00:00Z'];
    const next = starts.map((start) => ({ starts_at: start, ends_at: start }));
    bench.stub.answer = json(200, { ...WINDOW, rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin', next });
    const { stdout } = await bench.sandbox.run('windows', 'show', 'w/1');
    expect(stdout.split('\n')).toEqual([
      'Window w1',
      '  Reason     Database upgrade',
      '  Status     scheduled',
      '  Mode       normal',
      '  Since      2026-01-15 11:00:00 UTC (in 1 h)',
      '  Lasts      1 h',
      '  Ends       by itself',
      '  Recurs     FREQ=DAILY, by the time of Europe/Berlin',
      '  Next       2026-01-15 11:00:00 UTC (in 1 h)',
      '             2026-01-16 11:00:00 UTC (in 1 d 1 h)',
      '  Blocks     everything that can be blocked',
      '  By         alice',
      '',
    ]);
    expect(sent()).toMatchObject({ method: 'GET', url: '/api/maintenance/windows/w%2F1' });
  });

  test('are added with what is given, and nothing else', async () => {
    bench.stub.answer = json(201, { ...CHANGED, warnings: ['set auto_end to end it by the clock.'] });
    const outcome = await bench.sandbox.run(
      ...['windows', 'add', '--reason', 'x', '--starts-at', '2026-01-18T02:30:00+01:00', '--duration', '1h'],
      ...[
        '--rrule',
        'FREQ=WEEKLY',
        '--timezone',
        'Europe/Berlin',
        '--block',
        'unknown,job_creation',
        '--no-auto-end',
      ],
      ...['--if-match', '6', '--idempotency-key', 'k'],
    );
    expect(outcome).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('Window w1') });
    expect(outcome.stderr).toBe('Warning: set --auto-end to end it by the clock.\n');
    expect(sent()).toMatchObject({
      method: 'POST',
      url: '/api/maintenance/windows',
      body: {
        reason: 'x',
        starts_at: '2026-01-18T02:30:00+01:00',
        duration: 3600,
        auto_end: false,
        blocked_operations: ['unknown', 'job_creation'],
        rrule: 'FREQ=WEEKLY',
        timezone: 'Europe/Berlin',
      },
      headers: { 'if-match': '"6"', 'idempotency-key': 'k' },
    });
    await bench.sandbox.run(
      'windows',
      'add',
      '--reason',
      'x',
      '--starts-at',
      '2026-01-18T02:30:00Z',
      '--duration',
      '60',
    );
    expect(sent().body).toEqual({ reason: 'x', starts_at: '2026-01-18T02:30:00Z', duration: 60 });
  });

  test.each([
    [['--starts-at', 'now'], { starts_at: '2026-01-15T10:00:00.000Z' }],
    [['--ends-at', '2026-01-15T13:00:00Z'], { ends_at: '2026-01-15T13:00:00Z' }],
    [['--once', '--block-all'], { rrule: null, blocked_operations: null }],
    [['--auto-end', '--mode', 'test'], { auto_end: true, mode: 'test' }],
  ])('are changed: %j', async (args, body) => {
    bench.stub.answer = json(200, CHANGED);
    expect(await bench.sandbox.run('windows', 'change', 'w1', ...args, '--json')).toMatchObject({
      exitCode: 0,
    });
    expect(sent()).toMatchObject({ method: 'PATCH', url: '/api/maintenance/windows/w1' });
    expect(sent().body).toEqual(body);
  });

  test('are cancelled when that is confirmed, by the state that was shown', async () => {
    expect(await bench.sandbox.run('windows', 'cancel', 'w1')).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
    bench.stub.answer = json(200, { ...CHANGED, status: 'cancelled', next: [] });
    const { exitCode, stdout } = await bench.sandbox.run('windows', 'cancel', 'w1', '--yes');
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('cancelled') });
    expect(sent()).toMatchObject({ method: 'DELETE', url: '/api/maintenance/windows/w1' });
  });

  test('that are in the way are told with the command that moves them', async () => {
    const remedy = 'another time; or PATCH /api/maintenance/windows/w2 moves that window';
    bench.stub.answer = json(409, { error: 'window_overlap', message: 'It would overlap.', remedy });
    const { exitCode, stderr } = await bench.sandbox.run('windows', 'change', 'w1', '--starts-at', 'now');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('`maintenance windows change w2` moves that window');
  });

  test.each([
    [['windows', 'show']],
    [['windows', 'cancel']],
    [['windows', 'change', 'w1', '--duration', '1h', '--ends-at', '2026-01-15T13:00:00Z']],
    [['windows', 'change', 'w1', '--once', '--rrule', 'FREQ=DAILY']],
    [['windows', 'add', '--starts-at', 'tomorrow']],
    [['windows', 'add', '--mode', 'emergency']],
    [['windows', 'move', 'w1']],
  ])('%j is refused with 2, and nothing is sent', async (args) => {
    expect(await bench.sandbox.run(...args)).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
  });
});

test('the status shows what is scheduled next', async () => {
  const { id, reason, mode, auto_end, starts_at, ends_at } = WINDOW;
  const next = { id, reason, mode, auto_end, starts_at, ends_at };
  bench.stub.answer = json(200, {
    is_active: false,
    mode: 'normal',
    message: 'All well',
    next_window: next,
    version: 3,
  });
  expect((await bench.sandbox.run('status')).stdout).toContain(
    '  Next       maintenance from 2026-01-15 11:00:00 UTC (in 1 h): Database upgrade\n',
  );
});
