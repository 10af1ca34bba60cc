import { describe, expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';
import { NOW } from '../../../support/examples.ts';
import { CALLERS, type Request } from '../../../support/proxy-event.ts';

const CALLS: [method: string, path: string, body: object | undefined][] = [
  ['POST', '/enable', { reason: 'a' }],
  ['POST', '/emergency', { reason: 'a' }],
  ['POST', '/deescalate', undefined],
  ['POST', '/disable', undefined],
  ['PATCH', '', { reason: 'a' }],
  ['POST', '/validate', { reason: 'a' }],
  ['POST', '/sessions/purge', undefined],
  ['POST', '/revocations', { principal: 'mia' }],
  ['GET', '/history', undefined],
  ['HEAD', '/history', undefined],
];

const bearer = 'Bearer';
const STRANGERS: [
  who: NonNullable<Request['as']>,
  status: number,
  code: string,
  challenge: string | undefined,
][] = [
  ['nobody', 401, 'unauthenticated', bearer],
  ['impostor', 401, 'unauthenticated', 'Bearer error="invalid_token"'],
  ['member', 403, 'insufficient_privileges', undefined],
  ['worker', 403, 'insufficient_privileges', undefined],
  ['unchecked', 503, 'state_store_unavailable', undefined],
  [{}, 401, 'unauthenticated', bearer],
  [{ principal: 'eve', role: 'admin' }, 401, 'unauthenticated', bearer],
  [{ principal: 'eve', role: 'admin', credential: 'none' }, 401, 'unauthenticated', bearer],
  [{ principal: 'eve', role: 'Admin', credential: 'valid' }, 401, 'unauthenticated', bearer],
  [{ role: 'admin', credential: 'valid' }, 401, 'unauthenticated', bearer],
];

describe('only admins pass', () => {
  const cases = STRANGERS.flatMap((stranger) => CALLS.map((call) => [...stranger, ...call] as const));
  test.each(cases)('%j gets %i %s (%s): %s %s', async (as, status, code, challenge, method, path, body) => {
    const bench = new ControlBench();
    const answer = await bench.call(method, path, { as, body });
    expect(answer.status).toBe(status);
    expect(answer.headers['WWW-Authenticate']).toBe(challenge);
    expect(answer.headers['Content-Type']).toBe('application/problem+json');
    if (method !== 'HEAD') expect(answer.json).toMatchObject({ error: code, status });
    expect(bench.events.items.size).toBe(0);
    const event = status < 500 ? 'access_refused' : 'request_failed';
    expect(bench.log.lines).toMatchObject([{ level: 'WARN', fields: { event, code } }]);
  });

  test('without any authorizer context nobody passes', async () => {
    expect((await new ControlBench().call('POST', '/disable', { as: null })).status).toBe(401);
  });

  test('headers that claim a role are not looked at', async () => {
    const headers = { 'X-Role': 'admin', 'X-User-Role': 'admin', role: 'admin', 'X-Amzn-Principal': 'alice' };
    const answer = await new ControlBench().call('POST', '/disable', { as: 'member', headers });
    expect(answer.status).toBe(403);
  });

  test('who may not call does not learn whether the body was right', async () => {
    const answer = await new ControlBench().call('POST', '/enable', { as: 'member', body: '{' });
    expect(answer.status).toBe(403);
  });

  test('a refusal is one line that holds no token', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { as: 'impostor', headers: { Authorization: 'Bearer secret' } });
    expect(bench.log.messages()).toEqual([
      '[MAINTENANCE] Access refused: endpoint="/api/maintenance/enable" user="-" reason="unauthenticated"',
    ]);
    expect(JSON.stringify(bench.log.lines)).not.toContain('secret');
  });

  test('the reason why a credential is bad is told', async () => {
    const { json } = await new ControlBench().call('POST', '/disable', { as: 'impostor' });
    expect(json.message).toContain('the token was signed with an unknown key');
  });
});

describe('an emergency needs a recent sign-in', () => {
  const signedIn = (secondsAgo: number) => ({ ...CALLERS.alice, authTime: String(NOW / 1000 - secondsAgo) });
  const call = (as: Request['as'], path: string) =>
    new ControlBench().call('POST', path, { as, body: { reason: 'a' } });

  test.each([
    ['just now', signedIn(0)],
    ['900 s ago', signedIn(900)],
    ['a little in the future, by another clock', signedIn(-30)],
  ])('%s: taken', async (_, as) => {
    expect((await call(as, '/emergency')).status).toBe(200);
  });

  test.each([
    ['901 s ago', signedIn(901)],
    ['never, as far as is known', { ...CALLERS.alice, authTime: '' }],
    ['at a time that is none', { ...CALLERS.alice, authTime: 'yesterday' }],
    ['so long ago that the token has expired', CALLERS.late],
  ])('%s: 401 with a step-up challenge', async (_, as) => {
    const answer = await call(as, '/emergency');
    expect(answer).toMatchObject({
      status: 401,
      json: { error: 'reauthentication_required' },
      headers: { 'WWW-Authenticate': 'Bearer error="insufficient_user_authentication", max_age=900' },
    });
  });

  const stale = signedIn(14 * 3600);

  test.each([
    ['POST', '/sessions/purge', { all: true }],
    ['POST', '/revocations', { principal: 'mia' }],
    ['POST', '/reset', {}],
    ['POST', '/rules', { method: 'POST', path: '/imports', operation: 'batch_operations' }],
    ['DELETE', '/rules/0123456789ab', {}],
  ])('so does %s %s of %j', async (method, path, body) => {
    const answer = await new ControlBench().call(method, path, { as: stale, body });
    expect(answer).toMatchObject({ status: 401, json: { error: 'reauthentication_required' } });
  });

  test('nothing else does', async () => {
    expect((await call(stale, '/enable')).status).toBe(200);
    expect((await new ControlBench().call('POST', '/sessions/purge', { as: stale, body: {} })).status).toBe(
      202,
    );
  });

  test.each(['normal', 'emergency', 'test'] as const)('%s mode ends without one', async (mode) => {
    const bench = new ControlBench();
    await bench.bringInto(mode);
    expect((await bench.call('POST', '/disable', { as: stale, body: {} })).status).toBe(200);
  });
});
