import { describe, expect, test } from '@jest/globals';
import type { Verified } from '../../../../adapters/lean/token-verifier.ts';
import { SessionStoreUnavailableError } from '../../../../core/errors.ts';
import type { GatewayRequest, Shown } from '../../../../core/gate/authorizer.ts';
import { TOKEN_EXPIRED } from '../../../../core/identity/identity.ts';
import type { SessionFacts } from '../../../../core/identity/session.ts';
import type { AuthorizerEvent } from '../../../../lambdas/authorizer/authorizer-event.ts';
import { CROSS_ORIGIN, identify } from '../../../../lambdas/authorizer/identify.ts';
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

const TOKENS = new Map<string, Verified>([
  [
    'good',
    {
      outcome: 'valid',
      credential: { kind: 'token', id: 'carol', role: 'worker', issuedAt: NOW, authenticatedAt: NOW },
    },
  ],
  ['expired', { outcome: 'bad', why: TOKEN_EXPIRED }],
  ['unverifiable', { outcome: 'unavailable' }],
]);

/** Identifies a request by its headers, and tells which ids were looked up. */
async function shownBy(
  headers: Readonly<Record<string, string>>,
  {
    door = 'origin',
    redis = 'up',
    now = NOW,
  }: { door?: GatewayRequest['door']; redis?: 'up' | 'down' | 'none'; now?: number } = {},
): Promise<{ shown: Shown; lookedUp: string[] }> {
  const lookedUp: string[] = [];
  const find = async (id: string) => {
    lookedUp.push(id);
    if (redis === 'down') throw new SessionStoreUnavailableError('down');
    return SESSIONS.get(id) ?? null;
  };
  const sources = {
    verify: async (token: string) => TOKENS.get(token) ?? ({ outcome: 'bad', why: 'malformed' } as const),
    allowedOrigins: ['*'],
    sessions: redis === 'none' ? undefined : { cookie: 'session_id', store: { find } },
  };
  return { shown: await identify(requestWith(headers), door, sources, now), lookedUp };
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const cookie = (id: string) => ({ Cookie: `lang=en; session_id=${id}` });
const FOREIGN = { Host: 'app.test', Origin: 'https://evil.test' };

const named = (shown: Shown): string =>
  shown.outcome === 'valid'
    ? `${shown.credential.kind} of ${shown.credential.id}, ${shown.credential.role}`
    : shown.outcome === 'bad'
      ? shown.why
      : shown.outcome;

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
    const { shown, lookedUp } = await shownBy(headers);
    expect([named(shown), lookedUp]).toEqual([expected, ids]);
  });

  test('a session that began in the future has begun nobody knows when', async () => {
    const { shown } = await shownBy(cookie('of-alice'), { now: NOW - 3_600_000 });
    expect(shown).toMatchObject({ credential: { issuedAt: null, authenticatedAt: null } });
  });

  test.each<[string, Record<string, string>, string]>([
    ['a session', cookie('of-alice'), 'unavailable'],
    ['a bad token and a session', { ...bearer('expired'), ...cookie('of-alice') }, TOKEN_EXPIRED],
    ['a good token and a session', { ...bearer('good'), ...cookie('of-alice') }, 'token of carol, worker'],
    ['a good token', bearer('good'), 'token of carol, worker'],
    ['nothing', {}, 'none'],
  ])('without Redis, with %s', async (_, headers, expected) => {
    expect(named((await shownBy(headers, { redis: 'down' })).shown)).toBe(expected);
  });

  test('a deployment without Redis knows no cookies', async () => {
    expect(named((await shownBy(cookie('of-alice'), { redis: 'none' })).shown)).toBe('none');
  });

  test('an error of ours is none of Redis', async () => {
    const broken = identify(
      requestWith(cookie('x')),
      'origin',
      {
        verify: async () => ({ outcome: 'unavailable' }),
        allowedOrigins: [],
        sessions: { cookie: 'session_id', store: { find: () => Promise.reject(new TypeError('oops')) } },
      },
      NOW,
    );
    await expect(broken).rejects.toThrow(TypeError);
  });
});

describe('a page of somebody else’s', () => {
  test('cannot use the cookies of an admin on a control route', async () => {
    const { shown, lookedUp } = await shownBy({ ...FOREIGN, ...cookie('of-alice') }, { door: 'control' });
    expect([named(shown), lookedUp]).toEqual([CROSS_ORIGIN, []]);
  });

  test('shows a token by itself, and that counts', async () => {
    const headers = { ...FOREIGN, ...bearer('good'), ...cookie('of-alice') };
    expect(named((await shownBy(headers, { door: 'control' })).shown)).toBe('token of carol, worker');
  });

  test('is told what is wrong with its token, not with cookies that it did not send', async () => {
    const headers = { ...FOREIGN, ...bearer('expired'), ...cookie('of-alice') };
    expect(named((await shownBy(headers, { door: 'control' })).shown)).toBe(TOKEN_EXPIRED);
  });

  test.each(['origin', 'canary'] as const)('is the %s’s own matter elsewhere', async (door) => {
    expect(named((await shownBy({ ...FOREIGN, ...cookie('of-alice') }, { door })).shown)).toBe(
      'session of alice, admin',
    );
  });
});

function requestWith(headers: Readonly<Record<string, string>>): AuthorizerEvent {
  return {
    resource: '/{proxy+}',
    path: '/profile',
    httpMethod: 'POST',
    headers,
    requestContext: { requestId: 'r', identity: { sourceIp: '203.0.113.9' } },
  };
}
