import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { impactOf, levelOf } from '../../../../core/commands/impact.ts';
import type { Impact } from '../../../../core/commands/schemas.ts';
import { BLOCKABLE_OPERATIONS } from '../../../../core/decision/operations.ts';
import { NOW, normalMaintenance, testRun } from '../../../support/examples.ts';

const MINUTE = 60_000;

describe('the score', () => {
  test.each<
    [
      blocked: string[] | null,
      minutes: number | null,
      endsSessions: boolean,
      points: number[],
      Impact['level'],
    ]
  >([
    [['caption_generation'], 15, false, [6, 5, 0, 0], 'low'],
    [['caption_generation', 'unknown'], 15, true, [13, 5, 20, 0], 'medium'],
    [null, 15, false, [45, 5, 0, 0], 'medium'],
    [null, 15.1, false, [45, 10, 0, 0], 'medium'],
    [null, 60, true, [45, 10, 20, 0], 'high'],
    [null, 240, true, [45, 15, 20, 0], 'high'],
    [null, 1440, true, [45, 20, 20, 0], 'high'],
    [null, 1441, true, [45, 25, 20, 0], 'high'],
    [null, null, true, [45, 25, 20, 0], 'high'],
  ])('%j for %j minutes, sessions ended: %j', (blockedOperations, minutes, endsSessions, points, level) => {
    const endsAt = minutes === null ? null : NOW + minutes * MINUTE;
    const impact = impactOf(normalMaintenance({ blockedOperations, endsAt }), endsSessions);
    expect(impact.factors.map((factor) => [factor.factor, factor.points])).toEqual([
      ['blocked_operations', points[0]],
      ['length', points[1]],
      ['sessions_ended', points[2]],
      ['reads_closed', points[3]],
    ]);
    expect(impact.score).toBe(points.reduce((a, b) => a + b));
    expect(impact.level).toBe(level);
    expect(impact.duration).toBe(minutes === null ? null : minutes * 60);
  });

  test('of a test run is 0: it blocks nothing', () => {
    expect(impactOf(testRun(), false)).toMatchObject({
      score: 0,
      level: 'low',
      blocked_operations: [],
      simulated_operations: BLOCKABLE_OPERATIONS,
      open_operations: expect.arrayContaining(['caption_generation', 'read_operations']),
      ends_sessions: false,
      factors: [{ factor: 'test_run', points: 0 }],
    });
  });

  test('is the sum of its factors, each within its own bound, and those make 100', () => {
    const plan = fc.record({
      blockedOperations: fc.option(fc.subarray([...BLOCKABLE_OPERATIONS], { minLength: 1 })),
      endsAt: fc.option(fc.integer({ min: NOW + MINUTE, max: NOW + 604_800_000 })),
    });
    fc.assert(
      fc.property(plan, fc.boolean(), (changes, endsSessions) => {
        const { score, factors } = impactOf(normalMaintenance(changes), endsSessions);
        expect(score).toBe(factors.reduce((sum, { points }) => sum + points, 0));
        for (const { points, most } of factors) expect(points >= 0 && points <= most).toBe(true);
        expect(factors.reduce((sum, { most }) => sum + most, 0)).toBe(100);
      }),
    );
  });

  test('never falls when more is blocked', () => {
    const scores = BLOCKABLE_OPERATIONS.map((_, index) => {
      const blockedOperations = BLOCKABLE_OPERATIONS.slice(0, index + 1);
      return impactOf(normalMaintenance({ blockedOperations }), true).score;
    });
    expect(scores).toEqual(scores.toSorted((a, b) => a - b));
  });
});

test.each<[number, Impact['level']]>([
  [0, 'low'],
  [34, 'low'],
  [35, 'medium'],
  [64, 'medium'],
  [65, 'high'],
  [100, 'high'],
])('%i points are %s', (score, level) => {
  expect(levelOf(score)).toBe(level);
});

test('what stays open is told', () => {
  const { blocked_operations: blocked, open_operations: open } = impactOf(
    normalMaintenance({ blockedOperations: ['job_creation'] }),
    true,
  );
  expect(blocked).toEqual(['job_creation']);
  expect(open).toEqual(expect.arrayContaining(['caption_generation', 'unknown', 'read_operations']));
  expect(open).not.toEqual(expect.arrayContaining(['job_creation']));
  expect(open).not.toEqual(expect.arrayContaining(['canary']));
});

test("the owner's types count like the built-in ones", () => {
  const plan = normalMaintenance({ blockedOperations: ['newsletter'] });
  const impact = impactOf(plan, false, ['newsletter', 'payments']);
  expect(impact.blocked_operations).toEqual(['newsletter']);
  expect(impact.open_operations).toEqual(expect.arrayContaining(['payments', 'caption_generation']));
  expect(impact.factors[0]).toMatchObject({
    points: 5,
    explanation: '1 of 9 kinds of writes are blocked.',
  });
});
