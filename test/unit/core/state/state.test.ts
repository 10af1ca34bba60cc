import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { effective, isEndedByClock } from '../../../../core/state/clock.ts';
import { INITIAL_STATE, plannedEnd } from '../../../../core/state/state.ts';
import { instant, state } from '../../../support/arbitraries.ts';
import {
  deepFreeze,
  emergency,
  NOW,
  normalMaintenance,
  stateWith,
  testRun,
} from '../../../support/examples.ts';

const END = NOW + 3_600_000;
const ending = { endsAt: END, autoEnd: true };

describe('the clock ends a maintenance', () => {
  test.each([
    { what: 'normal with auto_end', maintenance: normalMaintenance(ending), ends: true },
    { what: 'test run with auto_end', maintenance: testRun(ending), ends: true },
    { what: 'normal without auto_end', maintenance: normalMaintenance({ endsAt: END }), ends: false },
    { what: 'normal without an end', maintenance: normalMaintenance(), ends: false },
    {
      what: 'emergency that suspended one',
      maintenance: emergency({ suspended: { reason: 'x', blockedOperations: null, ...ending } }),
      ends: false,
    },
  ])('$what: $ends', ({ maintenance, ends }) => {
    const given = deepFreeze(stateWith(maintenance));
    const instants = [END - 1, END, END + 1];
    const found = instants.map((now) => isEndedByClock(maintenance, now));
    expect(found).toEqual(ends ? [false, true, true] : [false, false, false]);
    expect(instants.map((now) => effective(given, now).maintenance === null)).toEqual(found);
  });

  test('and keeps the version and the end of the sessions', () => {
    const given = { ...stateWith(normalMaintenance(ending)), sessionsInvalidBefore: NOW };
    expect(effective(given, END)).toEqual({
      version: 7,
      maintenance: null,
      rules: null,
      sessionsInvalidBefore: NOW,
    });
  });
});

test('an emergency suspends the planned end', () => {
  const suspended = { reason: 'x', blockedOperations: null, ...ending };
  expect(plannedEnd(normalMaintenance(ending))).toBe(END);
  expect(plannedEnd(testRun(ending))).toBe(END);
  expect(plannedEnd(emergency({ suspended }))).toBeNull();
});

test('before the first event nothing is active', () => {
  expect(effective(INITIAL_STATE, NOW)).toBe(INITIAL_STATE);
  expect(INITIAL_STATE.maintenance).toBeNull();
});

test('looking at the state twice, or first at an earlier instant, changes nothing', () => {
  fc.assert(
    fc.property(state, instant, fc.nat(), (given, now, later) => {
      const seen = effective(given, now + later);
      expect(effective(seen, now + later)).toEqual(seen);
      expect(effective(effective(given, now), now + later)).toEqual(seen);
    }),
  );
});
