import { beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { refusalAnswer } from '../../../../core/gate/schemas.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';
import { JobsBench } from '../../../support/jobs-bench.ts';

const BODY = { type: 'caption_generation', owner: 'mia' };

let bench: JobsBench;
beforeEach(() => {
  bench = new JobsBench();
});

const register = (request: object = {}) => bench.call('POST', '', { body: BODY, ...request });

describe('a registration', () => {
  test('is answered by the job as it begins, and where it is', async () => {
    const { status, json, headers } = await register();
    expect(status).toBe(201);
    expect(API.registerJob.answer.safeParse(json).error?.issues).toBeUndefined();
    expect(json).toMatchObject({
      ...BODY,
      status: 'running',
      started_at: '2026-01-15T10:00:00Z',
      progress: null,
      step: null,
      heartbeat_interval: 15,
      registered_by: 'walt',
    });
    expect(headers.Location).toBe(`/api/maintenance/jobs/${json.id}`);
    expect((await bench.asAdmin('GET', `/${json.id}`)).json).toEqual(json);
  });

  test.each<[what: string, body: unknown, field: string]>([
    ['no type', { owner: 'mia' }, 'type'],
    ['no owner', { type: 'x' }, 'owner'],
    ['an empty type', { type: ' ', owner: 'mia' }, 'type'],
    ['a type that is too long', { type: 'x'.repeat(101), owner: 'mia' }, 'type'],
    ['a line break in the owner', { type: 'x', owner: 'mia\nadmin' }, 'owner'],
    ['half a surrogate pair', { type: 'x', owner: '\ud800' }, 'owner'],
    ['another field', { ...BODY, status: 'completed' }, 'status'],
    ['a list', [], 'body'],
  ])('with %s is a 400, and nothing is written', async (_what, body, field) => {
    const { status, json } = await register({ body });
    expect([status, json.details.map((detail: { field: string }) => detail.field)]).toEqual([400, [field]]);
    expect(await bench.registry.countActive()).toBe(0);
  });

  test.each([
    ['worker', 201],
    ['alice', 201],
    ['member', 403],
    ['nobody', 401],
    ['impostor', 401],
    ['unchecked', 503],
  ] as const)('of %s is answered by %i', async (as, status) => {
    expect((await register({ as })).status).toBe(status);
    expect(await bench.registry.countActive()).toBe(status === 201 ? 1 : 0);
  });

  test('is a 503 while the store is away', async () => {
    bench.registry.isDown = true;
    expect((await register()).json).toMatchObject({ status: 503, error: 'state_store_unavailable' });
  });
});

describe('a repeated registration', () => {
  const headers = { 'Idempotency-Key': 'k-1' };

  test('gets the first answer again, and registers nothing', async () => {
    const first = await register({ headers });
    await bench.call('POST', `/${first.json.id}/heartbeat`, { body: { progress: 50 } });
    const second = await register({ headers });
    expect(second).toMatchObject({ status: 201, json: first.json });
    expect(second.headers['Idempotent-Replayed']).toBe('true');
    expect(first.headers).not.toHaveProperty('Idempotent-Replayed');
    expect(await bench.registry.countActive()).toBe(1);
  });

  test('with another body is a 422', async () => {
    await register({ headers });
    const { status, json } = await register({ headers, body: { ...BODY, owner: 'max' } });
    expect([status, json.error]).toEqual([422, 'idempotency_key_reused']);
  });

  test('of somebody else is another registration', async () => {
    const first = await register({ headers });
    const other = await register({ headers, as: 'alice' });
    expect(other.json.id).not.toBe(first.json.id);
  });

  test('gets its answer when maintenance has begun meanwhile: that job runs', async () => {
    const first = await register({ headers });
    bench.state = stateWith(normalMaintenance());
    expect(await register({ headers })).toMatchObject({ status: 201, json: first.json });
    expect((await register({ headers: { 'Idempotency-Key': 'k-2' } })).status).toBe(503);
  });
});

describe('while maintenance is active', () => {
  test.each([
    ['normal', normalMaintenance(), 503],
    ['normal, naming job_creation', normalMaintenance({ blockedOperations: ['job_creation'] }), 503],
    ['normal, leaving it out', normalMaintenance({ blockedOperations: ['image_processing'] }), 201],
    ['emergency', emergency(), 503],
    ['test', testRun(), 201],
    ['over by the clock', normalMaintenance({ autoEnd: true, endsAt: NOW }), 201],
  ] as const)('%s: a worker gets what maintenance says, an admin registers', async (_mode, held, status) => {
    bench.state = stateWith(held);
    expect((await register()).status).toBe(status);
    expect(await bench.registry.countActive()).toBe(status === 201 ? 1 : 0);
    expect((await register({ as: 'alice' })).status).toBe(201);
  });

  test('a blocked registration is refused as any call of the application, whatever its body', async () => {
    bench.state = stateWith(normalMaintenance({ endsAt: NOW + 1_800_000 }), 42);
    const { status, json, headers } = await register({ body: '{' });
    expect(status).toBe(503);
    expect(refusalAnswer.safeParse(json).error?.issues).toBeUndefined();
    expect(json).toMatchObject({
      instance: '/api/maintenance/jobs',
      maintenance: { mode: 'normal', version: 42 },
      operation: { type: 'job_creation' },
    });
    expect(json.retry_after).toBeGreaterThanOrEqual(1800);
    expect(headers).toMatchObject({
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      Vary: 'Origin, Accept, Accept-Language',
      'Retry-After': String(json.retry_after),
      'X-Maintenance-Active': 'true',
      'X-Maintenance-Mode': 'normal',
      'X-Maintenance-Version': '42',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'false',
    });
    expect(headers['Access-Control-Expose-Headers']).toContain('Retry-After');
  });

  test('a browser is refused by a page', async () => {
    bench.state = stateWith(normalMaintenance());
    const { status, headers, text } = await register({ headers: { Accept: 'text/html' } });
    expect([status, headers['Content-Type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(text).toContain('<!doctype html>');
  });

  test('who calls again and again waits longer', async () => {
    bench.state = stateWith(normalMaintenance({ endsAt: NOW - 1 }));
    const waits: number[] = [];
    for (let minute = 0; minute < 3; minute += 1) {
      for (let call = 0; call < 5; call += 1) waits.push((await register()).json.retry_after);
      bench.time += 60_000;
    }
    expect(waits.at(-1)).toBeGreaterThan(waits[0] ?? 0);
  });

  test('each decision is told by the line that the authorizer writes', async () => {
    bench.state = stateWith(normalMaintenance());
    await register();
    await register({ as: 'alice' });
    bench.state = stateWith(testRun());
    await register();
    expect(bench.decisions.map(({ message }) => message)).toEqual([
      '[MAINTENANCE] Operation blocked: endpoint="/api/maintenance/jobs" user="walt" reason="maintenance_active"',
      '[MAINTENANCE] Admin bypass: endpoint="/api/maintenance/jobs" user="alice"',
      '[MAINTENANCE] Operation simulated: endpoint="/api/maintenance/jobs" user="walt" would_block="true"',
    ]);
    expect(bench.decisions[0]).toMatchObject({
      event: 'operation_blocked',
      operation: 'job_creation',
      client: 'walt',
      request_id: 'request-1',
    });
  });

  test('members and strangers get what they always get, never the 503', async () => {
    bench.state = stateWith(emergency());
    expect((await register({ as: 'member' })).status).toBe(403);
    expect((await register({ as: 'nobody' })).status).toBe(401);
    expect(bench.decisions).toEqual([]);
  });

  test('while nobody can tell, workers are not let through, and nothing is written', async () => {
    bench.state = null;
    expect((await register()).json).toMatchObject({ status: 503, error: 'state_store_unavailable' });
    expect(await bench.registry.countActive()).toBe(0);
  });

  test('only origins that are allowed may read the refusal with cookies', async () => {
    bench = new JobsBench({ allowedOrigins: ['https://app.test'] });
    bench.state = stateWith(normalMaintenance());
    const from = async (origin: string) => (await register({ headers: { Origin: origin } })).headers;
    expect(await from('https://app.test')).toMatchObject({
      'Access-Control-Allow-Origin': 'https://app.test',
      'Access-Control-Allow-Credentials': 'true',
    });
    expect((await from('https://evil.test'))['Access-Control-Allow-Origin']).toBe('https://app.test');
  });
});
