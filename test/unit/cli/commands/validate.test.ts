import { describe, expect, test } from '@jest/globals';
import { SessionStore } from '../../../../cli/sign-in/session-store.ts';
import { validateEnable } from '../../../../core/commands/validate-enable.ts';
import { cliBench } from '../../../support/cli-bench.ts';
import { NOW, normalMaintenance, stateWith } from '../../../support/examples.ts';
import { json } from '../../../support/stub-server.ts';

const bench = cliBench(NOW);

const free = stateWith(null);
const taken = stateWith(normalMaintenance());
const answerTo = (body: object, state = free) => json(200, validateEnable(body, state, NOW));

describe('validate', () => {
  test('asks with the body that enable would send', async () => {
    bench.stub.answer = answerTo({ reason: 'Upgrade' });
    const options = ['--reason', 'Upgrade', '--duration', '30m', '--block', 'job_creation', '--no-notify'];
    await bench.sandbox.run('validate', ...options);
    await bench.sandbox.run('enable', ...options);
    const [validated, enabled] = bench.stub.requests;
    expect([validated?.method, validated?.url]).toEqual(['POST', '/api/maintenance/validate']);
    expect(JSON.parse(validated?.body ?? '')).toEqual(JSON.parse(enabled?.body ?? ''));
    expect(validated?.headers['idempotency-key']).toBeUndefined();
  });

  test('shows the impact with its factors', async () => {
    bench.stub.answer = answerTo({ reason: 'Upgrade', duration: 1800 });
    const { exitCode, stdout, stderr } = await bench.sandbox.run('validate', '--reason', 'Upgrade');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`It would be carried out.
Impact: high, 75 of 100.
  blocked_operations  45/45  7 of 7 kinds of writes are blocked.
  length              10/25  It is planned to take 1800 seconds.
  sessions_ended      20/20  Every member's session ends.
  reads_closed         0/10  Reading stays open; only an emergency closes it.
  Length     30 min
  Blocked    caption_generation, job_creation, platform_operations, batch_operations, user_data_modification, image_processing, unknown
  Open       read_operations, authentication
`);
    expect(stderr).toContain('Warning: The maintenance goes on after its end');
    expect(stderr).toContain('--auto-end');
  });

  test('fails and names the options that do not fit', async () => {
    bench.stub.answer = answerTo({ reason: '', duration: 1, blocked_operations: ['canary'] });
    const { exitCode, stderr } = await bench.sandbox.run('validate', '--reason', '');
    expect(exitCode).toBe(1);
    expect(stderr).toContain('`maintenance enable` would be refused:');
    expect(stderr).toMatch(/- --reason must not be empty\n.*- --duration must be.*\n.*- --block must hold/);
  });

  test('fails for a maintenance that is in the way, and says what would work', async () => {
    bench.stub.answer = answerTo({ reason: 'Upgrade' }, taken);
    const { exitCode, stdout, stderr } = await bench.sandbox.run('validate', '--reason', 'Upgrade');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('Impact: high');
    expect(stdout).not.toContain('would be carried out');
    expect(stderr).toContain('held by "alice"');
    expect(stderr).toContain('`maintenance disable` ends it');
  });

  test('is the answer as it came for programs, and its exit code says the rest', async () => {
    const answer = validateEnable({ reason: 'Upgrade' }, taken, NOW);
    bench.stub.answer = json(200, answer);
    const { exitCode, stdout, stderr } = await bench.sandbox.run('validate', '--reason', 'Upgrade', '--json');
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual(answer);
    expect(JSON.parse(stderr)).toMatchObject({ error: 'validation_failed' });
  });
});

describe('whoami', () => {
  const alice = {
    id: 'alice',
    role: 'admin',
    credential: 'valid',
    authenticated_at: '2026-01-15T09:50:00Z',
    fresh_sign_in: true,
    fresh_until: '2026-01-15T10:05:00Z',
  };

  test.each<[what: string, changes: object, lines: string[]]>([
    [
      'an admin',
      {},
      [
        'Signed in  2026-01-15 09:50:00 UTC (10 min ago)',
        'Emergency  possible until 2026-01-15 10:05:00 UTC',
      ],
    ],
    ['one with an old sign-in', { fresh_sign_in: false }, ['Emergency  needs a new sign-in']],
    ['one of whom no time is known', { authenticated_at: null }, ['Signed in  not known when']],
  ])('shows %s', async (_, changes, lines) => {
    bench.stub.answer = json(200, { ...alice, ...changes });
    const { exitCode, stdout } = await bench.sandbox.run('whoami');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^alice\n {2}Role {7}admin\n/);
    for (const line of lines) expect(stdout).toContain(line);
  });

  test('tells a member nothing of emergencies', async () => {
    bench.stub.answer = json(200, { ...alice, id: 'mia\u001b[2J', role: 'member' });
    const { stdout } = await bench.sandbox.run('whoami');
    expect(stdout).not.toContain('Emergency');
    expect(stdout).not.toContain('\u001b');
  });

  test('without a sign-in is exit code 3', async () => {
    await new SessionStore(bench.sandbox).forget(bench.stub.url);
    expect(await bench.sandbox.run('whoami')).toMatchObject({ exitCode: 3, stdout: '' });
    expect(bench.stub.requests).toEqual([]);
  });
});
