import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_NAME_LENGTH, readSession } from '../../../../core/identity/session.ts';
import { NOW } from '../../../support/examples.ts';
import { POLICY } from '../../../support/sessions.ts';

const read = (session: unknown) => readSession(JSON.stringify(session), POLICY);

const UNREADABLE = {
  readable: false,
  role: 'member',
  roleName: null,
  rolePointer: null,
  user: null,
  createdAt: null,
};

describe('A session', () => {
  test.each([
    null,
    '',
    ' ',
    '{',
    '{"role": "admin"',
    '{"role": admin}',
    "{'role': 'admin'}",
    'admin',
    '"admin"',
    '["admin"]',
    'null',
    '7',
    '{"role":"admin"}{"role":"admin"}',
    '\0{"role":"admin"}',
    '[{"role":"admin"}]',
    '['.repeat(1_000_000),
    `${'{"a":'.repeat(100_000)}1`,
  ])('that is no JSON object is a member’s (%#)', (text) => {
    expect(readSession(text, POLICY)).toEqual(UNREADABLE);
  });

  test.each([
    [{ role: 'admin' }, 'admin', '/role'],
    [{ role: 'ADMIN' }, 'admin', '/role'],
    [{ role: 'Worker' }, 'worker', '/role'],
    [{ role: 'member' }, 'member', '/role'],
    [{ role: '' }, 'member', '/role'],
    [{ role: ' admin' }, 'member', '/role'],
    [{ role: 'administrator' }, 'member', '/role'],
    [{ user: { role: 'admin' } }, 'admin', '/user/role'],
    [{ role: null, user: { role: 'admin' } }, 'admin', '/user/role'],
    [{ role: ['member'], user: { role: 'admin' } }, 'admin', '/user/role'],
    [{ role: 'member', user: { role: 'admin' } }, 'member', '/role'],
    [{ role: 'admin', user: { role: 'member' } }, 'admin', '/role'],
    [{}, 'member', null],
    [{ role: true }, 'member', null],
    [{ role: { name: 'admin' } }, 'member', null],
    [{ role: 'a'.repeat(MAX_NAME_LENGTH + 1) }, 'member', null],
    [{ Role: 'admin' }, 'member', null],
    [{ data: { role: 'admin' } }, 'member', null],
  ])('%j is of a holder of role %s, by %s', (session, role, rolePointer) => {
    expect(read(session)).toMatchObject({ readable: true, role, rolePointer });
  });

  test('has no role by what every object has', () => {
    const policy = {
      ...POLICY,
      rolePointers: ['/constructor/name', '/__proto__/role'],
      adminRoles: ['Object'],
    };
    expect(readSession('{}', policy)).toMatchObject({ role: 'member', roleName: null });
    expect(readSession('{"__proto__": {"role": "object"}}', policy)).toMatchObject({ role: 'admin' });
  });

  test.each([
    [{ user: 'alice' }, 'alice'],
    [{ username: 'alice' }, 'alice'],
    [{ user: { username: 'alice', id: 7 } }, 'alice'],
    [{ user_id: 42 }, '42'],
    [{ user: '', username: 'alice' }, 'alice'],
    [{ user: 'a'.repeat(MAX_NAME_LENGTH + 1) }, null],
    [{ user_id: 4.2 }, null],
    [{}, null],
  ])('%j is of user %s', (session, user) => {
    expect(read(session).user).toBe(user);
  });

  test.each([
    ['2026-01-15T10:00:00Z', NOW],
    ['2026-01-15t10:00:00z', NOW],
    ['2026-01-15 10:00:00Z', NOW],
    ['2026-01-15T10:00:00.000000+00:00', NOW],
    ['2026-01-15T12:30:00+02:30', NOW],
    ['2026-01-15T10:00:00.123456789-00:00', NOW + 123],
    [NOW, NOW],
    [NOW / 1000, NOW],
    [NOW / 1000 + 0.25, NOW + 250],
    [99_999_999_999, 99_999_999_999_000],
    [100_000_000_000, 100_000_000_000],
    [0, 0],
    [-1, -1000],
  ])('that was created at %j began at %d', (created_at, createdAt) => {
    expect(read({ created_at }).createdAt).toBe(createdAt);
  });

  test.each([
    '2026-01-15T10:00:00',
    '2026-01-15',
    '2026-02-30T10:00:00Z',
    '2026-13-01T10:00:00Z',
    '2026-01-15T25:00:00Z',
    '2026-01-15T10:00:00+25:00',
    '2026-01-15T10:00:00Z ',
    'Thu, 15 Jan 2026 10:00:00 GMT',
    '1768471200',
    '',
    null,
    true,
    [NOW],
    { $date: NOW },
    1e300,
    -1e300,
  ])('that was created at %j began nobody knows when', (created_at) => {
    expect(read({ created_at }).createdAt).toBeNull();
  });

  test('began at the first instant that can be read', () => {
    expect(read({ created_at: 'yesterday', createdAt: NOW }).createdAt).toBe(NOW);
  });

  test('of any text whatever can be read or not, without harm', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => `{"role": ${json}, "user": ${json}, "created_at": ${json}}`),
      fc.json().map((json) => json.slice(1)),
    );
    fc.assert(
      fc.property(text, (value) => {
        const facts = readSession(value, POLICY);
        expect(['admin', 'worker', 'member']).toContain(facts.role);
        if (facts.role !== 'member') expect(facts.roleName?.toLowerCase()).toBe(facts.role);
        expect((facts.roleName === null) === (facts.rolePointer === null)).toBe(true);
        expect(facts.createdAt === null || Number.isSafeInteger(facts.createdAt)).toBe(true);
        if (!facts.readable) expect(facts).toEqual(UNREADABLE);
      }),
      { numRuns: 1000 },
    );
  });

  test('is an admin’s exactly if its role is one of the admins’', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ maxLength: 3 })), (role, adminRoles) => {
        const facts = readSession(JSON.stringify({ role }), { ...POLICY, adminRoles, workerRoles: [] });
        const among = adminRoles.some((name) => name.toLowerCase() === role.toLowerCase());
        expect(facts.role).toBe(among ? 'admin' : 'member');
      }),
    );
  });
});
