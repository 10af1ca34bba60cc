import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { rfc3339 } from '../../../../core/text.ts';
import { offsetAt } from '../../../../core/windows/local-time.ts';
import { combinationProblem, occurrences, type Series } from '../../../../core/windows/recurrence.ts';
import { isTimeZone, normalRule, ruleProblem } from '../../../../core/windows/recurrence-rule.ts';

/** The first starts of a series from its own start on, or after an instant. */
function first(count: number, series: Series, after = series.startsAt - 1): string[] {
  const found: string[] = [];
  for (const instant of occurrences(series, after)) {
    found.push(rfc3339(instant.startsAt));
    if (found.length === count) break;
  }
  return found;
}

function series(startsAt: string, rrule: string | null, timezone = 'UTC'): Series {
  return { startsAt: Date.parse(startsAt), rrule, timezone };
}

describe('a series', () => {
  test('without a rule takes place once', () => {
    const once = series('2026-01-15T10:00:00Z', null);
    expect(first(2, once)).toEqual(['2026-01-15T10:00:00Z']);
    expect(first(1, once, once.startsAt)).toEqual([]);
  });

  test.each([
    {
      what: 'the spring change in Berlin: the local time stays',
      of: series('2026-03-28T09:00:00Z', 'FREQ=DAILY', 'Europe/Berlin'),
      starts: ['2026-03-28T09:00:00Z', '2026-03-29T08:00:00Z', '2026-03-30T08:00:00Z'],
    },
    {
      what: 'the spring change in Berlin: one that does not exist is taken as much after the change',
      of: series('2026-03-28T01:30:00Z', 'FREQ=DAILY', 'Europe/Berlin'),
      starts: ['2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
    },
    {
      what: 'the autumn change in Berlin: the local time stays, and of one that exists twice the first counts',
      of: series('2026-10-24T00:30:00Z', 'FREQ=DAILY', 'Europe/Berlin'),
      starts: ['2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    },
    {
      what: 'the spring change in New York, on a Sunday',
      of: series('2026-03-01T11:00:00Z', 'FREQ=WEEKLY;BYDAY=SU', 'America/New_York'),
      starts: ['2026-03-01T11:00:00Z', '2026-03-08T10:00:00Z', '2026-03-15T10:00:00Z'],
    },
    {
      what: 'the change of half an hour on Lord Howe Island',
      of: series('2026-10-03T02:00:00Z', 'FREQ=DAILY', 'Australia/Lord_Howe'),
      starts: ['2026-10-03T02:00:00Z', '2026-10-04T01:30:00Z', '2026-10-05T01:30:00Z'],
    },
    {
      what: 'UTC, which knows no change',
      of: series('2026-03-28T01:30:00Z', 'FREQ=DAILY'),
      starts: ['2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z', '2026-03-30T01:30:00Z'],
    },
    {
      what: 'hours, which pass as they do over the spring change',
      of: series('2026-03-28T23:00:00Z', 'FREQ=HOURLY;INTERVAL=6', 'Europe/Berlin'),
      starts: ['2026-03-28T23:00:00Z', '2026-03-29T05:00:00Z', '2026-03-29T11:00:00Z'],
    },
    {
      what: 'leap days only',
      of: series('2026-02-01T10:00:00Z', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29'),
      starts: ['2028-02-29T10:00:00Z', '2032-02-29T10:00:00Z', '2036-02-29T10:00:00Z'],
    },
    {
      what: 'from a leap day on: years without one are left out',
      of: series('2028-02-29T10:00:00Z', 'FREQ=YEARLY'),
      starts: ['2028-02-29T10:00:00Z', '2032-02-29T10:00:00Z', '2036-02-29T10:00:00Z'],
    },
    {
      what: 'the last day of February',
      of: series('2027-02-28T10:00:00Z', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1'),
      starts: ['2027-02-28T10:00:00Z', '2028-02-29T10:00:00Z', '2029-02-28T10:00:00Z'],
    },
    {
      what: 'daily over a leap day',
      of: series('2028-02-28T10:00:00Z', 'FREQ=DAILY'),
      starts: ['2028-02-28T10:00:00Z', '2028-02-29T10:00:00Z', '2028-03-01T10:00:00Z'],
    },
    {
      what: 'the 31st: shorter months are left out',
      of: series('2026-01-31T10:00:00Z', 'FREQ=MONTHLY'),
      starts: ['2026-01-31T10:00:00Z', '2026-03-31T10:00:00Z', '2026-05-31T10:00:00Z'],
    },
    {
      what: 'the last working day of a month',
      of: series('2026-01-15T10:00:00Z', 'FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1'),
      starts: ['2026-01-30T10:00:00Z', '2026-02-27T10:00:00Z', '2026-03-31T10:00:00Z'],
    },
    {
      what: 'a start that does not fit the rule: it only says from when on',
      of: series('2026-01-15T10:00:00Z', 'FREQ=WEEKLY;BYDAY=MO'),
      starts: ['2026-01-19T10:00:00Z', '2026-01-26T10:00:00Z', '2026-02-02T10:00:00Z'],
    },
    {
      what: 'a number of times',
      of: series('2026-01-15T10:00:00Z', 'FREQ=DAILY;COUNT=2'),
      starts: ['2026-01-15T10:00:00Z', '2026-01-16T10:00:00Z'],
    },
    {
      what: 'until an instant, which still counts',
      of: series('2026-01-15T10:00:00Z', 'FREQ=DAILY;UNTIL=20260116T100000Z'),
      starts: ['2026-01-15T10:00:00Z', '2026-01-16T10:00:00Z'],
    },
    {
      what: 'until a day, by the local time of the place',
      of: series('2026-01-15T07:30:00Z', 'FREQ=DAILY;UNTIL=20260115', 'Pacific/Auckland'),
      starts: ['2026-01-15T07:30:00Z'],
    },
    {
      what: 'until before it begins: never',
      of: series('2026-01-15T10:00:00Z', 'FREQ=DAILY;UNTIL=20260101'),
      starts: [],
    },
    {
      what: 'a day that no year has: never',
      of: series('2026-01-15T10:00:00Z', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30'),
      starts: [],
    },
    {
      what: 'the same, counted: never',
      of: series('2026-01-15T10:00:00Z', 'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3'),
      starts: [],
    },
  ])('$what', ({ of, starts }) => {
    expect(first(3, of)).toEqual(starts);
  });

  test('goes on from any instant, however long after its beginning', () => {
    const daily = series('1996-01-15T10:00:00Z', 'FREQ=DAILY', 'Europe/Berlin');
    expect(first(2, daily, Date.parse('2026-07-01T09:00:00Z'))).toEqual([
      '2026-07-02T09:00:00Z',
      '2026-07-03T09:00:00Z',
    ]);
  });

  const rule = fc.constantFrom(
    'FREQ=HOURLY;INTERVAL=5',
    'FREQ=DAILY',
    'FREQ=DAILY;COUNT=40',
    'FREQ=DAILY;UNTIL=20260401',
    'FREQ=WEEKLY;BYDAY=SU,WE',
    'FREQ=MONTHLY;BYDAY=-1SU',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29',
  );
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu');
  const instant = fc.date({ min: new Date('2026-01-01'), max: new Date('2026-12-31'), noInvalidDate: true });

  test('is the same wherever it is looked at from', () => {
    fc.assert(
      fc.property(rule, zone, instant, fc.nat(30), (rrule, timezone, begin, skipped) => {
        const of = { startsAt: begin.getTime(), rrule, timezone };
        const all = first(skipped + 5, of);
        const from = all[skipped];
        if (from !== undefined) {
          expect(first(5, of, Date.parse(from) - 1)).toEqual(all.slice(skipped));
          expect(first(5, of, Date.parse(from))).toEqual(first(skipped + 6, of).slice(skipped + 1));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('ascends, and keeps the local time of days', () => {
    fc.assert(
      fc.property(rule, zone, instant, (rrule, timezone, begin) => {
        const of = { startsAt: begin.getTime(), rrule, timezone };
        const instants = first(40, of).map((text) => Date.parse(text));
        expect(instants).toEqual([...new Set(instants)].sort((a, b) => a - b));
        if (rrule.includes('HOURLY')) return;
        const timeIn = (at: number) => new Date(at).toLocaleTimeString('en-GB', { timeZone: timezone });
        // A local time that a day does not have is moved by as much as the clock is put forward.
        const moved = (at: number) =>
          Math.max(0, offsetAt(at, timezone) - offsetAt(at - 3 * 3_600_000, timezone));
        for (const at of instants)
          expect([timeIn(at), timeIn(at - moved(at))]).toContain(timeIn(of.startsAt));
      }),
      { numRuns: 60 },
    );
  });
});

describe('the form of a rule', () => {
  test.each([
    'FREQ=DAILY',
    'FREQ=HOURLY;INTERVAL=1000',
    'FREQ=WEEKLY;BYDAY=MO,WE;WKST=SU',
    'FREQ=MONTHLY;BYDAY=1SU,-1FR',
    'FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29,-1;BYHOUR=23;BYMINUTE=59',
    'FREQ=YEARLY;BYWEEKNO=-53;BYYEARDAY=366;BYSETPOS=+1',
    'COUNT=1000;FREQ=DAILY',
    'FREQ=DAILY;UNTIL=20280229',
    'FREQ=DAILY;UNTIL=20261231T235959Z',
  ])('%s is right', (rrule) => {
    expect(ruleProblem(rrule)).toBeNull();
  });

  test.each([
    ['', 'parts'],
    ['DAILY', 'parts'],
    ['BYDAY=MO', 'FREQ'],
    ['FREQ=SECONDLY', 'HOURLY'],
    ['FREQ=MINUTELY', 'HOURLY'],
    ['FREQ=SOMETIMES', 'FREQ'],
    ['FREQ', 'FREQ'],
    ['FREQ=DAILY=WEEKLY', 'FREQ'],
    ['FREQ=DAILY;FREQ=WEEKLY', 'twice'],
    ['FREQ=DAILY;INTERVAL=0', 'INTERVAL'],
    ['FREQ=DAILY;INTERVAL=1001', 'INTERVAL'],
    ['FREQ=DAILY;INTERVAL=-1', 'INTERVAL'],
    ['FREQ=DAILY;COUNT=0', 'COUNT'],
    ['FREQ=DAILY;COUNT=1001', 'COUNT'],
    ['FREQ=DAILY;COUNT=2;UNTIL=20260201', 'both'],
    ['FREQ=DAILY;UNTIL=20260230', 'UNTIL'],
    ['FREQ=DAILY;UNTIL=20260201T250000Z', 'UNTIL'],
    ['FREQ=DAILY;UNTIL=20260201T100000', 'UNTIL'],
    ['FREQ=DAILY;BYHOUR=24', 'BYHOUR'],
    ['FREQ=DAILY;BYHOUR=0,23', 'BYHOUR'],
    ['FREQ=DAILY;BYMINUTE=0,30', 'BYMINUTE'],
    ['FREQ=DAILY;BYSECOND=0', 'only'],
    ['FREQ=HOURLY;BYMONTH=2', 'HOURLY'],
    ['FREQ=DAILY;BYMINUTE=60', 'BYMINUTE'],
    ['FREQ=DAILY;BYMONTH=13', 'BYMONTH'],
    ['FREQ=DAILY;BYMONTHDAY=0', 'BYMONTHDAY'],
    ['FREQ=DAILY;BYMONTHDAY=32', 'BYMONTHDAY'],
    ['FREQ=DAILY;BYDAY=XX', 'BYDAY'],
    ['FREQ=DAILY;BYDAY=MO,', 'BYDAY'],
    ['FREQ=DAILY;WKST=1MO', 'WKST'],
    ['FREQ=DAILY;RSCALE=CHINESE', 'only'],
    ['FREQ=DAILY\nEXDATE:20260116T100000Z', 'FREQ'],
    ['DTSTART=20260115;FREQ=DAILY', 'only'],
  ])('%j is wrong: %s', (rrule, told) => {
    expect(ruleProblem(rrule)).toContain(told);
  });

  test.each([
    ['RRULE:FREQ=DAILY', 'FREQ=DAILY'],
    [' freq=weekly;byday=su; ', 'FREQ=WEEKLY;BYDAY=SU'],
  ])('%j is spelt %j', (written, kept) => {
    expect(normalRule(written)).toBe(kept);
  });

  test('parts that are right each by itself may not go together', () => {
    const of = (rrule: string) => combinationProblem(series('2026-01-15T10:00:00Z', rrule));
    expect(of('FREQ=WEEKLY;BYMONTHDAY=3')).toContain('BYMONTHDAY');
    expect(of('FREQ=DAILY;BYDAY=1MO')).toContain('BYDAY');
    expect(of('FREQ=DAILY;BYSETPOS=1')).toContain('BYSETPOS');
    expect(of('FREQ=DAILY;UNTIL=20260201')).toBeNull();
    expect(combinationProblem(series('2026-01-15T10:00:00Z', null))).toBeNull();
  });
});

describe('time zones', () => {
  test.each(['UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'])('%s is one', (name) => {
    expect(isTimeZone(name)).toBe(true);
  });

  test.each(['', '+01:00', 'Mars/Olympus', 'Europe/', 'Europe/Berlin]', 'a'.repeat(99)])(
    '%j is none',
    (name) => {
      expect(isTimeZone(name)).toBe(false);
    },
  );
});
