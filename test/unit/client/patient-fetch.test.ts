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

const REFUSED = refusal(61);

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
    expect(pauses).toEqual([61_000, 61_000]);
    expect(server.requests.map(({ method, body, headers }) => [method, body, headers.a])).toEqual(
      Array.from({ length: 3 }, () => ['POST', 'hello', 'b']),
    );
    expect(waits[0]).toEqual({
      url: server.url,
      error: 'maintenance_active',
      milliseconds: 61_000,
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
    const response = await patient({ longestWait: 150_000 })(server.url);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ error: 'maintenance_active', retry_after: 61 });
    expect(pauses).toEqual([61_000, 61_000]);
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
        const stub = async () => {
          const one = rest.shift();
          return one === undefined ? new Response('done') : answer(one);
        };
        const response = await patient({ longestWait, fetch: stub as typeof fetch })('http://api.test/');
        const total = pauses.reduce((sum, pause) => sum + pause, 0);
        expect(total).toBeLessThanOrEqual(longestWait);
        expect(pauses).toEqual(seconds.slice(0, pauses.length).map((one) => Math.max(1000, one * 1000)));
        if (response.status === 200) expect(pauses).toHaveLength(seconds.length);
        else
          expect(total + Math.max(1000, (seconds[pauses.length] ?? 0) * 1000)).toBeGreaterThan(longestWait);
      },
    ),
  );
});
