import { describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { COUNTS_KEPT } from '../../../../core/attempts/store.ts';
import { attempt } from '../../../support/attempts.ts';
import { ControlBench } from '../../../support/control-bench.ts';
import { NOW } from '../../../support/examples.ts';

/** A bench after a maintenance of ten minutes, with what was counted during it. */
async function benchAfterMaintenance(): Promise<ControlBench> {
  const bench = new ControlBench();
  await bench.bringInto('normal');
  await bench.attempts.add('s', [
    attempt({ id: 'a', client: 'mia' }),
    attempt({ id: 'b', client: 'walt', operation: 'unknown' }),
    attempt({ id: 'c', client: 'mia' }),
    attempt({ id: 'd', kind: 'bypassed', client: 'alice' }),
  ]);
  bench.time += 600_000;
  await bench.call('POST', '/disable');
  return bench;
}

describe('a report', () => {
  test('has what was counted, and the id that disable has given', async () => {
    const bench = await benchAfterMaintenance();
    const answer = await bench.call('GET', '/reports/m-1');
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'Content-Type': 'application/json', Vary: expect.stringContaining('Accept') },
    });
    expect(API.report.answer.safeParse(answer.json).error?.issues).toBeUndefined();
    expect(answer.json).toMatchObject({
      id: 'm-1',
      status: 'completed',
      duration: 600,
      counts_source: 'activity_table',
      attempts: {
        blocked: {
          total: 3,
          by_type: [
            { operation_type: 'caption_generation', calls: 2 },
            { operation_type: 'unknown', calls: 1 },
          ],
          clients: 2,
          clients_exact: true,
        },
        bypasses: { total: 1 },
      },
    });
  });

  test('of what goes on is in progress', async () => {
    const bench = new ControlBench();
    await bench.bringInto('emergency');
    bench.time += 5000;
    const { json } = await bench.call('GET', '/reports/m-1');
    expect(json).toMatchObject({ kind: 'emergency', status: 'in_progress', duration: 5, ended_at: null });
  });

  test.each([
    [{ query: { format: 'markdown' } }, 'text/markdown; charset=utf-8'],
    [{ headers: { Accept: 'text/markdown' } }, 'text/markdown; charset=utf-8'],
    [
      { headers: { Accept: 'text/html, text/markdown;q=0.9, application/json;q=0.5' } },
      'text/markdown; charset=utf-8',
    ],
    [{ headers: { Accept: '*/*' } }, 'application/json'],
    [{ headers: { Accept: 'text/markdown' }, query: { format: 'json' } }, 'application/json'],
  ])('comes in the form that is asked for: %j', async (request, type) => {
    const bench = await benchAfterMaintenance();
    const answer = await bench.call('GET', '/reports/m-1', request);
    expect(answer).toMatchObject({ status: 200, headers: { 'Content-Type': type } });
    if (type.startsWith('text')) expect(answer.text).toMatch(/^# Maintenance of 2026/);
  });

  test('of a test run says what was tried, held against the rules that were in force', async () => {
    const bench = new ControlBench();
    const rule = { method: 'POST', path: '/newsletter', operation: 'newsletter' };
    const added = await bench.call('POST', '/rules', { body: rule });
    await bench.bringInto('test');
    await bench.call('POST', '/disable');
    await bench.call('DELETE', `/rules/${added.json.id}`);
    const { json } = await bench.call('GET', '/reports/m-1');
    expect(API.report.answer.safeParse(json).error?.issues).toBeUndefined();
    expect(json.test_run.verdict).toMatchObject({ result: 'incomplete' });
    expect(json.test_run.coverage.types.never).toContain('newsletter');
    expect(json.test_run.coverage.rules.never).toContainEqual({
      method: 'POST',
      path: '/newsletter',
      operation_type: 'newsletter',
    });
  });

  test('is there without counts that cannot be read, and without those that are not kept any more', async () => {
    const bench = await benchAfterMaintenance();
    bench.attempts.isDown = true;
    bench.drain.isDown = true;
    const away = await bench.call('GET', '/reports/m-1');
    expect(away.json).toMatchObject({ attempts: null, counts_source: 'unavailable' });
    expect(away.json).toMatchObject({ jobs: null, jobs_source: 'unavailable' });
    expect(bench.log.messages()).toContain('Counts could not be read; the report is shown without them.');
    bench.attempts.isDown = false;
    bench.drain.isDown = false;
    bench.time = NOW + 601_000 + COUNTS_KEPT * 1000;
    const late = await bench.call('GET', '/reports/m-1');
    expect(late.json).toMatchObject({ attempts: null, counts_source: 'expired' });
  });

  test.each([
    ['/reports/m-2', {}, 404, 'report_not_found'],
    ['/reports/%E0%A4%A', {}, 404, 'report_not_found'],
    ['/reports/m-1', { query: { format: 'pdf' } }, 400, 'invalid_request'],
    ['/reports', { query: { cursor: 'nonsense' } }, 400, 'invalid_request'],
    ['/reports', { query: { limit: '0' } }, 400, 'invalid_request'],
    ['/reports', { as: 'member' as const }, 403, 'insufficient_privileges'],
    ['/reports/m-1', { as: 'nobody' as const }, 401, 'unauthenticated'],
  ])('%s %j is refused with %i', async (path, request, status, error) => {
    const bench = await benchAfterMaintenance();
    expect(await bench.call('GET', path, request)).toMatchObject({ status, json: { error } });
  });

  test('needs the log', async () => {
    const bench = await benchAfterMaintenance();
    bench.events.down();
    for (const path of ['/reports', '/reports/m-1']) {
      expect((await bench.call('GET', path)).json).toMatchObject({ error: 'state_store_unavailable' });
    }
  });
});

test('the list comes a page at a time, newest first', async () => {
  const bench = new ControlBench();
  for (const mode of ['normal', 'test', 'emergency'] as const) {
    await bench.bringInto(mode);
    bench.time += 60_000;
    await bench.call('POST', '/disable');
  }
  const first = await bench.call('GET', '/reports', { query: { limit: '2' } });
  expect(API.reports.answer.safeParse(first.json).error?.issues).toBeUndefined();
  expect(first.json.items).toMatchObject([
    { id: 'm-3', kind: 'emergency' },
    { id: 'm-2', kind: 'test_run' },
  ]);
  const query = { limit: '2', cursor: first.json.next_cursor };
  expect((await bench.call('GET', '/reports', { query })).json).toMatchObject({
    items: [{ id: 'm-1', kind: 'maintenance', duration: 60, ended_by: 'alice' }],
    next_cursor: null,
  });
});
