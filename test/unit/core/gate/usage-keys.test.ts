import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import type { StateSource } from '../../../../core/gate/state-source.ts';
import { parseUsageKeys, UsageKeyChooser, usageKey } from '../../../../core/gate/usage-keys.ts';
import type { PresentedCredential } from '../../../../core/identity/identity.ts';
import type { Role } from '../../../../core/state/principal.ts';
import { INITIAL_STATE, type Maintenance, type State } from '../../../../core/state/state.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');

const KEYS = {
  anonymous: { usual: 'anonymous', lowered: 'anonymous, lowered' },
  member: { usual: 'member', lowered: 'member, lowered' },
  worker: { usual: 'worker' },
  admin: { usual: 'admin' },
};

const begun = { id: 'm-1', startedAt: NOW - 1000, startedBy: 'alice', notifyUsers: true };
const plan = { reason: 'Database migration', endsAt: null, autoEnd: false, blockedOperations: null };
const MAINTENANCE: Record<string, Maintenance | null> = {
  none: null,
  normal: { ...begun, ...plan, mode: 'normal' },
  'normal, ended by the clock': { ...begun, ...plan, mode: 'normal', endsAt: NOW, autoEnd: true },
  test: { ...begun, ...plan, mode: 'test' },
  emergency: {
    ...begun,
    mode: 'emergency',
    reason: 'Breach',
    declaredAt: NOW,
    declaredBy: 'alice',
    terminateJobs: true,
    gracePeriod: 30,
    suspended: null,
  },
};

const during = (name: string, own: Partial<State> = {}): State => ({
  ...INITIAL_STATE,
  version: 7,
  maintenance: MAINTENANCE[name] ?? null,
  ...own,
});

function presentedBy(role: Role, apiKey?: string): PresentedCredential {
  if (role === 'anonymous') return { outcome: 'none' };
  const credential = { kind: 'token' as const, id: `a-${role}`, role, issuedAt: NOW, authenticatedAt: NOW };
  return { outcome: 'valid', credential: apiKey === undefined ? credential : { ...credential, apiKey } };
}

describe('the key that meters a request', () => {
  test.each<[maintenance: string, role: Role, key: string]>([
    ['none', 'anonymous', 'anonymous'],
    ['none', 'member', 'member'],
    ['none', 'worker', 'worker'],
    ['none', 'admin', 'admin'],
    ['normal', 'anonymous', 'anonymous, lowered'],
    ['normal', 'member', 'member, lowered'],
    ['normal', 'worker', 'worker'],
    ['normal', 'admin', 'admin'],
    ['emergency', 'anonymous', 'anonymous, lowered'],
    ['emergency', 'member', 'member, lowered'],
    ['emergency', 'admin', 'admin'],
    ['test', 'anonymous', 'anonymous'],
    ['test', 'member', 'member'],
    ['normal, ended by the clock', 'anonymous', 'anonymous'],
  ])('maintenance %s, %s: %s', (maintenance, role, key) => {
    expect(usageKey(KEYS, presentedBy(role), during(maintenance), NOW)).toBe(key);
  });

  test.each<[what: string, presented: PresentedCredential]>([
    ['an expired credential', { outcome: 'expired', reason: 'the token has expired' }],
    ['a bad credential', { outcome: 'rejected', reason: 'the token is too long' }],
    ['a credential that could not be checked', { outcome: 'unavailable' }],
  ])('%s is metered as anonymous', (_what, presented) => {
    expect(usageKey(KEYS, presented, during('none'), NOW)).toBe('anonymous');
  });

  test('a member whose session maintenance has ended is metered as anonymous, own key or not', () => {
    const state = during('normal', { sessionsInvalidBefore: NOW + 1 });
    expect(usageKey(KEYS, presentedBy('member'), state, NOW)).toBe('anonymous, lowered');
    expect(usageKey(KEYS, presentedBy('member', 'their own'), state, NOW)).toBe('anonymous, lowered');
  });

  test.each<[role: Role, key: string]>([
    ['member', 'their own'],
    ['worker', 'their own'],
    ['admin', 'admin'],
  ])('a key by claim meters a %s by %s, in maintenance too', (role, key) => {
    for (const maintenance of ['none', 'normal']) {
      expect(usageKey(KEYS, presentedBy(role, 'their own'), during(maintenance), NOW)).toBe(key);
    }
  });

  test('without any state the usual limits hold', () => {
    expect(usageKey(KEYS, presentedBy('member'), null, NOW)).toBe('member');
  });
});

describe('choosing', () => {
  const request = { identify: async () => presentedBy('member') };
  const chooserWith = (states: StateSource) => new UsageKeyChooser({ keys: KEYS, states, now: () => NOW });
  const reading = { state: during('normal'), readAt: NOW };
  const never = async (): Promise<never> => {
    throw new Error('The store was asked although the state is known.');
  };

  test('takes the state that is in memory', async () => {
    expect(await chooserWith({ peek: () => reading, get: never }).choose(request)).toBe('member, lowered');
  });

  test('reads it where there is none', async () => {
    const states = { peek: () => null, get: async () => reading };
    expect(await chooserWith(states).choose(request)).toBe('member, lowered');
  });

  test('does without it where the store is away, and hides no other error', async () => {
    const failing = (error: Error): StateSource => ({
      peek: () => null,
      get: () => Promise.reject(error),
    });
    expect(await chooserWith(failing(new StoreUnavailableError('down'))).choose(request)).toBe('member');
    await expect(chooserWith(failing(new TypeError('broken'))).choose(request)).rejects.toThrow('broken');
  });
});

describe('the keys of a deployment', () => {
  test('are read from JSON', () => {
    expect(parseUsageKeys(JSON.stringify(KEYS))).toEqual(KEYS);
  });

  test.each([
    ['without a class', { ...KEYS, worker: undefined }, /"worker"/],
    ['with an empty key', { ...KEYS, admin: { usual: '' } }, /"admin"/],
    ['with nothing for a class', { ...KEYS, member: null }, /"member"/],
  ])('%s are refused by name', (_what, keys, message) => {
    expect(() => parseUsageKeys(JSON.stringify(keys))).toThrow(message);
  });
});
