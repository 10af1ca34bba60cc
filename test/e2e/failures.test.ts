import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.reset());
afterEach(async () => {
  for (const service of ['dynamodb', 'redis', 'lambda:authorizer', 'lambda:control', 'events', 'origin']) {
    await cloud.fault(service, 'none');
  }
  await eventually(async () => (await cloud.as('admin', 'GET', '/history')).status === 200);
});

const BLOCKED = '/start_caption_generation';

/** Shortest time from one call of a caller to the next, in milliseconds. */
const PACE_MS = 5;

/** Calls what is blocked, at a pace by which four callers stay within the 1000 calls a second that the stage lets in. */
async function pacedCall(): Promise<number> {
  const [{ status }] = await Promise.all([cloud.call('POST', BLOCKED), delay(PACE_MS)]);
  return status;
}

describe('the origin is down', () => {
  test.each([
    ['a read in normal mode', 'normal'],
    ['what an emergency leaves open', 'emergency'],
  ])('%s gets the refusal of the maintenance', async (_what, mode) => {
    if (mode === 'normal') await cloud.enable({ reason: 'We move house', duration: 1800 });
    else await cloud.as('admin', 'POST', '/emergency', { reason: 'We move house' });
    await cloud.fault('origin', 'down');
    const path = mode === 'normal' ? '/profile' : '/login';
    await eventually(async () => (await cloud.call('GET', path)).headers['x-maintenance-mode'] === mode);
    const { status, headers, json } = await cloud.call('GET', path);
    expect(json).toMatchObject({
      error: 'maintenance_active',
      instance: path,
      maintenance: { mode, reason: 'We move house' },
    });
    expect([status, headers['x-maintenance-active'], headers['retry-after']]).toEqual([
      503,
      'true',
      String(json.retry_after),
    ]);
    const page = await cloud.call('GET', path, { headers: { accept: 'text/html' } });
    expect([page.status, page.headers['content-type']]).toEqual([503, 'text/html; charset=utf-8']);
    expect(page.text).toContain('We move house');
  });

  test('an admin, who is never blocked, is told so too', async () => {
    await cloud.enable({ reason: 'We move house' });
    await cloud.fault('origin', 'down');
    const { json } = await cloud.call('POST', BLOCKED, { token: await cloud.signIn('admin') });
    expect(json).toMatchObject({ error: 'maintenance_active', operation: { type: 'caption_generation' } });
  });

  test.each(['nothing is active', 'a test run'])('%s: the origin is what cannot be reached', async (mode) => {
    if (mode === 'a test run') await cloud.enable({ mode: 'test' });
    await cloud.fault('origin', 'down');
    const { status, headers, json } = await cloud.call('GET', '/profile');
    expect(json).toMatchObject({ error: 'origin_unavailable', status: 503, retry_after: 30 });
    expect([status, headers['x-maintenance-active'], headers['retry-after']]).toEqual([503, 'false', '30']);
  });
});

describe('the state store is down', () => {
  test('the last known state holds, commands are refused, and what was acknowledged is there afterwards', async () => {
    const { json: acknowledged } = await cloud.enable({ reason: 'Before the outage' });
    expect((await cloud.control('GET', '/status')).json.state_source).toBe('event_log');
    await cloud.fault('dynamodb', 'down');
    for (let i = 0; i < 20; i += 1) expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    expect((await cloud.call('GET', '/profile')).status).toBe(302);
    const refused = await cloud.as('admin', 'POST', '/disable');
    expect(refused.status).toBe(503);
    expect(refused.json).toMatchObject({ error: 'state_store_unavailable', request_id: expect.any(String) });
    expect(refused.text).not.toMatch(/ECONN|node_modules|at .*\.js/);
    const status = await cloud.control('GET', '/status');
    expect(status.json).toMatchObject({ is_active: true, state_source: 'last_known' });
    await cloud.fault('dynamodb', 'none');
    await eventually(async () => (await cloud.control('GET', '/status')).json.state_source === 'event_log');
    expect((await cloud.control('GET', '/status')).json.reason).toBe('Before the outage');
    const [newest] = await cloud.commandsInHistory();
    expect(newest).toMatchObject({ type: 'activated', number: acknowledged.version });
  });

  test('requests go on flowing while it stops and starts, and every acknowledged toggle is in the history', async () => {
    const acknowledged: number[] = [];
    const statuses = new Set<number>();
    let stop = false;
    const traffic = (async () => {
      while (!stop) statuses.add(await pacedCall());
    })();
    const toggles = (async () => {
      while (!stop) {
        for (const [path, body] of [
          ['/enable', { reason: 'Flip' }],
          ['/disable', undefined],
        ] as const) {
          const answer = await cloud.as('admin', 'POST', path, body);
          if (answer.status === 200) acknowledged.push(answer.json.version);
        }
      }
    })();
    for (let i = 0; i < 3; i += 1) {
      const before = acknowledged.length;
      await eventually(async () => acknowledged.length > before + 1);
      await cloud.fault('dynamodb', i === 1 ? 'errors' : 'down', { rate: i === 1 ? 0.5 : 1 });
      await cloud.call('POST', BLOCKED);
      await cloud.fault('dynamodb', 'none');
    }
    stop = true;
    await Promise.all([traffic, toggles]);
    expect([...statuses].every((status) => status === 202 || status === 503)).toBe(true);
    const numbers = new Set<number>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await cloud.as(
        'admin',
        'GET',
        `/history?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      for (const item of json.items) numbers.add(item.number);
      cursor = json.next_cursor;
    }
    for (const version of acknowledged) expect(numbers).toContain(version);
    expect([...numbers].sort((a, b) => a - b)).toEqual(Array.from({ length: numbers.size }, (_, i) => i + 1));
  });

  test('an instance that has met nobody but anonymous callers lets an admin pass all the same', async () => {
    const token = await cloud.token('admin');
    await cloud.enable();
    await cloud.fault('lambda:authorizer', 'down');
    await cloud.fault('lambda:authorizer', 'none');
    // The first call makes the instance know of the maintenance; by the second it has the issuer's keys too.
    for (let i = 0; i < 2; i += 1) expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    await cloud.fault('dynamodb', 'down');
    expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    expect((await cloud.call('POST', BLOCKED, { token })).status).toBe(202);
  });

  test('an instance that starts without it decides by the configured default: open, with an alarm line', async () => {
    await cloud.enable();
    // A crash ends the instance; the next one starts without any memory, and there is no copy of the state either.
    await cloud.fault('redis', 'down');
    await cloud.fault('dynamodb', 'down');
    await cloud.fault('lambda:authorizer', 'down');
    await cloud.call('POST', BLOCKED);
    await cloud.fault('lambda:authorizer', 'none');
    await eventually(async () => (await cloud.call('POST', BLOCKED)).status === 202);
    const { text } = await cloud.call('GET', '/_local/logs?function=authorizer');
    expect(text).toContain('state_unknown');
    await cloud.fault('dynamodb', 'none');
    await eventually(async () => (await cloud.call('POST', BLOCKED)).status === 503);
  });
});

describe('the authorizer fails', () => {
  test.each(['down', 'errors'])(
    '%s: 503 authorizer_unavailable with Retry-After 5, never 500',
    async (fault) => {
      await cloud.fault('lambda:authorizer', fault);
      const before = (await cloud.received()).length;
      for (const [method, path] of [
        ['POST', BLOCKED],
        ['GET', '/profile'],
        ['GET', '/api/maintenance/status'],
      ] as const) {
        const answer = await cloud.call(method, path);
        expect(answer.status).toBe(503);
        expect(answer.headers['retry-after']).toBe('5');
        expect(answer.headers['content-type']).toBe('application/problem+json');
        expect(answer.json).toMatchObject({ error: 'authorizer_unavailable', status: 503 });
      }
      expect((await cloud.received()).length).toBe(before);
      await cloud.fault('lambda:authorizer', 'none');
      expect((await cloud.call('GET', '/profile')).status).toBe(302);
    },
  );

  test('killed in the middle of requests: those get 503, the next ones an answer', async () => {
    const flying = Array.from({ length: 20 }, () => cloud.call('GET', '/profile'));
    await cloud.fault('lambda:authorizer', 'down');
    for (const { status } of await Promise.all(flying)) expect([200, 302, 401, 503]).toContain(status);
    await cloud.fault('lambda:authorizer', 'none');
    expect((await cloud.call('GET', '/profile')).status).toBe(302);
  });

  test('timed out: 503 with Retry-After 5', async () => {
    await cloud.fault('lambda:authorizer', 'slow', { ms: 10_000 });
    const answer = await cloud.call('GET', '/profile');
    expect(answer.status).toBe(503);
    expect(answer.json.error).toBe('authorizer_unavailable');
  });
});

describe('the bus is down', () => {
  test('a toggle is acknowledged and enforced all the same, and published when it is back', async () => {
    await cloud.fault('events', 'down');
    const { json } = await cloud.enable({ reason: 'Published later' });
    expect((await cloud.call('POST', BLOCKED)).status).toBe(503);
    await cloud.fault('events', 'none');
    await eventually(async () => {
      const { text } = await cloud.call('GET', '/_local/logs?function=publisher');
      return text.includes(`versions\\":[${json.version}`);
    });
  });
});

describe('a toggle is in force within a second', () => {
  test('no decision by the old state is made more than 1.0 s after the answer', async () => {
    for (const [path, body, old] of [
      ['/enable', { reason: 'Now' }, 202],
      ['/disable', undefined, 503],
      ['/enable', { reason: 'Again' }, 202],
    ] as const) {
      const late: number[] = [];
      const statuses = new Set<number>();
      let toggledAt = Number.POSITIVE_INFINITY;
      let stop = false;
      const callers = Array.from({ length: 4 }, async () => {
        while (!stop) {
          const sentAt = performance.now();
          const status = await pacedCall();
          statuses.add(status);
          // The decision was made at some time after the call was sent.
          if (status === old && sentAt > toggledAt) late.push(sentAt - toggledAt);
        }
      });
      expect((await cloud.as('admin', 'POST', path, body)).status).toBe(200);
      toggledAt = performance.now();
      await eventually(async () => performance.now() - toggledAt > 1500);
      stop = true;
      await Promise.all(callers);
      // Every call got a decision, none was turned away before it.
      for (const status of statuses) expect([202, 503]).toContain(status);
      expect(Math.max(0, ...late)).toBeLessThanOrEqual(1000);
    }
  });
});
