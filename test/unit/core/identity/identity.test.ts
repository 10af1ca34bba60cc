import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { accept, type Credential, credentialOfSession } from '../../../../core/identity/identity.ts';
import type { SessionFacts } from '../../../../core/identity/session.ts';
import type { Role } from '../../../../core/state/principal.ts';
import { INITIAL_STATE, type State } from '../../../../core/state/state.ts';
import { NOW } from '../../../support/examples.ts';

/** In the middle of a second: what was issued in the same second has a smaller number, or a greater one. */
const INSTANT = NOW + 500;

const facts = (own: Partial<SessionFacts> = {}): SessionFacts => ({
  readable: true,
  role: 'member',
  roleName: 'user',
  rolePointer: '/role',
  user: 'bob',
  createdAt: NOW,
  ...own,
});

const credential = (own: Partial<Credential> = {}): Credential => ({
  kind: 'token',
  id: 'bob',
  role: 'member',
  issuedAt: NOW,
  authenticatedAt: NOW,
  ...own,
});

const ended: State = { ...INITIAL_STATE, version: 3, sessionsInvalidBefore: INSTANT };
const revoked: State = { ...INITIAL_STATE, version: 3, revoked: [{ id: 'bob', before: INSTANT }] };

/** When a credential was issued, as seen from the instant; a token says whole seconds. */
const AGES = {
  'long before': INSTANT - 3_600_000,
  'in the same second': Math.floor(INSTANT / 1000) * 1000,
  'a millisecond before': INSTANT - 1,
  'at the instant': INSTANT,
  after: INSTANT + 1000,
  'nobody knows when': null,
} as const;
const OLDER = new Set<string>([
  'long before',
  'in the same second',
  'a millisecond before',
  'nobody knows when',
]);

const cases = (['token', 'session'] as const).flatMap((kind) =>
  (['admin', 'worker', 'member'] as const).flatMap((role) =>
    Object.entries(AGES).map(([age, issuedAt]) => ({ kind, role, age, issuedAt })),
  ),
);

describe('whoever enters a maintenance that ends sessions', () => {
  const kept = new Set(['token admin', 'token worker', 'session admin']);

  test.each(cases)('with a $kind of role $role issued $age', ({ kind, role, age, issuedAt }) => {
    const accepted = kept.has(`${kind} ${role}`) || !OLDER.has(age);
    const identity = accept(credential({ kind, role, issuedAt }), ended);
    expect(identity).toEqual(
      accepted
        ? { principal: { id: 'bob', role }, credential: 'valid', reason: null, authenticatedAt: NOW }
        : {
            principal: { id: '-', role: 'anonymous' },
            credential: 'rejected',
            reason: 'the session was ended by maintenance; sign in again',
            authenticatedAt: null,
          },
    );
  });
});

describe('whoever was revoked', () => {
  test.each(cases)(
    'with a $kind of role $role issued $age, and nobody else',
    ({ kind, role, age, issuedAt }) => {
      const own = credential({ kind, role, issuedAt });
      expect(accept(own, revoked)).toMatchObject(
        OLDER.has(age)
          ? { credential: 'rejected', reason: 'it was revoked; sign in again' }
          : { credential: 'valid', reason: null },
      );
      expect(accept({ ...own, id: 'Bob' }, revoked).credential).toBe('valid');
      expect(accept({ ...own, id: '__proto__' }, revoked).credential).toBe('valid');
    },
  );

  test('is told so, whatever else ended the credential', () => {
    const both = { ...ended, revoked: [{ id: 'bob', before: INSTANT }] };
    expect(accept(credential(), both).reason).toMatch(/revoked/);
  });

  test('more than once counts by the latest', () => {
    const twice = {
      ...INITIAL_STATE,
      revoked: [
        { id: 'bob', before: NOW - 5000 },
        { id: 'bob', before: INSTANT },
      ],
    };
    expect(accept(credential({ role: 'admin' }), twice).reason).toMatch(/revoked/);
  });
});

test.each(cases)('a $kind of role $role issued $age is accepted while nothing was ended', (own) => {
  expect(accept(credential(own), INITIAL_STATE).principal).toEqual({ id: 'bob', role: own.role });
});

describe('a session as a credential', () => {
  test.each([
    ['a user', facts({ role: 'admin', user: 'alice' }), { id: 'alice', role: 'admin', issuedAt: NOW }],
    ['nobody', facts({ user: null }), { id: 'session qz3_HQt5', role: 'member' }],
    ['an empty name', facts({ user: '' }), { id: 'session qz3_HQt5' }],
    ["nobody's name", facts({ user: '-' }), { id: 'session qz3_HQt5' }],
    ['a name that objects have', facts({ user: '__proto__' }), { id: '__proto__' }],
    ['no begin', facts({ createdAt: null }), { issuedAt: null, authenticatedAt: null }],
    ['a begin a minute ahead', facts({ createdAt: NOW + 60_000 }), { issuedAt: NOW + 60_000 }],
    ['a begin further ahead', facts({ createdAt: NOW + 60_001 }), { issuedAt: null, authenticatedAt: null }],
    ['a begin in microseconds', facts({ createdAt: NOW * 1000 }), { issuedAt: null, authenticatedAt: null }],
  ])('names %s', (_, session, expected) => {
    const shown = credentialOfSession('qz3_HQt5VIHVSVYtLG3YT-mYXxQNUyUs', session, NOW);
    expect(shown).toMatchObject({ kind: 'session', ...expected });
  });

  test('never shows more than eight characters of its id', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 9, maxLength: 512 }), (id) => {
        expect(credentialOfSession(id, facts({ user: null }), NOW).id).toBe(`session ${id.slice(0, 8)}`);
      }),
    );
  });
});

test('no credential gains by being accepted: the role is what it was, or none', () => {
  const role = fc.constantFrom<Role>('admin', 'worker', 'member');
  const instant = fc.option(fc.integer({ min: NOW - 10_000, max: NOW + 10_000 }));
  fc.assert(
    fc.property(
      fc.record({
        kind: fc.constantFrom('token' as const, 'session' as const),
        id: fc.constantFrom('a', 'b'),
        role,
        issuedAt: instant,
        authenticatedAt: instant,
      }),
      instant,
      fc.array(fc.record({ id: fc.constantFrom('a', 'b'), before: fc.constant(NOW) }), { maxLength: 2 }),
      (shown, sessionsInvalidBefore, revocations) => {
        const state = { ...INITIAL_STATE, sessionsInvalidBefore, revoked: revocations };
        const { principal, credential: worth } = accept(shown, state);
        expect(principal).toEqual(
          worth === 'valid' ? { id: shown.id, role: shown.role } : { id: '-', role: 'anonymous' },
        );
        const isRevoked = revocations.some(({ id }) => id === shown.id);
        if (shown.role === 'admin' && !isRevoked) expect(worth).toBe('valid');
      },
    ),
  );
});
