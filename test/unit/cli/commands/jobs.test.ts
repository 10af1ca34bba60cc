import { describe, expect, test } from '@jest/globals';
import { cliBench } from '../../../support/cli-bench.ts';
import { json } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:05:00Z');
const JOB = {
  id: '10000000-0000-4000-8000-000000000001',
  type: 'caption_generation',
  owner: 'mia',
  status: 'running',
  started_at: '2026-01-15T10:00:00Z',
  progress: 40.4,
  step: 'image 4\u001b[31m of 10',
  last_seen_at: '2026-01-15T10:04:50Z',
  cancel_requested: false,
  deadline: null,
  ended_at: null,
  result: null,
  error: null,
  registered_by: 'walt',
  requeued_at: null,
  requeued_by: null,
  heartbeat_interval: 15,
};
const STOPPED = {
  deadline: '2026-01-15T10:05:10Z',
  asked: 3,
  terminated: 0,
  ended: 1,
  lost: 0,
  unknown: ['nonsense'],
  failed: [],
  failed_count: 0,
  remaining: 0,
};

const bench = cliBench(NOW);

const bodyOf = (n = -1) => JSON.parse(bench.stub.requests.at(n)?.body ?? 'null');

describe('jobs list', () => {
  test('shows a page, and says that there is more', async () => {
    bench.stub.answer = json(200, { items: [JOB], next_cursor: 'c1' });
    const { stdout, stderr } = await bench.sandbox.run('jobs', 'list', '--status', 'running', '-n', '1');
    expect(stdout).toBe(
      [
        `${JOB.id}  running, 40 %`,
        '    caption_generation for mia, since 2026-01-15 10:00:00 UTC (5 min ago): image 4\ufffd[31m of 10',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('--cursor c1');
    expect(bench.stub.requests[0]?.url).toBe('/api/maintenance/jobs?limit=1&status=running');
  });

  test('shows all pages, to programs as one list', async () => {
    const pages = [
      { items: [JOB], next_cursor: 'c1' },
      { items: [{ ...JOB, id: 'other' }], next_cursor: null },
    ];
    bench.stub.answer = (request, response) =>
      json(200, request.url.includes('cursor=c1') ? pages[1] : pages[0])(request, response);
    const { stdout } = await bench.sandbox.run('jobs', 'list', '--all', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ items: [{ id: JOB.id }, { id: 'other' }], next_cursor: null });
  });

  test('says so where there are none', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: null });
    expect((await bench.sandbox.run('jobs', 'list')).stdout).toBe('No jobs.\n');
  });

  test('an answer that is no page is told as such, also one that goes in circles', async () => {
    for (const body of [{ items: 1 }, { items: [], next_cursor: 'c1' }]) {
      bench.stub.answer = json(200, body);
      const { exitCode, stderr } = await bench.sandbox.run('jobs', 'list', '--all', '--json');
      expect([exitCode, JSON.parse(stderr).error]).toEqual([1, 'malformed_answer']);
    }
  });
});

describe('jobs show', () => {
  test('shows all that is known', async () => {
    bench.stub.answer = json(200, {
      ...JOB,
      status: 'terminated',
      deadline: '2026-01-15T10:04:00Z',
      ended_at: '2026-01-15T10:04:00Z',
      requeued_at: '2026-01-15T10:04:30Z',
      requeued_by: 'alice',
    });
    const { stdout } = await bench.sandbox.run('jobs', 'show', JOB.id);
    expect(stdout).toContain('terminated, 40 %, requeued');
    expect(stdout).toMatch(/Ended +2026-01-15 10:04:00 UTC \(1 min ago\)/);
    expect(stdout).toMatch(/Requeued +2026-01-15 10:04:30 UTC \(30 s ago\), by alice/);
  });

  test('names what the API says of an unknown one', async () => {
    bench.stub.answer = json(404, {
      error: 'job_not_found',
      message: 'There is no job with the id "x/y".',
      remedy: 'GET /api/maintenance/jobs',
    });
    expect(await bench.sandbox.run('jobs', 'show', 'x/y')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/There is no job[\s\S]*`maintenance jobs list`/),
    });
    expect(bench.stub.requests.at(-1)?.url).toBe('/api/maintenance/jobs/x%2Fy');
  });
});

describe('jobs terminate', () => {
  test('does nothing unasked where there is no terminal', async () => {
    const { exitCode, stderr } = await bench.sandbox.run('jobs', 'terminate', '--json');
    expect([exitCode, JSON.parse(stderr).error]).toEqual([2, 'confirmation_needed']);
    expect(bench.stub.requests).toEqual([]);
  });

  test('asks on a terminal, having said what is going to happen', async () => {
    bench.stub.answer = (request, response) =>
      json(200, request.url.endsWith('/status') ? { is_active: false, mode: 'normal', version: 3 } : STOPPED)(
        request,
        response,
      );
    const { exitCode, stderr, stdout } = await bench.sandbox.runOnTerminal(
      ['jobs', 'terminate', '--grace', '1m'],
      [['Stop them?', 'y\n']],
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain(
      'All running jobs are asked to stop, and terminated when they still run after 60 s.',
    );
    expect(stdout).toBe('3 asked to stop by 2026-01-15T10:05:10Z\n1 had ended before\nunknown: nonsense\n');
    expect(bodyOf()).toEqual({ grace_period: 60 });
  });

  test('takes ids and --yes', async () => {
    bench.stub.answer = json(200, STOPPED);
    const { stdout } = await bench.sandbox.run(
      'jobs',
      'terminate',
      'a',
      'b',
      '--grace',
      '0',
      '--yes',
      '--json',
    );
    expect(JSON.parse(stdout)).toEqual(STOPPED);
    expect(bodyOf()).toEqual({ grace_period: 0, ids: ['a', 'b'] });
  });

  test('fails where jobs are left, and names them', async () => {
    bench.stub.answer = json(200, {
      ...STOPPED,
      failed: [{ id: 'a', reason: 'The state store gave no good answer.' }],
      failed_count: 1,
      remaining: 2,
    });
    const { exitCode, stdout, stderr } = await bench.sandbox.run('jobs', 'terminate', '--yes');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('not stopped: a: The state store gave no good answer.');
    expect(stderr).toContain('3 jobs could not be stopped.');
  });
});

describe('jobs requeue', () => {
  test('has a job done again', async () => {
    bench.stub.answer = json(200, { ...JOB, status: 'terminated', requeued_at: '2026-01-15T10:05:00Z' });
    const { stdout } = await bench.sandbox.run('jobs', 'requeue', JOB.id);
    expect(stdout).toContain(`Requeued: ${JOB.id}  terminated, 40 %, requeued`);
    expect(bench.stub.requests.at(-1)).toMatchObject({
      method: 'POST',
      url: `/api/maintenance/jobs/${JOB.id}/requeue`,
    });
  });

  test('tells that it has been done before', async () => {
    bench.stub.answer = json(409, {
      error: 'job_requeued',
      message: 'The job was requeued by "bob"; once is all.',
    });
    expect(await bench.sandbox.run('jobs', 'requeue', JOB.id)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('by "bob"'),
    });
  });
});

test.each([
  [['jobs']],
  [['jobs', 'show']],
  [['jobs', 'stop']],
  [['jobs', 'list', '--status', 'done']],
  [['jobs', 'list', '--all', '--cursor', 'x']],
  [['jobs', 'terminate', '--grace', 'soon']],
  [['jobs', 'requeue', 'a', 'b']],
])('%j is refused with 2, and nothing is sent', async (args) => {
  expect(await bench.sandbox.run(...args)).toMatchObject({ exitCode: 2 });
  expect(bench.stub.requests).toEqual([]);
});
