import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { isAbout } from '../../../../cli/commands/follow-purge.ts';
import { cliBench } from '../../../support/cli-bench.ts';
import { json, type StubAnswer } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:05:00Z');
const INACTIVE = { is_active: false, mode: 'normal', message: 'No maintenance is active', version: 41 };
const SESSION = {
  id: '3OnnDJNy',
  role: 'member',
  user: 'mia',
  created_at: '2026-01-15T10:00:00Z',
  age_seconds: 300,
  expires_in_seconds: 3600,
  readable: true,
};
const ADMIN = { ...SESSION, id: 'qz3_HQt5', role: 'admin', user: 'alice\u001b[2J', expires_in_seconds: null };
const JUNK = { ...SESSION, id: 'x', user: null, created_at: null, age_seconds: null, readable: false };
const STATISTICS = {
  total: 20_000,
  by_role: { admin: 198, worker: 2, member: 19_800 },
  by_age: { under_1h: 20, under_1d: 80, under_7d: 900, older: 19_000, unknown: 0 },
  unreadable: 0,
  without_role: 0,
  exact: true,
  sampled: 20_000,
  coverage: 1,
  as_of: '2026-01-15T10:05:00Z',
};
const ORDER = { purge_id: 'p-1', scope: 'members', requested_at: '2026-01-15T10:05:00Z', version: 42 };
const PENDING = {
  id: 'p-1',
  status: 'pending',
  scope: 'members',
  pass: 1,
  scanned: 0,
  deleted: 0,
  kept: 0,
  unparsable: 0,
  progress: null,
  started_at: null,
  updated_at: null,
  finished_at: null,
  error: null,
};
const RUNNING = {
  ...PENDING,
  status: 'running',
  scanned: 10_400,
  deleted: 10_300,
  kept: 100,
  progress: 0.52,
  started_at: '2026-01-15T10:05:01Z',
};
const COMPLETED = {
  ...RUNNING,
  status: 'completed',
  pass: 2,
  scanned: 20_000,
  deleted: 19_802,
  kept: 198,
  unparsable: 3,
  progress: 1,
  finished_at: '2026-01-15T10:05:13Z',
};
const FAILED = { ...RUNNING, status: 'failed', error: 'Redis does not answer.' };

const bench = cliBench(NOW);

const calls = () =>
  bench.stub.requests.map(({ method, url }) => `${method} ${url.replace('/api/maintenance', '')}`);

describe('sessions stats', () => {
  test('shows counts by role and age', async () => {
    bench.stub.answer = json(200, STATISTICS);
    const { exitCode, stdout } = await bench.sandbox.run('sessions', 'stats');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      '20000 sessions',
      '  admin      198',
      '  worker     2',
      '  member     19800',
      '  Age        under 1 h 20, under 1 d 80, under 7 d 900, older 19000, unknown 0',
      '',
    ]);
    expect(JSON.parse((await bench.sandbox.run('sessions', 'stats', '--json')).stdout)).toEqual(STATISTICS);
    expect(calls()).toEqual(Array(2).fill('GET /sessions/statistics'));
  });

  test('says what is estimated, and what was taken for a member’s', async () => {
    const sampled = { exact: false, sampled: 9000, coverage: 0.4503, unreadable: 4, without_role: 5 };
    bench.stub.answer = json(200, { ...STATISTICS, ...sampled });
    const { stdout } = await bench.sandbox.run('sessions', 'stats');
    expect(stdout).toMatch(/^About 20000 sessions\n/);
    expect(stdout).toContain("  Unreadable 4, counted as members'\n  No role    5, counted as members'\n");
    expect(stdout).toContain('  Estimated  from 9000 sessions among 45.0 % of the keys\n');
  });
});

describe('sessions list', () => {
  const pages: StubAnswer = (request, response) => {
    const isSecond = request.url.includes('cursor=two');
    const page = isSecond
      ? { items: [JUNK], next_cursor: null }
      : { items: [SESSION, ADMIN], next_cursor: 'two' };
    json(200, page)(request, response);
  };

  test('is a table, harmless to the terminal, that says how to go on', async () => {
    bench.stub.answer = pages;
    const { stdout, stderr } = await bench.sandbox.run(
      'sessions',
      'list',
      '--limit',
      '2',
      '--role',
      'member',
    );
    expect(stdout.split('\n')).toEqual([
      'ID        ROLE    AGE         EXPIRES IN  USER',
      '3OnnDJNy  member  5 min       1 h         mia',
      'qz3_HQt5  admin   5 min       never       alice\ufffd[2J',
      '',
    ]);
    expect(stderr).toContain('--cursor two shows the next page');
    expect(calls()).toEqual(['GET /sessions?role=member&limit=2']);
  });

  test('with --all goes through all pages', async () => {
    bench.stub.answer = pages;
    const { stdout, stderr } = await bench.sandbox.run('sessions', 'list', '--all');
    expect(stdout).toContain('x         member  unknown     1 h         (unreadable)\n');
    expect([stdout.match(/^ID /gm)?.length, stderr]).toEqual([1, '']);
    const all = JSON.parse((await bench.sandbox.run('sessions', 'list', '--all', '--json')).stdout);
    expect(all).toEqual({ items: [SESSION, ADMIN, JUNK], next_cursor: null });
  });

  test('says so where there are none', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: null });
    expect(await bench.sandbox.run('sessions', 'list')).toMatchObject({
      exitCode: 0,
      stdout: 'No sessions.\n',
    });
  });

  test('an empty page that is not the last says how to go on', async () => {
    bench.stub.answer = json(200, { items: [], next_cursor: 'c' });
    const { stdout, stderr } = await bench.sandbox.run('sessions', 'list');
    expect([stdout, stderr]).toEqual(['', expect.stringContaining('--cursor c')]);
  });
});

describe('sessions show', () => {
  const VIEW = { ...SESSION, role_name: 'Viewer', role_pointer: '/user/role', ended: false };

  test('says whose it is, why it has its role, and that it is good', async () => {
    bench.stub.answer = json(200, VIEW);
    const { stdout } = await bench.sandbox.run('sessions', 'show', '3OnnDJNyLks1');
    expect(stdout.split('\n')).toEqual([
      'Session 3OnnDJNy is good.',
      '  User       mia',
      '  Role       member, by "Viewer" at /user/role',
      '  Since      2026-01-15 10:00:00 UTC (5 min ago)',
      '  Expires    in 1 h',
      '',
    ]);
    expect(calls()).toEqual(['GET /sessions/3OnnDJNyLks1']);
  });

  test.each([
    [{ ended: true }, 'is worth nothing at the gateway.'],
    [{ role_name: null, role_pointer: null }, 'Role       member, because it names no role'],
    [{ readable: false, user: null }, 'Role       member, because it is no JSON object'],
    [{ expires_in_seconds: null, created_at: null }, 'Since      not told\n  Expires    never by itself'],
  ])('%j is told', async (changes, expected) => {
    bench.stub.answer = json(200, { ...VIEW, ...changes });
    expect((await bench.sandbox.run('sessions', 'show', 'x')).stdout).toContain(expected);
  });

  test.each([
    ['a/b', 'a%2Fb'],
    ['a b?c#d', 'a%20b%3Fc%23d'],
    ['%2e%2e', '%252e%252e'],
    ['*', '*'],
    ['a\nb', 'a%0Ab'],
    ['\u2603', '%E2%98%83'],
  ])('asks for %j as it is', async (id, encoded) => {
    bench.stub.answer = json(200, VIEW);
    await bench.sandbox.run('sessions', 'show', id);
    expect(calls()).toEqual([`GET /sessions/${encoded}`]);
  });

  test.each(['', '.', '..', 'statistics', 'purge'])('%j is no id, and nothing is sent', async (id) => {
    expect(await bench.sandbox.run('sessions', 'show', id)).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
  });

  test('one that is not there is no wrong address', async () => {
    bench.stub.answer = json(404, { error: 'session_not_found', message: 'There is no session of this id.' });
    const { exitCode, stderr } = await bench.sandbox.run('sessions', 'show', 'x');
    expect([exitCode, stderr]).toEqual([1, 'Error: There is no session of this id.\n']);
  });

  test('Redis that is away is no reason for --direct', async () => {
    bench.stub.answer = json(
      503,
      { error: 'session_store_unavailable', message: 'It says no.' },
      { 'retry-after': '5' },
    );
    const { exitCode, stderr } = await bench.sandbox.run('sessions', 'show', 'x');
    expect([exitCode, stderr]).toEqual([1, 'Error: It says no.\nTry again in 5 s.\n']);
  });
});

/** An API whose status shows these runs, one at each look; the last one for good. */
function purging(...runs: readonly (object | null | StubAnswer)[]): StubAnswer {
  const left = [...runs];
  return (request, response) => {
    const { method, url } = request;
    if (url.endsWith('/statistics')) return json(200, STATISTICS)(request, response);
    if (method === 'POST') return json(202, ORDER)(request, response);
    const run = left.length > 1 ? left.shift() : left[0];
    if (typeof run === 'function') return run(request, response);
    json(200, { ...INACTIVE, session_purge: run ?? null })(request, response);
  };
}

describe('sessions purge', () => {
  test('orders it, follows it to its end, and says what came of it', async () => {
    bench.stub.answer = purging(null, PENDING, RUNNING, COMPLETED);
    const { exitCode, stdout, stderr } = await bench.sandbox.run('sessions', 'purge', '--yes');
    expect(exitCode).toBe(0);
    expect(stdout.split('\n')).toEqual([
      'The sessions are deleted.',
      '  Deleted    19802',
      '  Kept       198',
      '  Unreadable 3',
      '  Scanned    20000',
      '  Took       12 s',
      '',
    ]);
    expect(stderr).toBe('Ordered: the sessions are being deleted.\n');
    expect(calls()).toEqual(['POST /sessions/purge', ...Array(4).fill('GET /status')]);
    expect(JSON.parse(bench.stub.requests[0]?.body ?? '')).toEqual({ all: false });
    expect(bench.stub.requests[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('with --json is one object at the end', async () => {
    bench.stub.answer = purging(RUNNING, COMPLETED);
    const { exitCode, stdout, stderr } = await bench.sandbox.run(
      'sessions',
      'purge',
      '--yes',
      '--all',
      '--json',
    );
    expect([exitCode, JSON.parse(stdout), stderr]).toEqual([0, { ...ORDER, session_purge: COMPLETED }, '']);
    expect(JSON.parse(bench.stub.requests[0]?.body ?? '')).toEqual({ all: true });
  });

  test('with --no-wait leaves it at the order', async () => {
    bench.stub.answer = purging(PENDING);
    const { stdout } = await bench.sandbox.run('sessions', 'purge', '--yes', '--no-wait');
    expect(stdout).toBe('Ordered: p-1. `maintenance status` shows it.\n');
    const asJson = await bench.sandbox.run('sessions', 'purge', '--yes', '--no-wait', '--json');
    expect(JSON.parse(asJson.stdout)).toEqual(ORDER);
    expect(calls()).toEqual(Array(2).fill('POST /sessions/purge'));
  });

  test('shows a bar on a terminal', async () => {
    bench.stub.answer = purging(RUNNING, COMPLETED);
    const { exitCode, stdout, stderr } = await bench.sandbox.runOnTerminal(
      ['sessions', 'purge', '--yes'],
      [],
    );
    const shown = stripVTControlCharacters(stderr);
    expect(exitCode).toBe(0);
    expect(shown).toMatch(/\[-+\] 0 %/);
    expect(shown).toMatch(/\[#{40}\] 100 %, pass 2: 20000 looked at, 19802 deleted, 198 kept\s*$/);
    expect(stripVTControlCharacters(stdout)).toContain('The sessions are deleted.');
  });

  test('asks first, with how many sessions it is about', async () => {
    bench.stub.answer = purging(COMPLETED);
    const asked = await bench.sandbox.runOnTerminal(['sessions', 'purge'], [['End all sessions but', 'y\r']]);
    expect(asked).toMatchObject({ exitCode: 0 });
    expect(asked.stderr).toContain(
      '19802 sessions of members and workers are ended. 198 sessions of admins are kept.',
    );
    expect(calls().slice(0, 3)).toEqual(['GET /status', 'GET /sessions/statistics', 'POST /sessions/purge']);
  });

  test('asks also where nobody can count them', async () => {
    const answer = purging(COMPLETED);
    bench.stub.answer = (request, response) =>
      request.url.endsWith('/statistics')
        ? json(503, { error: 'session_store_unavailable' })(request, response)
        : answer(request, response);
    const { exitCode, stderr } = await bench.sandbox.runOnTerminal(
      ['sessions', 'purge', '--all'],
      [['End all sessions but your own?', 'n\r']],
    );
    expect([exitCode, stderr]).toEqual([
      1,
      expect.stringContaining('An unknown number of sessions of all roles'),
    ]);
    expect(calls()).not.toContain('POST /sessions/purge');
  });

  test('without a terminal and without --yes is refused before anything is sent', async () => {
    expect(await bench.sandbox.run('sessions', 'purge')).toMatchObject({ exitCode: 2 });
    expect(bench.stub.requests).toEqual([]);
  });

  test('that fails is told, with what happens next', async () => {
    bench.stub.answer = purging(RUNNING, FAILED);
    const { exitCode, stdout, stderr } = await bench.sandbox.run('sessions', 'purge', '--yes');
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toContain(
      'Error: Not all sessions are deleted yet: Redis does not answer.\nIt is tried again',
    );
  });

  test('goes on though a look fails', async () => {
    bench.stub.answer = purging(json(503, { error: 'state_store_unavailable' }), COMPLETED);
    expect(await bench.sandbox.run('sessions', 'purge', '--yes')).toMatchObject({ exitCode: 0 });
  });

  test.each<[string, object | StubAnswer | null, string]>([
    ['nothing', null, 'Nothing has been heard of the purge for 3 minutes.'],
    ['always the same', RUNNING, 'Nothing has been heard of the purge for 3 minutes.'],
    ['nothing but errors', json(503, { message: 'The store is away.' }), 'The store is away.'],
  ])('is given up where the status shows %s', async (_, run, message) => {
    bench.stub.answer = purging(run);
    const { now } = bench.sandbox;
    let looks = 0;
    bench.sandbox.now = () => {
      looks += 1;
      return now() + looks * 30_000;
    };
    const { exitCode, stderr } = await bench.sandbox.run('sessions', 'purge', '--yes');
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

describe('a run that the status shows', () => {
  const order = { id: 'p-1', at: Date.parse(ORDER.requested_at) };
  test.each([
    [true, 'of the order itself', COMPLETED],
    [true, 'of the order itself that has failed', FAILED],
    [true, 'of a later one that took the order in', { ...RUNNING, id: 'p-2' }],
    [true, 'of a later one that is over', { ...COMPLETED, id: 'p-2' }],
    [
      false,
      'of an earlier one that was over before',
      { ...COMPLETED, id: 'p-0', finished_at: '2026-01-15T10:04:59Z' },
    ],
    [false, 'of another one that has failed', { ...FAILED, id: 'p-0' }],
  ])('%j: %s', (expected, _, purge) => {
    expect(isAbout(purge, order)).toBe(expected);
  });
});

describe('users revoke', () => {
  const ANSWER = { principal: 'mia', revoked_before: '2026-01-15T10:05:00Z', purge_id: 'p-1', version: 43 };

  test('ends what somebody was given', async () => {
    bench.stub.answer = json(200, ANSWER);
    expect(await bench.sandbox.run('users', 'revoke', 'mia', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'Revoked: what "mia" was given before 2026-01-15T10:05:00Z is worth nothing.\n',
    });
    expect(calls()).toEqual(['POST /revocations']);
    expect(JSON.parse(bench.stub.requests[0]?.body ?? '')).toEqual({ principal: 'mia' });
    const asJson = await bench.sandbox.run('users', 'revoke', 'mia', '--yes', '--json', '--if-match', '42');
    expect(JSON.parse(asJson.stdout)).toEqual(ANSWER);
    expect(bench.stub.requests[1]?.headers['if-match']).toBe('"42"');
  });

  test('asks first', async () => {
    bench.stub.answer = (request, response) =>
      json(200, request.method === 'GET' ? INACTIVE : ANSWER)(request, response);
    const { exitCode, stderr } = await bench.sandbox.runOnTerminal(
      ['users', 'revoke', 'mia\u001b[2J'],
      [['Revoke "', 'n\r']],
    );
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('can sign in again')]);
    expect(stderr).not.toContain('mia\u001b[2J');
    expect(calls()).toEqual(['GET /status']);
    expect(await bench.sandbox.run('users', 'revoke', 'mia')).toMatchObject({ exitCode: 2 });
  });

  test('too many at once are told in words of the command', async () => {
    bench.stub.answer = json(409, {
      error: 'too_many_revocations',
      message: 'There are 10 already.',
      remedy: 'POST /api/maintenance/sessions/purge ends all sessions',
    });
    const { exitCode, stderr } = await bench.sandbox.run('users', 'revoke', 'mia', '--yes');
    expect([exitCode, stderr]).toEqual([
      1,
      'Error: There are 10 already.\n`maintenance sessions purge` ends all sessions.\n',
    ]);
  });
});

describe('the status', () => {
  test.each<[string, object | null, boolean, string | null]>([
    ['no purge', null, true, null],
    ['an order', PENDING, false, 'waiting to be deleted'],
    ['a run', RUNNING, true, 'being deleted: 52 %, 10300 so far'],
    ['a run of unknown length', { ...RUNNING, progress: null }, true, 'being deleted: 10300 so far'],
    ['a run that failed', FAILED, false, 'not all deleted yet: Redis does not answer; this is tried again'],
    ['a run that is over', COMPLETED, true, '19802 deleted, 3 of them unreadable, 198 kept'],
    ['a run that is over, as the maintenance is', COMPLETED, false, null],
  ])('shows of %s what matters', async (_, session_purge, is_active, expected) => {
    bench.stub.answer = json(200, { ...INACTIVE, is_active, session_purge });
    const { stdout } = await bench.sandbox.run('status');
    const [shown] = /^ {2}Sessions.*$/m.exec(stdout) ?? [null];
    if (expected === null) expect(shown).toBeNull();
    else expect(shown).toContain(`  Sessions   ${expected}`);
  });

  test('and so does the answer to a maintenance that ends sessions', async () => {
    bench.stub.answer = json(200, { ...INACTIVE, is_active: true, session_purge: PENDING });
    const { stdout } = await bench.sandbox.run('enable', '--reason', 'R');
    expect(stdout).toContain('  Sessions   waiting to be deleted\n');
  });
});

test.each([
  [['sessions']],
  [['sessions', 'delete']],
  [['sessions', 'show']],
  [['sessions', 'list', '--role', 'anonymous']],
  [['sessions', 'list', '--limit', '0']],
  [['sessions', 'list', '--all', '--cursor', 'c']],
  [['users', 'revoke']],
])('%j is refused with 2, and nothing is sent', async (args) => {
  expect(await bench.sandbox.run(...args)).toMatchObject({ exitCode: 2 });
  expect(bench.stub.requests).toEqual([]);
});

test.each(['sessions', 'users'])('%s --help has examples and exit codes', async (command) => {
  const { exitCode, stdout } = await bench.sandbox.run(command, '--help');
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(new RegExp(`Examples:\\n.*maintenance ${command}.*Exit codes:\\n  0 `, 's'));
});
