import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { API } from '../../core/api/api.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

const BLOCKED = '/start_caption_generation';
const HOSTILE = '# Upgrade\n<script>alert(1)</script> | [x](javascript:y) "quoted" $context `c`';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
beforeEach(() => cloud.reset());

async function reportOf(id: string) {
  const { status, json } = await cloud.as('admin', 'GET', `/reports/${id}`);
  expect(status).toBe(200);
  expect(API.report.answer.safeParse(json).error?.issues).toBeUndefined();
  return json;
}

/** Ends what is active; resolves to the id of its report. */
async function end(): Promise<string> {
  const { status, json } = await cloud.as('admin', 'POST', '/disable');
  expect(status).toBe(200);
  return json.report_id;
}

test('a maintenance is reported with who was blocked, who passed and whose sessions ended', async () => {
  await cloud.enable({ reason: HOSTILE, duration: 600 });
  const member = await cloud.token('worker');
  for (const token of [undefined, undefined, member]) {
    expect((await cloud.call('POST', BLOCKED, { token })).status).toBe(503);
  }
  expect((await cloud.call('POST', '/no-rule-covers-this')).status).toBe(503);
  expect((await cloud.call('POST', BLOCKED, { token: await cloud.token('admin') })).status).toBe(202);
  const { json } = await cloud.as('admin', 'GET', '/reports?limit=1');
  expect(json.items).toMatchObject([{ status: 'in_progress', kind: 'maintenance' }]);
  const id = await end();
  expect(json.items[0].id).toBe(id);
  await eventually(async () => {
    const { attempts, sessions } = await reportOf(id);
    return attempts.blocked.total === 4 && attempts.bypasses.total === 1 && sessions.purges.length > 0;
  });
  const report = await reportOf(id);
  expect(report).toMatchObject({
    status: 'completed',
    reason: HOSTILE,
    ended_how: 'disabled',
    plan: { final: { duration: 600 } },
    attempts: {
      blocked: {
        by_type: [
          { operation_type: 'caption_generation', calls: 3 },
          { operation_type: 'unknown', calls: 1 },
        ],
        clients: 2,
        clients_exact: true,
      },
    },
    sessions: { pending: false },
  });
  expect(report.sessions.ended).toBeGreaterThan(0);
  const types = report.timeline.map(({ type }: { type: string }) => type);
  expect(types).toEqual(expect.arrayContaining(['activated', 'deactivated', 'sessions_purged']));

  const page = await cloud.call('GET', `/api/maintenance/reports/${id}`, {
    token: await cloud.token('admin'),
    headers: { Accept: 'text/markdown' },
  });
  expect(page.headers['content-type']).toBe('text/markdown; charset=utf-8');
  expect(page.text).toContain(
    '> \\# Upgrade\\\n> \\<script\\>alert\\(1\\)\\</script\\> \\| \\[x\\]\\(javascript\\:y\\)',
  );
  expect(page.text).not.toContain('<script>');
});

test('a test run is reported with what it tried and what it never did', async () => {
  await cloud.enable({ mode: 'test' });
  const calls = [
    ['POST', BLOCKED, 'worker', 202],
    ['POST', BLOCKED, undefined, 202],
    ['POST', BLOCKED, 'admin', 202],
    ['GET', '/', undefined, 200],
    ['PUT', '/no-rule-covers-this', undefined, 404],
  ] as const;
  for (const [method, path, user, status] of calls) {
    const token = user === undefined ? undefined : await cloud.token(user);
    expect((await cloud.call(method, path, { token })).status).toBe(status);
  }
  const id = await end();
  await eventually(async () => (await reportOf(id)).test_run.calls.total === calls.length);
  const { kind, attempts, test_run: run } = await reportOf(id);
  expect({ kind, blocked: attempts.blocked.total }).toEqual({ kind: 'test_run', blocked: 0 });
  expect(attempts.blocked.clients).toBe(0);
  expect(run).toMatchObject({
    verdict: { result: 'incomplete' },
    calls: { total: 5, would_block: 3, would_allow: 2 },
    unclassified: { paths: [{ method: 'PUT', path: '/no-rule-covers-this', calls: 1 }], left_out: 0 },
  });
  expect(run.coverage.types.exercised).toEqual(['caption_generation', 'read_operations']);
  expect(run.coverage.types.never).toContain('job_creation');
  expect(run.routes).toContainEqual({
    method: 'POST',
    path_template: BLOCKED,
    operation_type: 'caption_generation',
    role: 'admin',
    would_block: 0,
    would_allow: 1,
  });
  expect(run.details).toHaveLength(5);
  expect(run.details).toContainEqual(
    expect.objectContaining({ method: 'POST', path_template: BLOCKED, role: 'worker', would_block: true }),
  );
});
