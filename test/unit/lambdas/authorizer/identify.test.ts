import { describe, expect, test } from '@jest/globals';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import type { Route } from '../../../../core/gate/gateway-request.ts';
import type { PresentedCredential } from '../../../../core/identity/identity.ts';
import type { SessionFacts } from '../../../../core/identity/session.ts';
import { CROSS_ORIGIN, identify } from '../../../../lambdas/authorizer/identify.ts';
import { RequestHeaders } from '../../../../lambdas/http/request-headers.ts';
import { NOW } from '../../../support/examples.ts';

const facts = (role: SessionFacts['role'], user: string): SessionFacts => ({
  readable: true,
  role,
  roleName: role,
  rolePointer: '/role',
  user,
  createdAt: NOW - 1000,
});

const SESSIONS = new Map([
  ['of-alice', facts('admin', 'alice')],
  ['of-bob', facts('member', 'bob')],
]);

const TOKEN_EXPIRED = 'the token has expired';

const TOKENS = new Map<string, PresentedCredential>([
  [
    'good',
    {
      outcome: 'valid',
      credential: { kind: 'token', id: 'carol', role: 'worker', issuedAt: NOW, authenticatedAt: NOW },
    },
  ],
  ['expired', { outcome: 'expired', reason: TOKEN_EXPIRED }],
  ['unverifiable', { outcome: 'unavailable' }],
]);

/** Identifies a request by its headers, and tells which ids were looked up. */
async function presentedBy(
  headers: Readonly<Record<string, string>>,
  {
    route = 'origin',
    redis = 'up',
    now = NOW,
    onControlRoutes = true,
  }: { route?: Route; redis?: 'up' | 'down' | 'none'; now?: number; onControlRoutes?: boolean } = {},
): Promise<{ presented: PresentedCredential; lookedUp: string[] }> {
  const lookedUp: string[] = [];
  const find = async (id: string) => {
    lookedUp.push(id);
    if (redis === 'down') throw new SessionStoreUnavailableError('down');
    return SESSIONS.get(id) ?? null;
  };
  const sources = {
    verify: async (token: string) =>
      TOKENS.get(token) ?? ({ outcome: 'rejected', reason: 'malformed' } as const),
    allowedOrigins: ['*'],
    sessions: redis === 'none' ? undefined : { cookie: 'session_id', onControlRoutes, store: { find } },
  };
  return { presented: await identify(new RequestHeaders({ headers }), route, sources, now), lookedUp };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const cookie = (id: string) => ({ Cookie: `lang=en; session_id=${id}` });
const FOREIGN = { Host: 'app.test', Origin: 'https://evil.test' };

const named = (presented: PresentedCredential): string =>
  presented.outcome === 'valid'
    ? `${presented.credential.kind} of ${presented.credential.id}, ${presented.credential.role}`
    : 'reason' in presented
      ? presented.reason
      : presented.outcome;

describe('who calls', () => {
  test.each<[string, Record<string, string>, string, string[]]>([
    ['nothing', {}, 'none', []],
    ['a good token', bearer('good'), 'token of carol, worker', []],
    ['a session', cookie('of-alice'), 'session of alice, admin', ['of-alice']],
    [
      'a good token and a session',
      { ...bearer('good'), ...cookie('of-alice') },
      'token of carol, worker',
      [],
    ],
    ['a bad token', bearer('nonsense'), 'malformed', []],
    [
      'a bad token and a session',
      { ...bearer('x'), ...cookie('of-alice') },
      'session of alice, admin',
      ['of-alice'],
    ],
    [
      'an expired token and a session',
      { ...bearer('expired'), ...cookie('of-bob') },
      'session of bob, member',
      ['of-bob'],
    ],
    [
      'a token that nobody can check and a session',
      { ...bearer('unverifiable'), ...cookie('of-alice') },
      'session of alice, admin',
      ['of-alice'],
    ],
    [
      'the sign-in of a browser’s dialogue and a session',
      { Authorization: 'Basic YWRtaW4=', ...cookie('of-alice') },
      'session of alice, admin',
      ['of-alice'],
    ],
    ['a session that has gone', cookie('gone'), 'there is no such session; sign in again', ['gone']],
    [
      'an expired token and a session that has gone',
      { ...bearer('expired'), ...cookie('gone') },
      TOKEN_EXPIRED,
      ['gone'],
    ],
    [
      'two sessions',
      { Cookie: 'session_id=of-alice; session_id=of-bob' },
      'there is more than one session cookie',
      [],
    ],
    ['an empty cookie', cookie(''), 'none', []],
    ['other cookies', { Cookie: 'lang=en' }, 'none', []],
    [
      'a name that objects have',
      cookie('__proto__'),
      'there is no such session; sign in again',
      ['__proto__'],
    ],
  ])('with %s', async (_, headers, expected, ids) => {
    const { presented, lookedUp } = await presentedBy(headers);
    expect([named(presented), lookedUp]).toEqual([expected, ids]);
  });

  test('a session that began in the future has begun nobody knows when', async () => {
    const { presented } = await presentedBy(cookie('of-alice'), { now: NOW - 3_600_000 });
    expect(presented).toMatchObject({ credential: { issuedAt: null, authenticatedAt: null } });
  });

  test.each<[string, Record<string, string>, string]>([
    ['a session', cookie('of-alice'), 'unavailable'],
    ['a bad token and a session', { ...bearer('expired'), ...cookie('of-alice') }, TOKEN_EXPIRED],
    ['a good token and a session', { ...bearer('good'), ...cookie('of-alice') }, 'token of carol, worker'],
    ['a good token', bearer('good'), 'token of carol, worker'],
    ['nothing', {}, 'none'],
  ])('without Redis, with %s', async (_, headers, expected) => {
    expect(named((await presentedBy(headers, { redis: 'down' })).presented)).toBe(expected);
  });

  test('a deployment without Redis knows no cookies', async () => {
    expect(named((await presentedBy(cookie('of-alice'), { redis: 'none' })).presented)).toBe('none');
  });

  test('an error of ours is none of Redis', async () => {
    const broken = identify(
      new RequestHeaders({ headers: cookie('x') }),
      'origin',
      {
        verify: async () => ({ outcome: 'unavailable' }),
        allowedOrigins: [],
        sessions: {
          cookie: 'session_id',
          onControlRoutes: true,
          store: { find: () => Promise.reject(new TypeError('oops')) },
        },
      },
      NOW,
    );
    await expect(broken).rejects.toThrow(TypeError);
  });
});

describe('a page of somebody else’s', () => {
  test('cannot use the cookies of an admin on a control route', async () => {
    const { presented, lookedUp } = await presentedBy(
      { ...FOREIGN, ...cookie('of-alice') },
      { route: 'control' },
    );
    expect([named(presented), lookedUp]).toEqual([CROSS_ORIGIN, []]);
  });

  test('shows a token by itself, and that counts', async () => {
    const headers = { ...FOREIGN, ...bearer('good'), ...cookie('of-alice') };
    expect(named((await presentedBy(headers, { route: 'control' })).presented)).toBe(
      'token of carol, worker',
    );
  });

  test('is told what is wrong with its token, not with cookies that it did not send', async () => {
    const headers = { ...FOREIGN, ...bearer('expired'), ...cookie('of-alice') };
    expect(named((await presentedBy(headers, { route: 'control' })).presented)).toBe(TOKEN_EXPIRED);
  });

  test.each(['origin', 'canary'] as const)('is the %s’s own matter elsewhere', async (route) => {
    expect(named((await presentedBy({ ...FOREIGN, ...cookie('of-alice') }, { route })).presented)).toBe(
      'session of alice, admin',
    );
  });
});

test('a cookie is not even looked at on control routes, unless that was asked for', async () => {
  const headers = { Cookie: 'session_id=of-alice' };
  const options = { route: 'control', onControlRoutes: false } as const;
  expect(await presentedBy(headers, options)).toEqual({ presented: { outcome: 'none' }, lookedUp: [] });
  expect((await presentedBy(headers, { ...options, route: 'origin' })).presented.outcome).toBe('valid');
});
