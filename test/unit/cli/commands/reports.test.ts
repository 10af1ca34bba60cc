import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { CliSandbox } from '../../../support/run-cli.ts';
import { json, StubServer } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:20:00Z');
const SUMMARY = {
  id: 'm-1',
  kind: 'maintenance',
  status: 'completed',
  modes: ['normal', 'emergency'],
  reason: 'Database upgrade\u001b[2J\nof the main cluster',
  started_by: 'alice',
  started_at: '2026-01-15T10:00:00Z',
  ended_by: 'bob',
  ended_at: '2026-01-15T10:15:00Z',
  ended_how: 'disabled',
  duration: 900,
  window: null,
};
const REPORT = {
  ...SUMMARY,
  plan: { at_start: { duration: 600 }, final: { duration: 600 }, overrun: 300 },
  attempts: {
    blocked: {
      total: 3,
      by_type: [{ operation_type: 'unknown', calls: 3 }],
      clients: 2,
      clients_exact: true,
    },
    bypasses: { total: 0, by_type: [] },
  },
  counts_source: 'activity_table',
  sessions: { ended: 9, kept: 2, pending: false },
  jobs: { status: 'terminated', drained: 1, terminated: 2, lost: 0, left: 0 },
  test_run: null,
};

let stub: StubServer;
let sandbox: CliSandbox;

beforeAll(async () => {
  stub = await StubServer.start();
});
afterAll(() => stub.stop());
beforeEach(async () => {
  sandbox = await CliSandbox.signedIn(stub.url, NOW);
  stub.requests.length = 0;
});
afterEach(() => sandbox.remove());

const urls = () => stub.requests.map(({ url }) => url.replace('/api/maintenance', ''));

describe('reports', () => {
  test('shows a page, and says that there is more', async () => {
    stub.answer = json(200, { items: [SUMMARY], next_cursor: 'c1' });
    const { stdout, stderr } = await sandbox.run('reports', '-n', '1');
    expect(stdout).toBe(
      [
        'm-1  maintenance, 900 s',
        '    2026-01-15 10:00:00 UTC (20 min ago), by alice: Database upgrade\ufffd[2J',
        '    of the main cluster',
        '',
      ].join('\n'),
    );
    expect(stderr).toContain('--cursor c1');
    expect(urls()).toEqual(['/reports?limit=1']);
  });

  test('says so when there are none', async () => {
    stub.answer = json(200, { items: [], next_cursor: null });
    expect(await sandbox.run('reports')).toMatchObject({ exitCode: 0, stdout: 'No reports.\n' });
    expect(await sandbox.run('report')).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('report', () => {
  test('shows what matters most', async () => {
    stub.answer = json(200, REPORT);
    const { stdout } = await sandbox.run('report', 'w-1@20260115T100000000Z');
    expect(urls()).toEqual(['/reports/w-1%4020260115T100000000Z']);
    expect(stdout.split('\n').slice(3)).toEqual([
      '  Mode       normal, then emergency',
      '  Ended      2026-01-15 10:15:00 UTC (5 min ago), by bob',
      '  Planned    600 s',
      '  Over plan  300 s',
      '  Blocked    3 (3 unknown), of 2 clients',
      '  Bypasses   0',
      '  Sessions   9 ended, 2 kept',
      '  Jobs       terminated: 1 drained, 2 terminated, 0 lost, 0 left',
      '',
    ]);
  });

  test('is the newest one where none is named', async () => {
    stub.answer = (request, response) =>
      json(200, request.url.includes('/reports?') ? { items: [SUMMARY], next_cursor: null } : REPORT)(
        request,
        response,
      );
    const { stdout } = await sandbox.run('report', '--json');
    expect(JSON.parse(stdout)).toEqual(REPORT);
    expect(urls().at(-1)).toBe('/reports/m-1');
  });

  test('comes as Markdown, safe for a terminal', async () => {
    stub.answer = (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/markdown; charset=utf-8' });
      response.end('# Maintenance\n\n> a\u001b[2J\n');
    };
    const { stdout } = await sandbox.run('report', 'm-1', '--markdown');
    expect(stdout).toBe('# Maintenance\n\n> a\ufffd[2J\n');
    expect(stub.requests.at(-1)?.headers.accept).toBe('text/markdown');
  });

  test('says of a test run what was exercised', async () => {
    const testRun = {
      verdict: { result: 'incomplete', reasons: ['No calls were made.'] },
      calls: { would_block: 4, would_allow: 2 },
      coverage: { types: { exercised: ['job_creation'] }, rules: { exercised: 1, total: 68 } },
    };
    stub.answer = json(200, { ...REPORT, kind: 'test_run', attempts: null, test_run: testRun });
    const { stdout } = await sandbox.run('report', 'm-1');
    for (const line of [
      'not known now',
      'No calls were made.',
      '4 would have been blocked',
      '1 of 68 exercised',
    ]) {
      expect(stdout).toContain(line);
    }
  });

  test('that is none is told as the API tells it', async () => {
    const problem = { error: 'report_not_found', message: 'There is no report "x".', status: 404 };
    stub.answer = json(404, problem);
    for (const form of [[], ['--markdown']]) {
      const { exitCode, stderr } = await sandbox.run('report', 'x', ...form);
      expect({ exitCode, stderr }).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('no report "x"'),
      });
    }
  });

  test('takes one form only', async () => {
    expect((await sandbox.run('report', '--json', '--markdown')).exitCode).toBe(2);
  });
});
