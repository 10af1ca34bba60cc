import { beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { NOW, stateWith } from '../../../support/examples.ts';
import type { Answer } from '../../../support/proxy-event.ts';
import { sessionOf } from '../../../support/sessions.ts';
import { SessionsBench } from '../../../support/sessions-bench.ts';

const ID = '3OnnDJNyLks1SrX3I8UOfTRhmeYGpwxG';

let bench: SessionsBench;
beforeEach(() => {
  bench = new SessionsBench();
  bench.store.put(ID, sessionOf('member', { user: 'mia', created_at: NOW - 60_000 }), 3_600_000);
});

function expectToFit(action: 'sessions' | 'sessionStatistics' | 'session', { status, json }: Answer): void {
  const problems = API[action].answer.safeParse(json).error?.issues;
  expect({ status, problems }).toEqual({ status: 200, problems: undefined });
}

describe('the list', () => {
  test('shows whose sessions there are, with short ids', async () => {
    const answer = await bench.call('GET', '/sessions');
    expectToFit('sessions', answer);
    expect(answer.json).toEqual({
      items: [
        {
          id: '3OnnDJNy',
          role: 'member',
          user: 'mia',
          created_at: '2026-01-15T09:59:00Z',
          age_seconds: 60,
          expires_in_seconds: 3600,
          readable: true,
        },
      ],
      next_cursor: null,
    });
    expect(answer.headers).toMatchObject({ 'Cache-Control': 'private, no-store' });
  });

  test('goes on by its cursor', async () => {
    for (let n = 0; n < 9; n += 1) bench.store.put(`more-${n}`, sessionOf('member'));
    const ids: string[] = [];
    let query: Record<string, string> = { limit: '4' };
    for (let page = 0; page < 3; page += 1) {
      const answer = await bench.call('GET', '/sessions', { query });
      expectToFit('sessions', answer);
      ids.push(...answer.json.items.map(({ id }: { id: string }) => id));
      query = { limit: '4', cursor: answer.json.next_cursor };
    }
    expect(new Set(ids).size).toBe(10);
    expect(query.cursor).toBeNull();
  });

  test('is refused for a limit that is none', async () => {
    const { status, json } = await bench.call('GET', '/sessions', { query: { limit: '1000' } });
    expect([status, json.details]).toEqual([400, [expect.objectContaining({ field: 'limit' })]]);
  });
});

test('statistics count by role and age', async () => {
  bench.store.put('root', sessionOf('admin', { created_at: NOW - 86_400_000 }));
  bench.store.put('junk', '{');
  const answer = await bench.call('GET', '/sessions/statistics');
  expectToFit('sessionStatistics', answer);
  expect(answer.json).toMatchObject({
    total: 3,
    by_role: { admin: 1, worker: 0, member: 2 },
    by_age: { under_1h: 1, under_7d: 1, unknown: 1 },
    unreadable: 1,
    exact: true,
  });
});

describe('one session', () => {
  test('is shown by its whole id, with where its role stands and whether it is ended', async () => {
    const answer = await bench.call('GET', `/sessions/${ID}`);
    expectToFit('session', answer);
    expect(answer.json).toMatchObject({
      id: '3OnnDJNy',
      role: 'member',
      role_name: 'member',
      role_pointer: '/role',
      ended: false,
    });
    bench.state = { ...stateWith(null), sessionsInvalidBefore: NOW };
    expect((await bench.call('GET', `/sessions/${ID}`)).json.ended).toBe(true);
  });

  test('is not found by the short one', async () => {
    const { status, json } = await bench.call('GET', '/sessions/3OnnDJNy');
    expect([status, json.error]).toEqual([404, 'session_not_found']);
  });

  test.each([
    'a*',
    '*',
    '[a-z]',
    'a?c',
    'a\\*',
    '../../etc/passwd',
    '..',
    'a/b',
    'a b',
    'a\nb',
    '\u0000',
    'a%2Fb',
    '%',
    '"; return redis.call("FLUSHALL") --',
    '#{jndi:ldap://x}',
    '<script>alert(1)</script>',
    '{tag}',
    '\u2603',
    '\u{1f600}',
    '__proto__',
    'constructor',
    'vedfolnir:session:x',
    'x'.repeat(8000),
  ])('of the id %j is found by exactly that id, and no other session is', async (id) => {
    const path = `/sessions/${encodeURIComponent(id)}`;
    expect(await bench.call('GET', path)).toMatchObject({
      status: 404,
      json: { error: 'session_not_found' },
    });
    bench.store.put(id, sessionOf('member', { user: 'hostile' }));
    const answer = await bench.call('GET', path);
    expectToFit('session', answer);
    expect(answer.json.user).toBe('hostile');
  });

  test.each(['%', '%zz', '%ff', 'a%2'])(
    'is a 400 for %s, which is no encoding of a text',
    async (segment) => {
      const { status, json } = await bench.call('GET', `/sessions/${segment}`);
      expect([status, json.details]).toEqual([400, [expect.objectContaining({ field: 'id' })]]);
    },
  );
});

describe('only admins pass', () => {
  const PATHS = ['/sessions', '/sessions/statistics', `/sessions/${ID}`];
  const STRANGERS = [
    ['nobody', 401, 'unauthenticated'],
    ['impostor', 401, 'unauthenticated'],
    ['late', 401, 'unauthenticated'],
    ['member', 403, 'insufficient_privileges'],
    ['worker', 403, 'insufficient_privileges'],
    ['unchecked', 503, 'state_store_unavailable'],
  ] as const;
  const cases = STRANGERS.flatMap((stranger) => PATHS.map((path) => [...stranger, path] as const));

  test.each(cases)('%s gets %i %s: %s', async (as, status, code, path) => {
    bench.store.before = () => {
      throw new Error('Nothing may be asked of the store.');
    };
    const answer = await bench.call('GET', path, { as });
    expect(answer).toMatchObject({ status, json: { error: code } });
  });

  test('the line that tells of a refusal holds no id', async () => {
    await bench.call('GET', `/sessions/${ID}`, { as: 'member' });
    expect(bench.log.messages()).toEqual([
      '[MAINTENANCE] Access refused: endpoint="/api/maintenance/sessions/{id}" user="mia" reason="insufficient_privileges"',
    ]);
    expect(JSON.stringify(bench.log.lines)).not.toContain(ID);
  });
});

describe('where a store is down', () => {
  test.each(['/sessions', '/sessions/statistics', `/sessions/${ID}`])(
    'Redis: %s is a 503 of its own that shows nothing of it',
    async (path) => {
      bench.store.isDown = true;
      const answer = await bench.call('GET', path);
      expect(answer).toMatchObject({
        status: 503,
        headers: { 'Retry-After': '5' },
        json: { error: 'session_store_unavailable' },
      });
      expect(answer.text).not.toMatch(/redis|10\.0/i);
      expect(bench.log.lines).toMatchObject([
        { level: 'WARN', fields: { code: 'session_store_unavailable' } },
      ]);
    },
  );

  test('the state: only what depends on it is a 503', async () => {
    bench.state = null;
    expect((await bench.call('GET', '/sessions')).status).toBe(200);
    expect(await bench.call('GET', `/sessions/${ID}`)).toMatchObject({
      status: 503,
      json: { error: 'state_store_unavailable' },
    });
  });
});

describe('methods', () => {
  test.each(['/sessions', '/sessions/statistics', '/sessions/x'])('%s takes GET and HEAD', async (path) => {
    const options = await bench.call('OPTIONS', path, { as: 'nobody' });
    expect(options).toMatchObject({ status: 204, headers: { Allow: 'GET, HEAD, OPTIONS' } });
    expect((await bench.call('DELETE', path)).status).toBe(405);
  });

  test('HEAD has no body', async () => {
    expect(await bench.call('HEAD', '/sessions')).toMatchObject({ status: 200, text: '' });
  });
});
