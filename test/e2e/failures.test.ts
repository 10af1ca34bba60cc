import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { eventually, Gate } from '../support/gate.ts';

let gate: Gate;

beforeAll(async () => {
  gate = await Gate.start();
}, 120_000);
afterAll(() => gate.stop());
beforeEach(() => gate.reset());
afterEach(async () => {
  for (const service of ['dynamodb', 'redis', 'lambda:authorizer', 'lambda:control', 'events']) {
    await gate.fault(service, 'none');
  }
  await eventually(async () => (await gate.as('admin', 'GET', '/history')).status === 200);
});

const BLOCKED = '/start_caption_generation';

/** Shortest time from one call of a caller to the next, in milliseconds. */
const PACE_MS = 5;

/** Calls what is blocked, at a pace by which four callers stay within the 1000 calls a second that the stage lets in. */
async function pacedCall(): Promise<number> {
  const [{ status }] = await Promise.all([gate.call('POST', BLOCKED), delay(PACE_MS)]);
  return status;
}

describe('the state store is down', () => {
  test('the last known state holds, commands are refused, and what was acknowledged is there afterwards', async () => {
    const { json: acknowledged } = await gate.enable({ reason: 'Before the outage' });
    expect((await gate.control('GET', '/status')).json.state_source).toBe('event_log');
    await gate.fault('dynamodb', 'down');
    for (let i = 0; i < 20; i += 1) expect((await gate.call('POST', BLOCKED)).status).toBe(503);
    expect((await gate.call('GET', '/profile')).status).not.toBe(503);
    const refused = await gate.as('admin', 'POST', '/disable');
    expect(refused.status).toBe(503);
    expect(refused.json).toMatchObject({ error: 'state_store_unavailable', request_id: expect.any(String) });
    expect(refused.text).not.toMatch(/ECONN|node_modules|at .*\.js/);
    const status = await gate.control('GET', '/status');
    expect(status.json).toMatchObject({ is_active: true, state_source: 'last_known' });
    await gate.fault('dynamodb', 'none');
    await eventually(async () => (await gate.control('GET', '/status')).json.state_source === 'event_log');
    expect((await gate.control('GET', '/status')).json.reason).toBe('Before the outage');
    const [newest] = await gate.commandsInHistory();
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
          const answer = await gate.as('admin', 'POST', path, body);
          if (answer.status === 200) acknowledged.push(answer.json.version);
        }
      }
    })();
    for (let i = 0; i < 3; i += 1) {
      const before = acknowledged.length;
      await eventually(async () => acknowledged.length > before + 1);
      await gate.fault('dynamodb', i === 1 ? 'errors' : 'down', { rate: i === 1 ? 0.5 : 1 });
      await gate.call('POST', BLOCKED);
      await gate.fault('dynamodb', 'none');
    }
    stop = true;
    await Promise.all([traffic, toggles]);
    expect([...statuses].every((status) => status === 202 || status === 503)).toBe(true);
    const numbers = new Set<number>();
    let cursor: string | null = '';
    while (cursor !== null) {
      const { json } = await gate.as(
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
    const token = await gate.token('admin');
    await gate.enable();
    await gate.fault('lambda:authorizer', 'down');
    await gate.fault('lambda:authorizer', 'none');
    // The first call makes the instance know of the maintenance; by the second it has the issuer's keys too.
    for (let i = 0; i < 2; i += 1) expect((await gate.call('POST', BLOCKED)).status).toBe(503);
    await gate.fault('dynamodb', 'down');
    expect((await gate.call('POST', BLOCKED)).status).toBe(503);
    expect((await gate.call('POST', BLOCKED, { token })).status).toBe(202);
  });

  test('an instance that starts without it decides by the configured default: open, with an alarm line', async () => {
    await gate.enable();
    // A crash ends the instance; the next one starts without any memory, and there is no copy of the state either.
    await gate.fault('redis', 'down');
    await gate.fault('dynamodb', 'down');
    await gate.fault('lambda:authorizer', 'down');
    await gate.call('POST', BLOCKED);
    await gate.fault('lambda:authorizer', 'none');
    await eventually(async () => (await gate.call('POST', BLOCKED)).status === 202);
    const { text } = await gate.call('GET', '/_local/logs?function=authorizer');
    expect(text).toContain('state_unknown');
    await gate.fault('dynamodb', 'none');
    await eventually(async () => (await gate.call('POST', BLOCKED)).status === 503);
  });
});

describe('the authorizer fails', () => {
  test.each(['down', 'errors'])(
    '%s: 503 authorizer_unavailable with Retry-After 5, never 500',
    async (fault) => {
      await gate.fault('lambda:authorizer', fault);
      const before = (await gate.received()).length;
      for (const [method, path] of [
        ['POST', BLOCKED],
        ['GET', '/profile'],
        ['GET', '/api/maintenance/status'],
      ] as const) {
        const answer = await gate.call(method, path);
        expect(answer.status).toBe(503);
        expect(answer.headers['retry-after']).toBe('5');
        expect(answer.headers['content-type']).toBe('application/problem+json');
        expect(answer.json).toMatchObject({ error: 'authorizer_unavailable', status: 503 });
      }
      expect((await gate.received()).length).toBe(before);
      await gate.fault('lambda:authorizer', 'none');
      expect((await gate.call('GET', '/profile')).status).not.toBe(503);
    },
  );

  test('killed in the middle of requests: those get 503, the next ones an answer', async () => {
    const flying = Array.from({ length: 20 }, () => gate.call('GET', '/profile'));
    await gate.fault('lambda:authorizer', 'down');
    for (const { status } of await Promise.all(flying)) expect([200, 302, 401, 503]).toContain(status);
    await gate.fault('lambda:authorizer', 'none');
    expect((await gate.call('GET', '/profile')).status).not.toBe(503);
  });

  test('timed out: 503 with Retry-After 5', async () => {
    await gate.fault('lambda:authorizer', 'slow', { ms: 10_000 });
    const answer = await gate.call('GET', '/profile');
    expect(answer.status).toBe(503);
    expect(answer.json.error).toBe('authorizer_unavailable');
  });
});

describe('the bus is down', () => {
  test('a toggle is acknowledged and enforced all the same, and published when it is back', async () => {
    await gate.fault('events', 'down');
    const { json } = await gate.enable({ reason: 'Published later' });
    expect((await gate.call('POST', BLOCKED)).status).toBe(503);
    await gate.fault('events', 'none');
    await eventually(async () => {
      const { text } = await gate.call('GET', '/_local/logs?function=publisher');
      return text.includes(`versions\\":[${json.version}`);
    }, 40_000);
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
      expect((await gate.as('admin', 'POST', path, body)).status).toBe(200);
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
