import { describe, expect, test } from '@jest/globals';
import { EMPTY_ENTRY } from '../../../../core/purge/record.ts';
import { statusAnswer } from '../../../../core/status/schemas.ts';
import { NOW, normalMaintenance, purgeOrder, stateWith } from '../../../support/examples.ts';
import { CALLERS, type Request } from '../../../support/proxy-event.ts';
import { StatusBench } from '../../../support/status-bench.ts';
import { comingWindow, scheduleWith } from '../../../support/windows.ts';

const everybody = Object.keys(CALLERS) as (keyof typeof CALLERS)[];

describe('the status', () => {
  test.each(everybody)('is shown to %s', async (as) => {
    const answer = await new StatusBench().call('GET', '/status', { as });
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        'Content-Type': 'application/json',
        Vary: 'Authorization, Cookie, Origin',
        'X-Maintenance-Version': '7',
        'Access-Control-Allow-Origin': '*',
      },
      json: { is_active: true, mode: 'normal', version: 7, as_of: '2026-01-15T10:00:00Z' },
    });
  });

  test.each(everybody)('says to %s who enabled it only if that is an admin', async (as) => {
    const { json } = await new StatusBench().call('GET', '/status', { as });
    expect(json.enabled_by).toBe(CALLERS[as].role === 'admin' ? 'alice' : null);
  });

  test.each(everybody)('may be kept for 5 s only where no credential was shown: %s', async (as) => {
    const { headers } = await new StatusBench().call('GET', '/status', { as });
    expect(headers['Cache-Control']).toBe(as === 'nobody' ? 'public, max-age=5' : 'private, no-store');
  });

  test('shows how far the sessions have been deleted', async () => {
    const bench = new StatusBench();
    bench.state = { ...stateWith(normalMaintenance()), purge: purgeOrder() };
    bench.purging = { ...EMPTY_ENTRY, ended: { maintenanceId: 'm-1', deleted: 54 } };
    expect((await bench.call('GET', '/status')).json).toMatchObject({
      invalidated_sessions: 54,
      session_purge: { id: 'purge-7', status: 'pending' },
    });
  });

  test.each([3, null])('shows how many jobs are active, %s where that is what can be told', async (count) => {
    const bench = new StatusBench();
    bench.activeJobs = count;
    const { json } = await bench.call('GET', '/status');
    expect(json.active_jobs_count).toBe(count);
    expect(statusAnswer.safeParse(json).error?.issues).toBeUndefined();
  });

  test('has no body for HEAD, and the same headers', async () => {
    const bench = new StatusBench();
    const get = await bench.call('GET', '/status');
    const head = await bench.call('HEAD', '/status');
    expect(head).toEqual({ status: 200, headers: get.headers, json: null, text: '' });
  });

  test('says so when it is only the last known one', async () => {
    const bench = new StatusBench();
    bench.source = 'last_known';
    expect((await bench.call('GET', '/status')).json.state_source).toBe('last_known');
  });

  test('is a 503 when nothing is known', async () => {
    const bench = new StatusBench();
    bench.state = null;
    expect(await bench.call('GET', '/status')).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '5', 'Cache-Control': 'private, no-store' },
      json: { error: 'state_store_unavailable', request_id: 'request-1' },
    });
  });
});

test('what comes next is announced, until it has begun', async () => {
  const bench = new StatusBench();
  bench.state = { ...stateWith(null), windows: scheduleWith(comingWindow()) };
  const { json, headers } = await bench.call('GET', '/status');
  const next = {
    starts_at: '2026-01-15T11:00:00Z',
    ends_at: '2026-01-15T12:00:00Z',
    mode: 'normal',
    auto_end: true,
  };
  expect(statusAnswer.parse(json)).toMatchObject({
    is_active: false,
    next_window: { id: 'w-1', reason: 'Weekly upgrades', ...next },
  });
  expect(headers.Link).toMatch(/^<status>; rel="status"; .*starts-at="2026-01-15T11:00:00Z"/);
  expect((await bench.call('GET', '/message')).headers.Link).toBe(headers.Link);
  expect((await bench.call('GET', '/blocked-operations')).headers.Link).toBe(headers.Link);
  bench.time = NOW + 3_600_000;
  const begun = await bench.call('GET', '/status');
  expect(begun.json).toMatchObject({
    is_active: true,
    started_at: '2026-01-15T11:00:00Z',
    next_window: null,
  });
  expect(begun.headers.Link).toBeUndefined();
  expect((await bench.call('GET', '/message')).json.maintenance_active).toBe(true);
});

describe('its entity tag', () => {
  const tagOf = async (bench: StatusBench, request: Request = {}) =>
    (await bench.call('GET', '/status', request)).headers.ETag ?? '';

  test('is strong, and the same for as long as nothing but the time has changed', async () => {
    const bench = new StatusBench();
    const tag = await tagOf(bench);
    bench.time += 1000;
    expect(tag).toMatch(/^"[\w-]+"$/);
    expect(await tagOf(bench)).toBe(tag);
  });

  test('changes with the state, and with who may see what', async () => {
    const bench = new StatusBench();
    const tag = await tagOf(bench);
    expect(await tagOf(bench, { as: 'alice' })).not.toBe(tag);
    bench.state = stateWith(normalMaintenance({ reason: 'Another' }), 8);
    expect(await tagOf(bench)).not.toBe(tag);
  });

  test.each<[what: string, value: (tag: string) => string, status: number]>([
    ['the tag', (tag) => tag, 304],
    ['the weak tag', (tag) => `W/${tag}`, 304],
    ['the tag among others', (tag) => `"a", ${tag}`, 304],
    ['any', () => '*', 304],
    ['another tag', () => '"a"', 200],
    ['the tag without quotes', (tag) => tag.slice(1, -1), 200],
  ])('If-None-Match with %s', async (_, value, status) => {
    const bench = new StatusBench();
    const tag = await tagOf(bench);
    const answer = await bench.call('GET', '/status', { headers: { 'If-None-Match': value(tag) } });
    expect(answer.status).toBe(status);
    expect(answer.headers).toMatchObject({ ETag: tag, 'Cache-Control': 'public, max-age=5' });
    if (status === 304) expect(answer.text).toBe('');
  });
});

test('the way to sign in is shown to everybody', async () => {
  expect(await new StatusBench().call('GET', '/signin')).toMatchObject({
    status: 200,
    headers: { 'Cache-Control': 'public, max-age=5', ETag: expect.any(String) },
    json: { issuer: 'https://issuer.test/pool', client_id: 'client-1' },
  });
});

describe('other calls', () => {
  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'TRACE'])('%s is a 405', async (method) => {
    const answer = await new StatusBench().call(method, '/status', { as: 'alice', body: {} });
    expect(answer).toMatchObject({ status: 405, headers: { Allow: 'GET, HEAD, OPTIONS' } });
  });

  test.each(['/Status', '/status/', '/signin/x'])('%s is a 404', async (path) => {
    expect((await new StatusBench().call('GET', path)).json.error).toBe('not_found');
  });

  test('a preflight is answered', async () => {
    const answer = await new StatusBench().call('OPTIONS', '/status');
    expect(answer).toMatchObject({
      status: 204,
      headers: { 'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS' },
    });
  });
});
