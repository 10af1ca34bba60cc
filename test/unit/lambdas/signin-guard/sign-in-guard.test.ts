import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import type { Maintenance, State } from '../../../../core/state/state.ts';
import { createSignInGuard, type PreTokenEvent } from '../../../../lambdas/signin-guard/sign-in-guard.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';

function guardIn(state: State | Error, stateUnknown: 'open' | 'closed' = 'open') {
  const lines: Record<string, unknown>[] = [];
  let reads = 0;
  const guard = createSignInGuard({
    states: {
      get: async () => {
        reads += 1;
        if (state instanceof Error) throw state;
        return { state, source: 'event_log', readAt: NOW };
      },
    },
    adminGroups: ['admins', 'operators'],
    workerGroups: ['workers'],
    stateUnknown,
    log: (fields) => lines.push(fields),
    now: () => NOW,
  });
  const signIn = (
    groups: readonly string[] | null | undefined,
    triggerSource = 'TokenGeneration_Authentication',
  ) => guard(eventOf(groups, triggerSource), { awsRequestId: 'r-1' });
  return { signIn, lines, reads: () => reads };
}

const eventOf = (groups: readonly string[] | null | undefined, triggerSource: string): PreTokenEvent => ({
  triggerSource,
  userName: 'bob',
  request: groups === undefined ? {} : { groupConfiguration: groups && { groupsToOverride: groups } },
});

const down = new StoreUnavailableError('DynamoDB Query failed.', {
  cause: new Error('connect ECONNREFUSED'),
});

describe('while maintenance is active', () => {
  test.each<[string, Maintenance]>([
    ['normal', normalMaintenance()],
    ['emergency', emergency()],
  ])(
    '%s: members are refused with its message, by whatever way they come, and told once',
    async (mode, maintenance) => {
      for (const trigger of ['Authentication', 'RefreshTokens', 'HostedAuth', 'NewPasswordChallenge']) {
        const { signIn, lines } = guardIn(stateWith(maintenance));
        const triggerSource = `TokenGeneration_${trigger}`;
        await expect(signIn(['readers'], triggerSource)).rejects.toThrow(
          /is in progress: .*Members cannot sign in/,
        );
        expect(lines).toEqual([
          {
            level: 'INFO',
            message: '[MAINTENANCE] Sign-in refused: user="bob" reason="maintenance_active"',
            timestamp: '2026-01-15T10:00:00.000Z',
            request_id: 'r-1',
            event: 'sign_in_refused',
            version: 7,
            maintenance_id: 'm-1',
            mode,
            user: 'bob',
            trigger: triggerSource,
          },
        ]);
      }
    },
  );

  test.each([[[]], [null], [undefined], [['Admins']], [['admins2']], [['__proto__']]])(
    'whoever is in none of our groups is a member: %j',
    async (groups) => {
      const { signIn } = guardIn(stateWith(normalMaintenance()));
      await expect(signIn(groups)).rejects.toThrow(/Maintenance is in progress/);
    },
  );

  test.each([[['admins']], [['readers', 'operators']], [['workers']], [['admins', 'workers']]])(
    'whoever is in %j gets a token before anything is read',
    async (groups) => {
      const { signIn, lines, reads } = guardIn(down, 'closed');
      expect(await signIn(groups)).toEqual(eventOf(groups, 'TokenGeneration_Authentication'));
      expect([lines, reads()]).toEqual([[], 0]);
    },
  );
});

test.each<[string, Maintenance | null]>([
  ['nothing is active', null],
  ['a rehearsal is', testRun()],
  ['the clock has ended it', normalMaintenance({ endsAt: NOW - 1, autoEnd: true })],
])('members get their token as it came while %s', async (_, maintenance) => {
  const { signIn, lines } = guardIn(stateWith(maintenance));
  expect(await signIn([])).toEqual(eventOf([], 'TokenGeneration_Authentication'));
  expect(lines).toEqual([]);
});

describe('whoever was revoked', () => {
  const revoked = { ...stateWith(null), revoked: [{ id: 'bob', before: NOW - 60_000 }] };

  test.each([[['admins']], [['workers']], [[]]])('of %j gets no token for an older one', async (groups) => {
    const { signIn, lines } = guardIn(revoked);
    await expect(signIn(groups, 'TokenGeneration_RefreshTokens')).rejects.toThrow(/Sign in again$/);
    expect(lines).toMatchObject([
      {
        message: '[MAINTENANCE] Sign-in refused: user="bob" reason="revoked"',
        event: 'sign_in_refused',
        version: 7,
        trigger: 'TokenGeneration_RefreshTokens',
      },
    ]);
  });

  test.each([[['admins']], [[]]])('of %j may sign in anew', async (groups) => {
    const { signIn, lines } = guardIn(revoked);
    await signIn(groups);
    expect(lines).toEqual([]);
  });

  test('is let in as an admin while the state cannot be read', async () => {
    await guardIn(down, 'closed').signIn(['admins'], 'TokenGeneration_RefreshTokens');
  });
});

describe('with no state known', () => {
  test('members get a token where the default is open, and a person is called', async () => {
    const { signIn, lines } = guardIn(down);
    await signIn([]);
    expect(lines).toEqual([
      expect.objectContaining({ level: 'ERROR', event: 'state_unknown', cause: 'connect ECONNREFUSED' }),
    ]);
  });

  test('members get none where it is closed', async () => {
    const { signIn, lines } = guardIn(down, 'closed');
    await expect(signIn([])).rejects.toThrow(/not known/);
    expect(lines.at(-1)).toMatchObject({ event: 'sign_in_refused', version: 0 });
    expect(String(lines.at(-1)?.message)).toContain('reason="state_unknown"');
  });

  test('an error of ours is no default', async () => {
    await expect(guardIn(new TypeError('oops')).signIn([])).rejects.toThrow(TypeError);
  });
});
