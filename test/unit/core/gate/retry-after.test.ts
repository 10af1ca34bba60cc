import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { baseWait, repeatedWait, retryAfter } from '../../../../core/gate/retry-after.ts';
import type { Maintenance } from '../../../../core/state/state.ts';
import { maintenance as anyMaintenance, instant } from '../../../support/arbitraries.ts';
import { emergency, NOW, normalMaintenance, testRun } from '../../../support/examples.ts';

const endingIn = (milliseconds: number): Maintenance => normalMaintenance({ endsAt: NOW + milliseconds });
const client = fc.oneof(fc.ipV4(), fc.ipV6(), fc.uuid(), fc.string());

describe('the base wait', () => {
  test.each([
    ['normal, no end known', normalMaintenance(), 300],
    ['test run, no end known', testRun(), 300],
    ['emergency', emergency(), 120],
    [
      'emergency, whatever it suspended',
      emergency({ suspended: { reason: 'x', endsAt: NOW + 1e7, autoEnd: true, blockedOperations: null } }),
      120,
    ],
    ['at the planned end', endingIn(0), 60],
    ['past the planned end', endingIn(-1), 60],
    ['long past the planned end', endingIn(-1e9), 60],
  ])('%s', (_when, maintenance, expected) => {
    fc.assert(fc.property(client, (who) => expect(baseWait(maintenance, who, NOW)).toBe(expected)));
  });

  test.each([
    ['30 minutes', 1_800_000, 1800],
    ['a part of a second counts as a whole one', 1_799_001, 1800],
    ['a minute', 60_000, 60],
    ['just over a minute', 60_001, 61],
    ['less than a minute', 59_999, 60],
    ['a millisecond', 1, 60],
    ['a week', 604_800_000, 604_800],
  ])('%s to the end, plus 0 to 30 s', (_what, left, seconds) => {
    fc.assert(
      fc.property(client, (who) => {
        const spread = baseWait(endingIn(left), who, NOW) - seconds;
        expect(Number.isInteger(spread) && spread >= 0 && spread <= 30).toBe(true);
      }),
    );
  });

  test('what is added is fixed per client, whenever it asks', () => {
    fc.assert(
      fc.property(client, fc.nat(), fc.nat(), (who, one, other) => {
        const added = (seconds: number) =>
          baseWait(endingIn((seconds + 60) * 1000), who, NOW) - (seconds + 60);
        expect(added(one)).toBe(added(other));
      }),
    );
  });

  test('neighbours are spread over the whole half minute', () => {
    const waits = Array.from({ length: 1000 }, (_, n) =>
      baseWait(endingIn(60_000), `10.0.${n >> 8}.${n & 255}`, NOW),
    );
    const perSecond = Map.groupBy(waits, (wait) => wait - 60);
    expect([...perSecond.keys()].sort((a, b) => a - b)).toEqual(Array.from({ length: 31 }, (_, n) => n));
    expect(Math.max(...[...perSecond.values()].map(({ length }) => length))).toBeLessThan(100);
  });

  test('is a whole number of seconds, a minute at least', () => {
    fc.assert(
      fc.property(anyMaintenance, client, instant, (maintenance, who, now) => {
        const wait = baseWait(maintenance, who, now);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(60);
      }),
    );
  });
});

describe('the wait of a repeat offender', () => {
  test.each([
    ['with a planned end ahead it is the base', endingIn(300_000), 'base'],
    ['past the planned end it grows', endingIn(-1), 960],
    ['with no end known it grows', normalMaintenance(), 960],
    ['in an emergency it grows', emergency(), 960],
  ])('%s', (_when, maintenance, expected) => {
    const base = baseWait(maintenance, 'mia', NOW);
    expect(retryAfter(maintenance, 'mia', 5, NOW)).toBe(expected === 'base' ? base : expected);
  });

  test.each([
    [0, 60],
    [1, 60],
    [2, 120],
    [3, 240],
    [4, 480],
    [5, 960],
    [6, 1920],
    [7, 3600],
    [8, 3600],
    [5000, 3600],
  ])('after %i minutes over the limit: %i s', (minutes, expected) => {
    expect(repeatedWait(60, minutes)).toBe(expected);
  });

  test.each([
    [300, 0],
    [300, 3],
    [86_400, 50],
  ])('never less than the base of %i s (minute %i)', (base, minutes) => {
    expect(repeatedWait(base, minutes)).toBe(base);
  });

  test('never shrinks from one minute to the next, and goes past an hour only where the base does', () => {
    fc.assert(
      fc.property(fc.integer({ min: 60, max: 604_830 }), fc.nat(10_000), (base, minutes) => {
        const wait = repeatedWait(base, minutes);
        expect(repeatedWait(base, minutes + 1)).toBeGreaterThanOrEqual(wait);
        expect(wait).toBeLessThanOrEqual(Math.max(base, 3600));
      }),
    );
  });
});
