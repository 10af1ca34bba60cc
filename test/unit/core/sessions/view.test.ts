import { describe, expect, test } from '@jest/globals';
import type { SessionFacts } from '../../../../core/identity/session.ts';
import { sessionItem, sessionView, shortId } from '../../../../core/sessions/view.ts';
import type { State } from '../../../../core/state/state.ts';
import { NOW, stateWith } from '../../../support/examples.ts';
import { factsWith } from '../../../support/sessions.ts';

describe('of an id', () => {
  test.each([
    ['3OnnDJNyLks1SrX3I8UOfTRhmeYGpwxG', '3OnnDJNy'],
    ['short', 'short'],
    ['1234567\u{1f600}x', '1234567'],
    ['', ''],
  ])('%j, %j is shown', (id, short) => {
    expect(shortId(id)).toBe(short);
  });
});

describe('a session in a list', () => {
  test.each<[string, Partial<SessionFacts>, number | null, object]>([
    [
      'an hour old, with an hour left',
      { createdAt: NOW - 3_600_999 },
      3_599_001,
      { created_at: '2026-01-15T08:59:59.001Z', age_seconds: 3600, expires_in_seconds: 3600 },
    ],
    ['that never expires', {}, null, { created_at: null, age_seconds: null, expires_in_seconds: null }],
    ['from a clock that is ahead', { createdAt: NOW + 5000 }, 0, { age_seconds: 0, expires_in_seconds: 0 }],
    ['from after the last year', { createdAt: 8e15 }, 1, { created_at: null, age_seconds: null }],
    ['from before the first second', { createdAt: -1 }, 1, { created_at: null, age_seconds: null }],
  ])('%s', (_, changes, expiresIn, expected) => {
    expect(sessionItem('s-1', factsWith(changes), expiresIn, NOW)).toMatchObject(expected);
  });

  test('holds nothing but what is described', () => {
    const item = sessionItem('3OnnDJNyLks1SrX3', factsWith({ createdAt: NOW }), 1000, NOW);
    expect(item).toEqual({
      id: '3OnnDJNy',
      role: 'member',
      user: 'mia',
      created_at: '2026-01-15T10:00:00Z',
      age_seconds: 0,
      expires_in_seconds: 1,
      readable: true,
    });
  });
});

describe('a session is ended', () => {
  const stateAfter = (changes: Partial<State>): State => ({ ...stateWith(null), ...changes });
  const maintained = stateAfter({ sessionsInvalidBefore: NOW });
  const revoked = stateAfter({ revoked: [{ id: 'mia', before: NOW }] });

  test.each<[boolean, string, Partial<SessionFacts>, State]>([
    [false, 'never, without a maintenance', { createdAt: 0 }, stateAfter({})],
    [false, 'never, without a maintenance, however old', { createdAt: null }, stateAfter({})],
    [true, "for a member's that began before", { createdAt: NOW - 1 }, maintained],
    [false, "for a member's that began at that instant", { createdAt: NOW }, maintained],
    [false, "for a member's that began later", { createdAt: NOW + 1 }, maintained],
    [true, "for a member's that claims to begin in an hour", { createdAt: NOW + 3_600_000 }, maintained],
    [true, "for a member's of unknown age", { createdAt: null }, maintained],
    [true, "for a worker's that began before", { role: 'worker', createdAt: NOW - 1 }, maintained],
    [true, "for a worker's of unknown age", { role: 'worker', createdAt: null }, maintained],
    [false, "for an admin's", { role: 'admin', createdAt: NOW - 1 }, maintained],
    [false, "for an admin's of unknown age", { role: 'admin', createdAt: null }, maintained],
    [true, 'for who was revoked', { createdAt: NOW - 1 }, revoked],
    [true, 'for an admin who was revoked', { role: 'admin', createdAt: NOW - 1 }, revoked],
    [true, 'for who was revoked, of unknown age', { createdAt: null }, revoked],
    [false, 'for who was revoked and has signed in again', { createdAt: NOW }, revoked],
    [false, 'for anybody else', { user: 'max', createdAt: NOW - 1 }, revoked],
    [false, 'for nobody', { user: null, createdAt: NOW - 1 }, revoked],
  ])('%j: %s', (ended, _, changes, state) => {
    expect(sessionView('s', factsWith(changes), null, { state, now: NOW }).ended).toBe(ended);
  });
});
