import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_REASON_LENGTH } from '../../../../core/commands/command.ts';
import { BLOCKABLE_OPERATIONS } from '../../../../core/decision/operations.ts';
import {
  MAX_SCHEDULE_BYTES,
  nextOccurrence,
  occurrenceId,
  operationsNamedBy,
  without,
} from '../../../../core/state/schedule.ts';
import {
  beginsAt,
  clockWarnings,
  comingIn,
  isRunningLow,
  livingWindows,
  MAX_OCCURRENCES,
  overlapOf,
  reachProblem,
  scheduleOf,
  selfOverlap,
  spansOf,
} from '../../../../core/windows/occurrences.ts';
import { NOW } from '../../../support/examples.ts';
import { window } from '../../../support/windows.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const daily = (id: string, at: number, changes = {}) =>
  window({ id, startsAt: at, rrule: 'FREQ=DAILY', ...changes });
const scheduled = (...windows: readonly ReturnType<typeof window>[]) => scheduleOf('n', windows, () => NOW);

describe('the schedule', () => {
  test('holds the occurrences that come first of all windows', () => {
    const schedule = scheduled(
      daily('a', NOW + HOUR),
      daily('b', NOW + 3 * HOUR),
      window({ id: 'c', startsAt: NOW + 90 * DAY }),
    );
    expect(schedule.windows.map(({ id, starts }) => [id, starts.length])).toEqual([
      ['a', 12],
      ['b', 12],
    ]);
    expect(schedule.hasMore).toBe(true);
    expect(nextOccurrence(schedule)).toMatchObject({
      window: { id: 'a' },
      startsAt: NOW + HOUR,
      endsAt: NOW + 2 * HOUR,
    });
  });

  test('holds all there is, if that is little', () => {
    expect(scheduled(window())).toMatchObject({
      hasMore: false,
      windows: [{ id: 'w-1', starts: [NOW + HOUR] }],
    });
    expect(scheduled()).toMatchObject({ hasMore: false, windows: [] });
    expect(nextOccurrence(scheduled())).toBeNull();
  });

  test('leaves out what was before', () => {
    const past = [window({ id: 'a', startsAt: NOW }), window({ id: 'b', startsAt: NOW - 1 })];
    expect(scheduled(...past).windows).toEqual([]);
    expect(scheduleOf('n', past, ({ id }) => (id === 'a' ? NOW - 1 : NOW)).windows).toHaveLength(1);
  });

  test('keeps to its room, and holds the next occurrence of the largest window there can be', () => {
    const own = Array.from({ length: 10 }, (_, n) => `${n}`.padStart(40, 'o'));
    const largest = (id: string, at: number) =>
      daily(id, at, {
        reason: '\u{10ffff}'.repeat(MAX_REASON_LENGTH),
        blockedOperations: [...BLOCKABLE_OPERATIONS, ...own],
        scheduledBy: '漢'.repeat(128),
      });
    const sizeOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
    const one = scheduleOf('f'.repeat(64), [largest('a'.repeat(36), NOW + HOUR)], () => NOW);
    expect(comingIn(one)).toBe(MAX_OCCURRENCES);
    expect(sizeOf(one)).toBeLessThanOrEqual(MAX_SCHEDULE_BYTES);
    const two = scheduleOf(
      'f'.repeat(64),
      [largest('a', NOW + HOUR), largest('b', NOW + 3 * HOUR)],
      () => NOW,
    );
    expect(comingIn(two)).toBeGreaterThanOrEqual(1);
    expect(two.hasMore).toBe(true);
    expect(sizeOf(two)).toBeLessThanOrEqual(MAX_SCHEDULE_BYTES);
  });

  test('runs low when half of it is over and there is more', () => {
    let schedule = scheduled(daily('a', NOW + HOUR));
    const low: boolean[] = [];
    for (let left = MAX_OCCURRENCES; left > 0; left -= 1) {
      low.push(isRunningLow(schedule));
      const next = nextOccurrence(schedule);
      if (next !== null) schedule = without(schedule, next);
    }
    expect(low.indexOf(true)).toBe(MAX_OCCURRENCES / 2);
    expect(isRunningLow({ ...schedule, hasMore: false })).toBe(false);
  });

  test('knows the owner’s types that windows to come name', () => {
    const naming = window({ blockedOperations: ['job_creation', 'reports'] });
    expect(operationsNamedBy(scheduled(naming))).toEqual(['reports']);
    expect(operationsNamedBy({ ...scheduled(naming), windows: [] })).toEqual([]);
    expect(operationsNamedBy({ ...scheduled(naming), windows: [], hasMore: true })).toEqual(['reports']);
    expect(operationsNamedBy(undefined)).toEqual([]);
  });
});

describe('windows that are not over', () => {
  test('have something to come, or run', () => {
    const windows = [window({ id: 'past', startsAt: NOW - HOUR }), window(), daily('a', NOW - 99 * DAY)];
    const ids = (maintenanceId: string | null) =>
      livingWindows(windows, maintenanceId, NOW).map(({ id }) => id);
    expect(ids(null)).toEqual(['w-1', 'a']);
    expect(ids('m-1')).toEqual(['w-1', 'a']);
    expect(ids(occurrenceId('past', NOW - HOUR))).toEqual(['past', 'w-1', 'a']);
  });
});

describe('overlaps', () => {
  test.each([
    ['that begins when the other ends', 2 * HOUR, null],
    ['that ends when the other begins', 0, null],
    ['that begins a moment earlier', 2 * HOUR - 1, [1, 2]],
    ['that ends a moment later', 1, [0, 1]],
    ['at the same time', HOUR, [1, 1]],
  ])('of a window %s', (_, offset, found) => {
    const [other, one] = [window({ startsAt: NOW + offset }), window()];
    const overlap = overlapOf(spansOf(one, NOW - 1), spansOf(other, NOW - 1));
    expect(overlap !== null).toBe(found !== null);
  });

  test('are found where two rules meet, in years if need be', () => {
    const leapDays = window({ rrule: 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29', startsAt: NOW });
    const februaries = window({ rrule: 'FREQ=MONTHLY;BYMONTHDAY=-1', startsAt: NOW });
    const found = overlapOf(spansOf(leapDays, NOW), spansOf(februaries, NOW));
    expect(found?.[0].startsAt).toBe(Date.UTC(2028, 1, 29, 10));
    const sundays = window({ rrule: 'FREQ=WEEKLY;BYDAY=SU', startsAt: NOW });
    const mondays = window({ rrule: 'FREQ=WEEKLY;BYDAY=MO', startsAt: NOW });
    expect(overlapOf(spansOf(sundays, NOW), spansOf(mondays, NOW))).toBeNull();
  });

  test('that only daylight saving brings about are found', () => {
    const at = Date.parse('2026-01-15T03:00:00Z');
    const berlin = daily('a', at, { timezone: 'Europe/Berlin' });
    const utc = daily('b', at - HOUR, {});
    expect(overlapOf(spansOf(berlin, at - 1), spansOf(utc, at - 1))?.[0].startsAt).toBe(
      Date.parse('2026-03-29T02:00:00Z'),
    );
  });

  const span = fc.record({
    startsAt: fc.integer({ min: 0, max: 40 }),
    length: fc.integer({ min: 1, max: 4 }),
  });
  const series = fc.array(span, { maxLength: 8 }).map((spans) => {
    const sorted = spans.sort((a, b) => a.startsAt - b.startsAt);
    return sorted.flatMap(({ startsAt, length }, index) => {
      const before = sorted[index - 1];
      const isFree = before === undefined || before.startsAt + 4 <= startsAt;
      return isFree ? [{ startsAt, endsAt: startsAt + length }] : [];
    });
  });

  test('are found where there are any, and only there', () => {
    fc.assert(
      fc.property(series, series, (a, b) => {
        const isAny = a.some((one) =>
          b.some((other) => one.startsAt < other.endsAt && other.startsAt < one.endsAt),
        );
        const found = overlapOf(a, b);
        expect(found !== null).toBe(isAny);
        if (found !== null) {
          const [one, other] = found;
          expect(one.startsAt < other.endsAt && other.startsAt < one.endsAt).toBe(true);
        }
      }),
    );
  });

  test.each([
    ['daily for a day', 'FREQ=DAILY', DAY, false],
    ['daily for longer', 'FREQ=DAILY', DAY + 1, true],
    ['daily for nearly a day, over the day in spring that has 23 hours', 'FREQ=DAILY', 23.5 * HOUR, false],
    ['hourly, too long', 'FREQ=HOURLY', HOUR + 1, true],
    ['once', null, 7 * DAY, false],
  ])('of a window with itself: %s', (_, rrule, length, isOverlapping) => {
    const timezone = length === 23.5 * HOUR ? 'Europe/Berlin' : 'UTC';
    expect(selfOverlap(window({ rrule, length, timezone }), NOW) !== null).toBe(isOverlapping);
  });
});

describe('by the clock on the wall', () => {
  const berlin = (startsAt: string, hours: number, rrule: string | null = 'FREQ=DAILY', changes = {}) =>
    window({
      startsAt: Date.parse(startsAt),
      length: hours * HOUR,
      rrule,
      timezone: 'Europe/Berlin',
      ...changes,
    });
  const span = (of: ReturnType<typeof window>, after: string) => {
    const next = spansOf(of, Date.parse(after)).next().value;
    return next && [next.startsAt, next.endsAt].map((at) => new Date(at).toISOString().slice(0, 16));
  };
  const SPRING = '2027-03-27T12:00:00Z';
  const AUTUMN = '2027-10-30T12:00:00Z';

  test.each([
    ['01:00 to 05:00 in spring', 1, 4, SPRING, ['2027-03-28T00:00', '2027-03-28T03:00']],
    ['01:00 to 05:00 in autumn', 1, 4, AUTUMN, ['2027-10-30T23:00', '2027-10-31T04:00']],
    ['a start that does not exist', 2.5, 2, SPRING, ['2027-03-28T01:30', '2027-03-28T02:30']],
    ['a start that exists twice', 2.5, 2, AUTUMN, ['2027-10-31T00:30', '2027-10-31T03:30']],
    ['an end inside the gap', 1, 1.5, SPRING, ['2027-03-28T00:00', '2027-03-28T01:00']],
    ['an end that exists twice', 1, 1.5, AUTUMN, ['2027-10-30T23:00', '2027-10-31T00:30']],
    ['nothing left, so the day after', 2, 0.75, SPRING, ['2027-03-29T00:00', '2027-03-29T00:45']],
  ])('%s', (_, hour, hours, after, expected) => {
    const start = new Date(Date.UTC(2027, 0, 15) + (hour - 1) * HOUR).toISOString();
    expect(span(berlin(start, hours), after)).toEqual(expected);
  });

  test('windows touch on every night, and a day does not overlap the next', () => {
    const [a, b] = [berlin('2027-01-15T00:00:00Z', 2), berlin('2027-01-15T02:00:00Z', 1)];
    expect(overlapOf(spansOf(a, NOW), spansOf(b, NOW))).toBeNull();
    expect(selfOverlap(berlin('2027-01-15T00:00:00Z', 24), NOW)).toBeNull();
    expect(selfOverlap(berlin('2027-01-15T01:00:00Z', 24), NOW)).toBeNull();
  });

  test('one that takes place once ends so too, be it in the hour that comes twice', () => {
    expect(span(berlin('2027-03-28T00:00:00Z', 4, null), SPRING)?.[1]).toBe('2027-03-28T03:00');
    expect(span(berlin('2027-10-31T01:30:00Z', 0.25, null), AUTUMN)?.[1]).toBe('2027-10-31T01:45');
  });

  test('the schedule holds each occurrence with its own length', () => {
    const schedule = scheduleOf('n', [berlin('2027-01-15T00:00:00Z', 4)], () => Date.parse(SPRING));
    expect(nextOccurrence(schedule)?.endsAt).toBe(Date.parse('2027-03-28T03:00:00Z'));
    const rest = without(schedule, nextOccurrence(schedule) as never);
    expect(nextOccurrence(rest)?.endsAt).toBe(Date.parse('2027-03-29T03:00:00Z'));
  });

  test.each([
    [2.5, 2, ['2027-03-28 02:30 does not exist', '2027-10-31 02:30 exists twice']],
    [1, 1.5, ['2027-03-28 02:30 does not exist', '2027-10-31 02:30 exists twice']],
    [2, 0.75, ['does not take place on 2027-03-28 02:00', '2027-10-31 02:00 exists twice']],
    [1, 4, ['it takes 3 hours', 'it takes 5 hours']],
    [10, 1, []],
  ])('what the change of the clocks does is told: %s for %s hours', (hour, hours, told) => {
    const start = new Date(Date.UTC(2027, 0, 15) + (hour - 1) * HOUR).toISOString();
    const warnings = clockWarnings(berlin(start, hours), Date.parse('2027-01-16T00:00:00Z'));
    expect(warnings).toEqual(told.map((part) => expect.stringContaining(part)));
  });

  test('a skipped occurrence is none, and the rule goes on counting', () => {
    const start = Date.parse('2027-01-15T00:00:00Z');
    const rule = berlin('2027-01-15T00:00:00Z', 1, 'FREQ=DAILY;COUNT=3', { skipped: [start + DAY] });
    expect([...spansOf(rule, start - 1)].map(({ startsAt }) => startsAt)).toEqual([start, start + 2 * DAY]);
    expect(beginsAt(rule, start + DAY)).toBe(true);
    expect(beginsAt(rule, start + 3 * DAY)).toBe(false);
  });

  test.each([
    ['FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 0.25, 'clocks change'],
    ['FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;COUNT=1000', 1, '1000 times within ten years'],
    ['FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30', 1, 'within the next ten years'],
  ])('%s is refused, and quickly', (rrule, hours, told) => {
    const before = process.cpuUsage();
    const start = '2027-01-15T01:00:00Z';
    expect(reachProblem(berlin(start, hours, rrule), Date.parse(start) - 1)).toContain(told);
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(2000);
  });
});
