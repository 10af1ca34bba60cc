import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { distinctIn, EXACT_UP_TO, union } from '../../../../core/attempts/distinct.ts';
import { fingerprintOf } from '../../../support/attempts.ts';

const fingerprints = (count: number) =>
  Array.from({ length: count }, (_, index) => fingerprintOf(`client-${index}`));

describe('the number of different values', () => {
  test.each([0, 1, 50, EXACT_UP_TO])('is exact for %d', (count) => {
    const seen = fingerprints(count);
    expect(distinctIn(union([seen, seen.toReversed()]))).toEqual({ count, exact: true });
  });

  test.each([EXACT_UP_TO + 1, 50_000])('is an estimate within 4 %% for %d', (count) => {
    const seen = fingerprints(count);
    const distinct = distinctIn(union([seen.slice(0, 9000), seen.slice(5000)]));
    expect(distinct.exact).toBe(false);
    expect(Math.abs(distinct.count / count - 1)).toBeLessThan(0.04);
  });

  test('does not depend on portions and order, estimated or not', () => {
    const seen = fingerprints(EXACT_UP_TO + 500);
    const whole = union([seen]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: seen.length }), (cut) => {
        expect(union([union([seen.slice(cut)]), union([seen.slice(0, cut)]), whole.slice(3)])).toEqual(whole);
      }),
      { numRuns: 10 },
    );
  });
});
