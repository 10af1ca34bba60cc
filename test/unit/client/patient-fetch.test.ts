import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPatientFetch, type Waiting } from '../../../client/index.ts';
import { type PatientFetchOptions, patientFetchIn } from '../../../client/patient-fetch.ts';
import { buildRefusal } from '../../../core/gate/refusal.ts';
import { NOW, normalMaintenance } from '../../support/examples.ts';
import { json, type StubAnswer, StubServer } from '../../support/stub-server.ts';

let server: StubServer;
let time: number;
let pauses: number[];
let waits: Waiting[];
beforeEach(async () => {
  server = await StubServer.start(json(200, { done: true }));
  time = 0;
  pauses = [];
  waits = [];
});
afterEach(() => server.stop());

/** So short that nobody looks at the status meanwhile. */
const REFUSED = refusal(30);

function refusal(retryAfter: number): StubAnswer {
  const { body, contentType } = buildRefusal({
    maintenance: normalMaintenance({ endsAt: NOW + 60_000 }),
    version: 7,
    operation: 'unknown',
    method: 'POST',
    path: '/x',
    instance: '/x',
    retryAfter,
    now: NOW,
    form: 'json',
    language: 'en',
  });
  return (_, response) =>
    void response
      .writeHead(503, { 'content-type': contentType, 'retry-after': String(retryAfter) })
      .end(body);
}

const UNAVAILABLE: StubAnswer = problem(503, {
  type: 'urn:problem:authorizer-unavailable',
  error: 'authorizer_unavailable',
  retry_after: 5,
});

function problem(status: number, body: object): StubAnswer {
  return json(status, body, { 'content-type': 'application/problem+json' });
}

/** Gives these answers one after the other, the last one for ever. */
function answers(...given: StubAnswer[]): void {
  server.answer = (request, response) => (given.length > 1 ? given.shift() : given[0])?.(request, response);
}

const DONE = json(200, { done: true });

function patient(options: PatientFetchOptions = {}): typeof fetch {
  const surroundings = {
    now: () => time,
    random: () => 0.5,
    pause: async (milliseconds: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      pauses.push(milliseconds);
      time += milliseconds;
    },
  };
  return patientFetchIn(surroundings, { onWait: (waiting) => void waits.push(waiting), ...options });
}

describe('a refused request', () => {
  test('is made again when the refusal says, until it is let through', async () => {
    answers(REFUSED, REFUSED, DONE);
    const response = await patient()(server.url, { method: 'POST', body: 'hello', headers: { a: 'b' } });
    expect(await response.json()).toEqual({ done: true });
    expect(pauses).toEqual([30_000, 30_000]);
    expect(server.requests.map(({ method, body, headers }) => [method, body, headers.a])).toEqual(
      Array.from({ length: 3 }, () => ['POST', 'hello', 'b']),
    );
    expect(waits[0]).toEqual({
      url: server.url,
      error: 'maintenance_active',
      milliseconds: 30_000,
      refusals: 1,
      maintenance: {
        mode: 'normal',
        reason: 'Database upgrade',
        estimatedCompletion: '2026-01-15T10:01:00Z',
      },
    });
    expect(waits[1]?.refusals).toBe(2);
  });

  test('is made again a few seconds later where the gate could not decide, and not by all at once', async () => {
    answers(UNAVAILABLE, DONE);
    expect((await patient()(server.url)).status).toBe(200);
    expect(waits).toMatchObject([{ error: 'authorizer_unavailable', milliseconds: 6250, maintenance: null }]);
  });

  test.each([
    ['text', () => 'a=1'],
    ['bytes', () => new TextEncoder().encode('a=1')],
    ['a buffer', () => new TextEncoder().encode('a=1').buffer],
    ['parameters', () => new URLSearchParams({ a: '1' })],
    ['a blob', () => new Blob(['a=1'])],
  ])('is whole again with %s as its body', async (_, body) => {
    answers(REFUSED, DONE);
    await patient()(server.url, { method: 'PUT', body: body() });
    expect(server.requests.map((request) => request.body)).toEqual(['a=1', 'a=1']);
  });

  test('is whole again as a Request, which can be read once', async () => {
    answers(REFUSED, REFUSED, DONE);
    const request = new Request(server.url, { method: 'PATCH', body: 'a=1' });
    expect((await patient()(request)).status).toBe(200);
    expect(server.requests.map(({ method, body }) => [method, body])).toEqual(
      Array.from({ length: 3 }, () => ['PATCH', 'a=1']),
    );
  });

  test('is not made again where its body was a stream', async () => {
    answers(REFUSED, DONE);
    const body = new Blob(['a=1']).stream();
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    const response = await patient()(server.url, init);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'maintenance_active' });
    expect(server.requests).toHaveLength(1);
  });

  test('is answered with the refusal where it would wait too long', async () => {
    answers(REFUSED);
    const response = await patient({ longestWait: 80_000 })(server.url);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'maintenance_active', retry_after: 30 });
    expect(pauses).toEqual([30_000, 30_000]);
  });

  test('can be given up while it waits', async () => {
    answers(REFUSED);
    const leaving = new AbortController();
    const patientFetch = createPatientFetch({ onWait: () => setImmediate(() => leaving.abort('leaving')) });
    await expect(patientFetch(server.url, { signal: leaving.signal })).rejects.toBe('leaving');
    const request = new Request(server.url, { signal: AbortSignal.timeout(60_000) });
    const gone = new AbortController();
    const other = createPatientFetch({ onWait: () => setImmediate(() => gone.abort('gone')) });
    await expect(other(request, { signal: gone.signal })).rejects.toBe('gone');
    expect(server.requests).toHaveLength(2);
  });
});

describe('while it waits for hours', () => {
  const HOURS = refusal(7200);
  let looks: (StubAnswer | undefined)[];
  beforeEach(() => {
    looks = [];
  });

  function refusedUntilLooks(...statuses: (StubAnswer | undefined)[]): void {
    looks = statuses;
    let isRefused = true;
    server.answer = (request, response) => {
      if (request.url !== '/api/maintenance/status') {
        (isRefused ? HOURS : DONE)(request, response);
        isRefused = false;
      } else (looks.shift() ?? json(500, {}))(request, response);
    };
  }

  const status = (facts: object) => json(200, { is_active: true, mode: 'normal', version: 8, ...facts });
  const BLOCKED = status({ blocked_operations: ['unknown', 'job_creation'] });

  test.each<[string, StubAnswer]>([
    ['maintenance is over', status({ is_active: false })],
    ['maintenance only rehearses', status({ mode: 'test', blocked_operations: [] })],
    ['maintenance blocks other things', status({ blocked_operations: ['job_creation'] })],
  ])('it goes on within a minute after %s', async (_, open) => {
    refusedUntilLooks(BLOCKED, open);
    const response = await patient({ longestWait: 10_000_000 })(`${server.url}/x?y=1`, { method: 'POST' });
    expect(response.status).toBe(200);
    expect(pauses).toEqual([45_000, 45_000]);
    expect(server.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'POST /x?y=1',
      'GET /api/maintenance/status',
      'GET /api/maintenance/status',
      'POST /x?y=1',
    ]);
  });

  test.each<[string, StubAnswer]>([
    ['the operation is blocked', BLOCKED],
    ['an emergency blocks everything', status({ mode: 'emergency', blocked_operations: [] })],
    ['the status can not be read', json(503, {})],
    ['the status is no status', json(200, { hello: 'world' })],
    ['nobody answers', (_, response) => void response.destroy()],
  ])('it goes on waiting while %s', async (_, closed) => {
    refusedUntilLooks(closed, status({ is_active: false }));
    expect((await patient({ longestWait: 10_000_000 })(server.url)).status).toBe(200);
    expect(pauses).toEqual([45_000, 45_000]);
  });

  test('it looks where the API is, where that is not the origin of the request', async () => {
    refusedUntilLooks();
    const asked: string[] = [];
    const api = 'https://api.example.com/shop/';
    const recorded: typeof fetch = async (input, init) => {
      asked.push(String(input));
      return String(input).startsWith(api)
        ? Response.json({ is_active: false, version: 8 })
        : fetch(input, init);
    };
    await patient({ longestWait: 10_000_000, api, fetch: recorded })(server.url);
    expect(asked).toEqual([server.url, `${api}api/maintenance/status`, server.url]);
  });

  test('clients that wait together look at different times, each within a minute', async () => {
    const first: number[] = [];
    for (const draw of [0, 0.25, 0.5, 0.999]) {
      refusedUntilLooks(status({ is_active: false }));
      const waits = {
        now: () => time,
        random: () => draw,
        pause: async (milliseconds: number) => {
          time += milliseconds;
          first.push(milliseconds);
        },
      };
      await patientFetchIn(waits, { longestWait: 10_000_000 })(server.url);
    }
    expect(first).toEqual([30_000, 37_500, 45_000, 59_970]);
  });
});

describe('everything else is passed on', () => {
  test.each([
    ['an answer', DONE, 200],
    ["the application's own 503", json(503, { error: 'maintenance_active' }), 503],
    ['a 503 with another code', problem(503, { type: 'about:blank', error: 'state_store_unavailable' }), 503],
    [
      'a 503 with our code and another type',
      problem(503, { type: 'about:blank', error: 'maintenance_active' }),
      503,
    ],
    ['a 503 with the name of a method', problem(503, { type: 'x', error: 'toString' }), 503],
    ['a 503 that is no object', problem(503, [] as object), 503],
    [
      'too many requests',
      problem(429, { type: 'urn:problem:too-many-requests', error: 'too_many_requests' }),
      429,
    ],
    ['a refusal for want of rights', problem(403, { error: 'insufficient_privileges' }), 403],
  ])('%s', async (_, answer, status) => {
    answers(answer);
    const response = await patient()(server.url);
    expect(response.status).toBe(status);
    expect(response.bodyUsed).toBe(false);
    await response.text();
    expect(server.requests).toHaveLength(1);
    expect(pauses).toEqual([]);
  });

  test('an error of the network', async () => {
    server.answer = (_, response) => response.destroy();
    await expect(patient()(server.url)).rejects.toThrow('fetch failed');
    expect(server.requests).toHaveLength(1);
  });
});

test('whatever refusals ask for, it never waits longer than it may, nor less than a second at a time', async () => {
  const answer = (seconds: number) =>
    new Response(
      JSON.stringify({
        type: 'urn:problem:maintenance-active',
        error: 'maintenance_active',
        retry_after: seconds,
      }),
      { status: 503, headers: { 'content-type': 'application/problem+json' } },
    );
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4000), { maxLength: 20 }),
      fc.nat(10_000_000),
      async (seconds, longestWait) => {
        pauses = [];
        time = 0;
        const rest = [...seconds];
        const stub = async (input: Parameters<typeof fetch>[0]) => {
          if (String(input).endsWith('/status')) return new Response('', { status: 502 });
          const one = rest.shift();
          return one === undefined ? new Response('done') : answer(one);
        };
        const response = await patient({ longestWait, fetch: stub as typeof fetch })('http://api.test/');
        const total = pauses.reduce((sum, pause) => sum + pause, 0);
        const waited = seconds.length - rest.length - (response.status === 200 ? 0 : 1);
        expect(total).toBeLessThanOrEqual(longestWait);
        expect(Math.max(0, ...pauses)).toBeLessThanOrEqual(60_000);
        const asked = seconds.slice(0, waited).map((one) => Math.max(1000, one * 1000));
        expect(total).toBe(asked.reduce((sum, one) => sum + one, 0));
        if (response.status !== 200)
          expect(total + Math.max(1000, (seconds[waited] ?? 0) * 1000)).toBeGreaterThan(longestWait);
      },
    ),
  );
});
