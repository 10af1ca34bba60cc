import { expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';
import type { Request } from '../../../support/proxy-event.ts';

test.each<[as: Request['as'], id: string, role: string]>([
  ['alice', 'alice', 'admin'],
  ['worker', 'walt', 'worker'],
  ['member', 'mia', 'member'],
])('%s learns whom the gateway takes them for', async (as, id, role) => {
  expect(await new ControlBench().call('GET', '/whoami', { as })).toMatchObject({
    status: 200,
    headers: { 'Cache-Control': 'private, no-store', Vary: 'Authorization, Cookie, Origin' },
    json: {
      id,
      role,
      credential: 'valid',
      authenticated_at: '2026-01-15T09:59:00Z',
      fresh_sign_in: true,
      fresh_until: '2026-01-15T10:14:00Z',
    },
  });
});

test('a sign-in is fresh for as long as an emergency may be declared with it', async () => {
  const bench = new ControlBench();
  for (const [seconds, fresh, status] of [
    [840, true, 200],
    [841, false, 401],
  ] as const) {
    const other = new ControlBench();
    bench.time = other.time + seconds * 1000;
    expect((await bench.call('GET', '/whoami')).json.fresh_sign_in).toBe(fresh);
    other.time = bench.time;
    expect((await other.call('POST', '/emergency', { body: { reason: 'a' } })).status).toBe(status);
  }
});

test('a sign-in of which no time is known is not fresh', async () => {
  const as = { principal: 'alice', role: 'admin', credential: 'valid', authTime: '' };
  const { json } = await new ControlBench().call('GET', '/whoami', { as });
  expect(json).toMatchObject({ authenticated_at: null, fresh_sign_in: false, fresh_until: null });
});

test.each<[Request['as'], number]>([
  ['nobody', 401],
  ['impostor', 401],
  ['unchecked', 503],
  [null, 401],
])('%j gets %i', async (as, status) => {
  expect((await new ControlBench().call('GET', '/whoami', { as })).status).toBe(status);
});
