import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { refuseRefresh, refuseSignIn } from '../../../../core/identity/sign-in.ts';
import { REVOCATION_KEPT } from '../../../../core/state/revocations.ts';
import { INITIAL_STATE, type Maintenance } from '../../../../core/state/state.ts';
import { reason, state } from '../../../support/arbitraries.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';

const HALF_AN_HOUR = 30 * 60_000;
const LAST = 'Members cannot sign in until it is over';

const messageDuring = (maintenance: Maintenance | null) =>
  refuseSignIn(stateWith(maintenance), 'open', NOW)?.message ?? null;

describe('a member', () => {
  test.each<[string, Maintenance | null, string | null]>([
    ['no maintenance', null, null],
    ['a rehearsal', testRun(), null],
    ['a maintenance that the clock has ended', normalMaintenance({ endsAt: NOW, autoEnd: true }), null],
    ['normal maintenance', normalMaintenance(), `Maintenance is in progress: Database upgrade. ${LAST}`],
    [
      'one with an end',
      normalMaintenance({ endsAt: NOW + HALF_AN_HOUR }),
      `Maintenance is in progress: Database upgrade. Expected end: 2026-01-15 10:30 UTC. ${LAST}`,
    ],
    [
      'one that takes longer',
      normalMaintenance({ endsAt: NOW - 1 }),
      `Maintenance is in progress: Database upgrade. It is taking longer than planned. ${LAST}`,
    ],
    ['an emergency', emergency(), `Emergency maintenance is in progress: Data at risk. ${LAST}`],
    [
      'one that names few operations',
      normalMaintenance({ blockedOperations: ['image_processing'] }),
      `Maintenance is in progress: Database upgrade. ${LAST}`,
    ],
  ])('during %s', (_, maintenance, message) => {
    expect(messageDuring(maintenance)).toBe(message);
  });

  test.each([
    ['open', null],
    [
      'closed',
      {
        reason: 'state_unknown',
        maintenance: null,
        version: 0,
        message: expect.stringContaining('not known'),
      },
    ],
  ] as const)('with no state known, and the default %s', (stateUnknown, refusal) => {
    expect(refuseSignIn(null, stateUnknown, NOW)).toEqual(refusal);
  });

  test('may sign in before the first maintenance', () => {
    expect(refuseSignIn(INITIAL_STATE, 'closed', NOW)).toBeNull();
  });
});

describe('the reason', () => {
  test.each([
    ['Umzug der Käfer-Datenbank', 'Umzug der Kafer-Datenbank'],
    ['Upgrade.', 'Upgrade'],
    ['Hold on...', 'Hold on...'],
    ['Two\nlines\tand a tab', 'Two lines and a tab'],
    ['Disk 🔥 in rack 4', 'Disk ? in rack 4'],
    ['ｆｕｌｌ width', 'full width'],
    ['x'.repeat(500), `${'x'.repeat(157)}...`],
  ])('%j is shown as %j', (given, shown) => {
    expect(messageDuring(normalMaintenance({ reason: given }))).toBe(
      `Maintenance is in progress: ${shown}. ${LAST}`,
    );
  });

  test.each(['保守', '🔥', '...', '\u202e'])('%j is not shown', (given) => {
    expect(messageDuring(normalMaintenance({ reason: given }))).toBe(`Maintenance is in progress. ${LAST}`);
  });
});

test('a message is one short line of ASCII, whatever the state', () => {
  fc.assert(
    fc.property(state, reason, (any, text) => {
      const maintenance = any.maintenance === null ? null : { ...any.maintenance, reason: text };
      const refusal = refuseSignIn({ ...any, maintenance }, 'open', NOW);
      if (refusal === null) return;
      expect(refusal.message).toMatch(/^[ -~]{1,320}$/);
      expect(refusal.version).toBe(any.version);
    }),
  );
});

describe('a refresh', () => {
  const revoked = (before: number, more = {}) => ({
    ...stateWith(null),
    revoked: [{ id: 'mia', before }],
    ...more,
  });
  const order = {
    id: 'purge-7',
    at: NOW,
    maintenanceId: null,
    scope: 'named',
    users: ['mia'],
    spared: null,
  } as const;

  test.each([
    ['of who was revoked a moment ago', revoked(NOW), 'mia', true],
    ['until no older token can be good any more', revoked(NOW - REVOCATION_KEPT + 1), 'mia', true],
    ['after that', revoked(NOW - REVOCATION_KEPT), 'mia', false],
    ['while sessions wait to be deleted', revoked(NOW - REVOCATION_KEPT, { purge: order }), 'mia', true],
    ['of another', revoked(NOW), 'bob', false],
    ['of a name in another case', revoked(NOW), 'Mia', false],
    ['with no state known', null, 'mia', false],
  ])('%s', (_what, of, user, isRefused) => {
    const refusal = refuseRefresh(of, user, NOW);
    expect(refusal?.reason ?? null).toBe(isRefused ? 'revoked' : null);
    if (isRefused) expect(refusal).toMatchObject({ version: 7, maintenance: null });
  });
});
