import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Offenders, type Summary } from '../../../../core/attempts/offenders.ts';
import { NOW } from '../../../support/examples.ts';

const MINUTE = 60_000;
const BLOCKER = { id: 'm-1', mode: 'normal' } as const;

/** Records so many calls in the minute `minute` after the examples' instant; gives what became of the last. */
function call(offenders: Offenders, calls: number, minute = 0, client = 'a') {
  const outcomes = Array.from({ length: calls }, () =>
    offenders.record(client, 'unknown', BLOCKER, NOW + minute * MINUTE),
  );
  return outcomes.at(-1);
}

describe('a client that calls again and again', () => {
  test('is an ordinary one up to the threshold, and an offender from the next call on', () => {
    const offenders = new Offenders(30);
    expect(call(offenders, 30)).toEqual({ minutes: 0, logged: true });
    expect(call(offenders, 1)).toEqual({ minutes: 1, logged: false });
    expect(call(offenders, 1)).toEqual({ minutes: 1, logged: false });
  });

  test('counts the consecutive minutes it was over', () => {
    const offenders = new Offenders(2);
    const minutes = [0, 1, 2, 3].map((minute) => call(offenders, 3, minute)?.minutes);
    expect(minutes).toEqual([1, 2, 3, 4]);
  });

  test('is ordinary again in a new minute until it is over again', () => {
    const offenders = new Offenders(2);
    call(offenders, 3, 0);
    expect(call(offenders, 2, 1)).toEqual({ minutes: 0, logged: true });
    expect(call(offenders, 1, 1)).toEqual({ minutes: 2, logged: false });
  });

  test.each([
    ['a quiet minute', 0],
    ['a minute at the threshold', 2],
  ])('starts anew after %s', (_what, calls) => {
    const offenders = new Offenders(2);
    call(offenders, 3, 0);
    call(offenders, calls, 1);
    expect(call(offenders, 3, 2)?.minutes).toBe(1);
  });

  test('is told from others', () => {
    const offenders = new Offenders(1);
    call(offenders, 5, 0, 'a');
    expect(call(offenders, 1, 0, 'b')).toEqual({ minutes: 0, logged: true });
    expect(call(offenders, 1, 0, '__proto__')).toEqual({ minutes: 0, logged: true });
  });

  test('with a threshold of nothing, the first call is over', () => {
    expect(call(new Offenders(0), 1)).toEqual({ minutes: 1, logged: false });
  });
});

describe('summaries', () => {
  test('tell the calls without a line by operation, once, when their minute is over', () => {
    const offenders = new Offenders(1);
    for (const operation of ['unknown', 'unknown', 'job_creation', 'unknown'])
      offenders.record('a', operation, BLOCKER, NOW);
    expect(offenders.takeSummaries(NOW + MINUTE - 1)).toEqual([]);
    expect(offenders.takeSummaries(NOW + MINUTE)).toEqual([
      { client: 'a', operation: 'unknown', maintenance: BLOCKER, calls: 2, lastAt: NOW },
      { client: 'a', operation: 'job_creation', maintenance: BLOCKER, calls: 1, lastAt: NOW },
    ]);
    expect(offenders.takeSummaries(NOW + 2 * MINUTE)).toEqual([]);
  });

  test('are there for all clients once everything is forgotten, who begin anew', () => {
    const offenders = new Offenders(1);
    call(offenders, 3, 0, 'a');
    call(offenders, 2, 0, 'b');
    offenders.forget();
    expect(offenders.takeSummaries(NOW)).toMatchObject([
      { client: 'a', calls: 2 },
      { client: 'b', calls: 1 },
    ]);
    expect(call(offenders, 1, 0, 'a')).toEqual({ minutes: 0, logged: true });
    expect(call(offenders, 1, 0, 'a')?.minutes).toBe(1);
    expect(offenders.takeSummaries(NOW + MINUTE)).toMatchObject([{ client: 'a', calls: 1 }]);
  });

  test('are there for clients that had to be forgotten', () => {
    const offenders = new Offenders(1, 2);
    call(offenders, 3, 0, 'a');
    call(offenders, 1, 0, 'b');
    call(offenders, 1, 0, 'c');
    expect(offenders.takeSummaries(NOW)).toMatchObject([{ client: 'a', operation: 'unknown', calls: 2 }]);
  });

  test('tell which maintenance blocked the calls, in which mode, and when the last of them was made', () => {
    const offenders = new Offenders(0);
    const emergency = { id: 'm-1', mode: 'emergency' } as const;
    const next = { id: 'm-2', mode: 'normal' } as const;
    for (const [index, blocker] of [BLOCKER, BLOCKER, emergency, next].entries()) {
      offenders.record('a', 'unknown', blocker, NOW + index);
    }
    expect(offenders.takeSummaries(NOW + MINUTE)).toEqual([
      { client: 'a', operation: 'unknown', maintenance: BLOCKER, calls: 2, lastAt: NOW + 1 },
      { client: 'a', operation: 'unknown', maintenance: emergency, calls: 1, lastAt: NOW + 2 },
      { client: 'a', operation: 'unknown', maintenance: next, calls: 1, lastAt: NOW + 3 },
    ]);
  });

  test('those that were silent longest are forgotten first', () => {
    const offenders = new Offenders(1, 2);
    call(offenders, 1, 0, 'a');
    call(offenders, 1, 0, 'b');
    call(offenders, 1, 0, 'a');
    call(offenders, 1, 0, 'c');
    expect(call(offenders, 1, 0, 'a')?.logged).toBe(false);
    expect(call(offenders, 1, 0, 'b')?.logged).toBe(true);
  });

  test('every call is either logged or in exactly one summary, whatever the clock does', () => {
    const client = fc.constantFrom('a', 'b', 'c', 'd');
    const operation = fc.constantFrom('unknown', 'job_creation');
    const at = fc.integer({ min: -2 * MINUTE, max: 4 * MINUTE });
    const step = fc.record({ client, operation, at, takes: fc.boolean() });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.nat(3),
        fc.integer({ min: 1, max: 3 }),
        (steps, threshold, capacity) => {
          const offenders = new Offenders(threshold, capacity);
          const expected = new Map<string, number>();
          const summed: Summary[] = [];
          for (const { client, operation, at, takes } of steps) {
            if (takes) summed.push(...offenders.takeSummaries(NOW + at));
            if (offenders.record(client, operation, BLOCKER, NOW + at).logged) continue;
            const key = `${client} ${operation}`;
            expected.set(key, (expected.get(key) ?? 0) + 1);
          }
          summed.push(...offenders.takeSummaries(NOW + 10 * MINUTE));
          const told = new Map<string, number>();
          for (const { client, operation, calls } of summed) {
            const key = `${client} ${operation}`;
            told.set(key, (told.get(key) ?? 0) + calls);
          }
          expect(told).toEqual(expected);
          expect(summed.every(({ calls }) => calls > 0)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
