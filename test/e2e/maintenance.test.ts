import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';

const run = promisify(execFile);
let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());

const BLOCKED = '/start_caption_generation';

describe('the guide’s own command', () => {
  beforeEach(() => cloud.reset());

  const curl = async () => {
    const { stdout } = await run('curl', [
      ...['-s', '-o', '/dev/null', '-w', '%{http_code}', '-X', 'POST', `${cloud.local.url}${BLOCKED}`],
      ...['-H', 'Content-Type: application/json', '-d', '{"test": "data"}'],
    ]);
    return Number(stdout);
  };

  test('reaches the origin when all is well, and answers 503 while maintenance is active', async () => {
    expect(await curl()).toBe(202);
    await cloud.enable();
    expect(await curl()).toBe(503);
    await cloud.reset();
    expect(await curl()).toBe(202);
  });
});

describe('normal mode', () => {
  beforeAll(async () => {
    await cloud.reset();
    // Once it is active, members can't sign in.
    await cloud.token('member');
    await cloud.enable({ reason: 'Database migration', duration: 1800 });
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('blocks %s of a write', async (method) => {
    expect((await cloud.call(method, '/caption/start')).status).toBe(503);
  });

  test.each(['GET', 'HEAD', 'POST'])('blocks %s of a route that writes whatever the verb', async (method) => {
    const answer = await cloud.call(method, '/switch_platform/7');
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toMatch(/^\d+$/);
  });

  test('blocks an unlisted write, passes a read and a preflight', async () => {
    expect((await cloud.call('POST', '/no-rule-covers-this')).json.operation.type).toBe('unknown');
    expect((await cloud.call('GET', '/profile')).status).toBe(302);
    expect((await cloud.call('OPTIONS', BLOCKED)).status).toBe(405);
  });

  test.each([
    '/START_CAPTION_GENERATION',
    '//start_caption_generation//',
    '/start_caption_generation/?x=1',
    '/%73tart_caption_generation',
    '/static/../start_caption_generation',
    '/static/%2e%2e/start_caption_generation',
    '/static%2f..%2fstart_caption_generation',
    '/health/..;/start_caption_generation',
    '/API/Maintenance/enable',
    '/api/maintenance/../../start_caption_generation',
    '/api/maintenance%2f..%2f..%2fstart_caption_generation',
  ])('blocks the spelling %s, and nothing of it reaches the origin', async (path) => {
    const before = (await cloud.received()).length;
    const answer = await cloud.call('POST', path);
    expect([400, 404, 503]).toContain(answer.status);
    expect((await cloud.received()).length).toBe(before);
  });

  test('lets an admin go on, and nobody who only says so', async () => {
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('admin') })).status).toBe(202);
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('member') })).status).toBe(503);
    expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('worker') })).status).toBe(503);
    const smuggled = {
      'X-Role': 'admin',
      'X-User-Role': 'admin',
      'X-Forwarded-User': 'admin',
      'X-Amzn-Oidc-Identity': 'admin',
      'X-Groups': 'admins',
      Cookie: 'role=admin; session_id=admin',
    };
    expect((await cloud.call('POST', `${BLOCKED}?role=admin`, { headers: smuggled })).status).toBe(503);
  });

  test('blocks the administration to all but admins', async () => {
    expect((await cloud.call('GET', '/admin/dashboard')).status).toBe(503);
    expect((await cloud.call('GET', '/admin/dashboard', { token: await cloud.token('admin') })).status).toBe(
      403,
    );
  });

  test('refuses as the contract says, body and headers alike', async () => {
    const answer = await cloud.call('POST', BLOCKED, { body: {}, headers: { Origin: 'https://app.test' } });
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-maintenance-active': 'true',
      'x-maintenance-mode': 'normal',
      vary: 'Origin, Accept, Accept-Language',
      'access-control-allow-origin': 'https://app.test',
    });
    const exposed = String(answer.headers['access-control-expose-headers']);
    for (const name of [
      'Retry-After',
      'X-Maintenance-Active',
      'X-Maintenance-Mode',
      'X-Maintenance-Version',
    ]) {
      expect(exposed).toContain(name);
    }
    expect(answer.json).toEqual({
      type: 'urn:problem:maintenance-active',
      title: 'Service under maintenance',
      status: 503,
      detail: answer.json.message,
      instance: BLOCKED,
      error: 'maintenance_active',
      maintenance_active: true,
      message: expect.stringMatching(/caption/i),
      retry_after: Number(answer.headers['retry-after']),
      timestamp: expect.stringMatching(/Z$/),
      maintenance: {
        mode: 'normal',
        reason: 'Database migration',
        started_at: expect.stringMatching(/Z$/),
        estimated_completion: expect.stringMatching(/Z$/),
        version: Number(answer.headers['x-maintenance-version']),
      },
      operation: {
        type: 'caption_generation',
        description: expect.any(String),
        suggestion: expect.any(String),
      },
    });
    const left =
      (Date.parse(answer.json.maintenance.estimated_completion) - Date.parse(answer.json.timestamp)) / 1000;
    expect(answer.json.retry_after).toBeGreaterThanOrEqual(Math.floor(left));
    expect(answer.json.retry_after).toBeLessThanOrEqual(Math.ceil(left) + 30);
  });

  test('never writes the access log or a function log with a token of a path', async () => {
    const since = new Date(Date.now() - 60_000).toISOString();
    await cloud.call('POST', '/user-management/reset-password/s3cr3t-t0ken');
    const { text } = await cloud.call('GET', `/_local/logs?since=${encodeURIComponent(since)}`);
    expect(text).toContain('/user-management/reset-password/{token}');
    expect(text).not.toContain('s3cr3t-t0ken');
  });
});

describe('the reason comes out intact and harmless', () => {
  test.each([
    ['quotes and backslashes', 'He said "no" \\ \'never\''],
    ['newlines and tabs', 'first\nsecond\tthird'],
    ['HTML', '</p><script>alert(1)</script><form action="/x">'],
    ['gateway variables', '$context.authorizer.body $input.json("$") $stageVariables.x $!{x}'],
    ['Markdown and log forgery', '# a\n[EMERGENCY] Job terminated: job_id="1" reason="x"'],
    ['other scripts', 'Größe 维护 صيانة 😀👩‍👩‍👧'],
    ['the longest', '😀'.repeat(500)],
    ['the longest, dearest to escape', '$'.repeat(500)],
  ])('%s', async (_, reason) => {
    await cloud.reset();
    await cloud.enable({ reason });
    const json = await cloud.call('POST', BLOCKED);
    expect(json.status).toBe(503);
    expect(json.json.maintenance.reason).toBe(reason);
    const html = await cloud.call('POST', BLOCKED, { headers: { Accept: 'text/html,*/*;q=0.8' } });
    expect(html.status).toBe(503);
    expect(html.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(html.text.replace(/<script type=module>[^<]*<\/script>/, '')).not.toMatch(/<script|<form/i);
    expect(unescapeHtml(/<blockquote>([\s\S]*)<\/blockquote>/.exec(html.text)?.[1] ?? '')).toBe(reason);
    expect((await cloud.control('GET', '/status')).json.reason).toBe(reason);
  });
});

describe('the transitions', () => {
  type Step = [command: string, status: number, expected: string];
  const commands: Record<string, () => Promise<{ status: number; json: Record<string, unknown> }>> = {
    normal: () => cloud.as('admin', 'POST', '/enable', { reason: 'Planned' }),
    test: () => cloud.as('admin', 'POST', '/enable', { reason: 'Rehearsal', mode: 'test' }),
    emergency: () => cloud.as('admin', 'POST', '/emergency', { reason: 'Breach' }),
    deescalate: () => cloud.as('admin', 'POST', '/deescalate'),
    disable: () => cloud.as('admin', 'POST', '/disable'),
  };

  // The whole table is held where it is decided, in apply-command.test.ts; these show that it is in force.
  const rows: [state: 'inactive' | 'normal' | 'emergency' | 'test', ...Step][] = [
    ['inactive', 'normal', 200, 'normal'],
    ['normal', 'test', 409, 'maintenance_already_active'],
    ['normal', 'emergency', 200, 'emergency'],
    ['emergency', 'deescalate', 200, 'normal'],
    ['test', 'disable', 200, 'inactive'],
  ];

  /** Receipts come when they come, and raise the version; jobs are drained meanwhile. */
  const steady = (status: object) => ({ ...status, as_of: '', version: 0, job_drain: null });

  test.each(rows)('from %s, %s answers %i %s', async (state, command, status, expected) => {
    await cloud.as('admin', 'POST', '/disable');
    if (state !== 'inactive') await commands[state]?.();
    await cloud.purged();
    const before = (await cloud.as('admin', 'GET', '/status')).json;
    const answer = await commands[command]?.();
    const after = (await cloud.as('admin', 'GET', '/status')).json;
    const commandsSince = (await cloud.commandsInHistory())
      .map(({ number }) => number)
      .filter((number) => number > before.version);
    expect(answer?.status).toBe(status);
    if (status === 409) {
      expect(answer?.json).toMatchObject({
        error: expected,
        remedy: expect.stringContaining('/api/maintenance'),
      });
      expect(commandsSince).toEqual([]);
      expect(steady(after)).toEqual(steady(before));
    } else {
      expect(after.is_active ? after.mode : 'inactive').toBe(expected);
      expect(commandsSince).toEqual([answer?.json.version]);
    }
  });

  test('the history tells them, newest first, to admins only', async () => {
    await cloud.as('admin', 'POST', '/disable');
    await commands.normal?.();
    await commands.emergency?.();
    await commands.deescalate?.();
    await commands.disable?.();
    const told = (await cloud.commandsInHistory()).slice(0, 4);
    expect(told.map(({ type }) => type)).toEqual(['deactivated', 'deescalated', 'escalated', 'activated']);
    const { json } = await cloud.as('admin', 'GET', '/history?limit=4');
    const next = await cloud.as(
      'admin',
      'GET',
      `/history?limit=4&cursor=${encodeURIComponent(json.next_cursor)}`,
    );
    expect(next.json.items[0].number).toBe(json.items[3].number - 1);
    expect((await cloud.control('GET', '/history')).status).toBe(401);
  });
});

describe('emergency and test modes', () => {
  test('an emergency closes reads too, but not the sign-in, the status and the always allowed', async () => {
    await cloud.reset();
    await cloud.as('admin', 'POST', '/emergency', { reason: 'Breach' });
    await cloud.enforced();
    const answer = await cloud.call('GET', '/profile');
    expect(answer.status).toBe(503);
    expect(answer.headers['x-maintenance-mode']).toBe('emergency');
    expect(answer.headers['retry-after']).toBe('120');
    for (const path of [
      '/login',
      '/health',
      '/static/app.css',
      '/api/csrf-token',
      '/api/maintenance/status',
    ]) {
      expect((await cloud.call('GET', path)).status).toBe(200);
    }
  });

  test('a test run blocks nothing and records what it would block', async () => {
    await cloud.reset();
    const since = new Date().toISOString();
    await cloud.enable({ mode: 'test' });
    expect((await cloud.call('POST', BLOCKED)).status).toBe(202);
    expect((await cloud.call('GET', '/admin/dashboard')).status).toBe(403);
    const { json } = await cloud.control('GET', '/status');
    expect(json).toMatchObject({ test_mode: true, mode: 'test', blocked_operations: [] });
    expect(json.simulated_operations).toContain('caption_generation');
    const { text } = await cloud.call(
      'GET',
      `/_local/logs?function=authorizer&since=${encodeURIComponent(since)}`,
    );
    expect(text).toContain('would_block');
  });

  test('a maintenance that names its operations blocks those, the canary and the administration', async () => {
    await cloud.reset();
    await cloud.enable({ blocked_operations: ['image_processing'] });
    expect((await cloud.call('POST', '/upload')).status).toBe(503);
    expect((await cloud.call('POST', BLOCKED)).status).toBe(202);
    expect((await cloud.call('GET', '/admin/dashboard')).status).toBe(503);
    // What the origin may take for a blocked path is no way round the list.
    expect((await cloud.call('POST', '/x/../upload')).status).toBe(503);
    expect((await cloud.call('POST', '/static/..%2fupload')).status).toBe(503);
    expect((await cloud.call('POST', '/nobody/knows')).status).toBe(404);
  });

  test('auto_end opens the API by the clock, before anybody has written an event', async () => {
    await cloud.reset();
    await cloud.enable({ duration: 60, auto_end: true });
    expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    await cloud.advanceClock(61_000);
    expect((await cloud.call('POST', BLOCKED)).status).toBe(202);
    expect((await cloud.control('GET', '/status')).json.is_active).toBe(false);
    await cloud.tick();
    expect((await cloud.commandsInHistory())[0]?.type).toBe('auto_ended');
  });

  test('without auto_end the block goes on past its end', async () => {
    await cloud.reset();
    await cloud.enable({ duration: 60 });
    await cloud.advanceClock(120_000);
    const answer = await cloud.call('POST', BLOCKED);
    expect(answer.status).toBe(503);
    expect(answer.headers['retry-after']).toBe('60');
  });
});

function unescapeHtml(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39|#36);/g, (_, name: string) => {
    return { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#36': '$' }[name] as string;
  });
}
