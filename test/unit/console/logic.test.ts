import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { explain, Refusal, Unreachable } from '../../../console/src/api/refusal.ts';
import type { HistoryEvent, MaintenanceWindow } from '../../../console/src/api/types.ts';
import { type Sample, STRETCH, seriesOf, withSample } from '../../../console/src/logic/blocked-series.ts';
import { differences, eventTitle } from '../../../console/src/logic/event.ts';
import { afterLook, type Feed, NOTHING_SEEN } from '../../../console/src/logic/feed.ts';
import { clock, duration, modeLabel, operationLabel } from '../../../console/src/logic/format.ts';
import { occurrencesOf, weeksOf } from '../../../console/src/logic/month.ts';
import {
  changeBody,
  EMPTY_PLAN,
  localInstant,
  localParts,
  planBody,
} from '../../../console/src/logic/plan.ts';
import { fieldsOf, windowBody, windowChange } from '../../../console/src/logic/window-form.ts';
import { SignInFailed } from '../../../console/src/session/sign-in-method.ts';

describe('what people read', () => {
  test.each([
    [0, '0 s'],
    [59.4, '59 s'],
    [60, '1 min'],
    [5400, '1 h 30 min'],
    [3601, '1 h'],
    [90_061, '1 d 1 h'],
    [-5, '0 s'],
  ])('a duration of %d s is %s', (seconds, text) => expect(duration(seconds)).toBe(text));

  test.each([
    [0, '00:00'],
    [61, '01:01'],
    [3725, '1:02:05'],
  ])('a clock with %d s left shows %s', (seconds, text) => expect(clock(seconds)).toBe(text));

  test.each([
    [false, 'normal', 'Normal operation'],
    [true, 'normal', 'Maintenance'],
    [true, 'emergency', 'Emergency'],
    [true, 'test', 'Test run'],
  ] as const)('active %s in mode %s is %s', (isActive, mode, text) => {
    expect(modeLabel({ is_active: isActive, mode })).toBe(text);
  });

  test('names of operations lose their underscores', () => {
    expect(operationLabel('user_data_modification')).toBe('User data modification');
  });
});

describe('a refusal', () => {
  test('that names a remedy shows it in the words of the console', () => {
    const held = { mode: 'normal', held_by: 'alice', since: '2026-01-15T10:00:00Z' };
    const remedy = 'POST /api/maintenance/disable ends it, PATCH /api/maintenance changes it';
    const shown = explain(
      new Refusal(409, {
        error: 'maintenance_already_active',
        message: 'Active.',
        remedy,
        maintenance: held,
      }),
    );
    expect(shown.heading).toBe('alice holds the maintenance');
    expect(shown.wayOut).toBe(
      '“End maintenance” on the overview ends it, “Change” on the overview changes it.',
    );
  });

  test.each([
    [400, 'invalid_request', 'Correct the fields'],
    [401, 'unauthenticated', 'Sign in again'],
    [401, 'reauthentication_required', 'recent sign-in'],
    [403, 'insufficient_privileges', 'as one'],
    [404, 'window_not_found', 'load the list anew'],
    [409, 'state_changed', 'state that won'],
    [429, 'too_many_requests', 'Try again in 7 s'],
    [503, 'state_store_unavailable', 'Try again in 7 s'],
    [500, 'internal_error', 'request id'],
  ])('with %d %s says what to do', (status, error, words) => {
    expect(explain(new Refusal(status, { error }, 7)).wayOut).toContain(words);
  });

  test('with fields says what is wrong with each', () => {
    const details = [{ field: 'ends_at', message: 'must be in the future' }];
    expect(explain(new Refusal(400, { error: 'invalid_request', details })).details).toEqual([
      'Ends at must be in the future',
    ]);
  });

  test('that is none, for there was no answer, says that repeating is safe', () => {
    expect(explain(new Unreachable('No answer.')).wayOut).toContain('Repeating is safe');
  });

  test('of a sign-in names what to correct, and no fault of the console', () => {
    expect(explain(new SignInFailed('Incorrect username or password.'))).toMatchObject({
      heading: 'You are not signed in',
      message: 'Incorrect username or password.',
      wayOut: 'Check what you typed, and sign in again.',
    });
  });

  test('is explained whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), (error) => {
        expect(typeof explain(error).heading).toBe('string');
      }),
    );
  });
});

describe('what is looked at again and again', () => {
  const seen = afterLook<string>(NOTHING_SEEN, { kind: 'seen', at: 1000, answer: 'a', tag: '"1"' });

  test('keeps its value while looks fail, and since when they do', () => {
    const failure = new Unreachable('No answer.');
    const once = afterLook(seen, { kind: 'failed', at: 2000, failure });
    const twice = afterLook(once, { kind: 'failed', at: 3000, failure });
    expect(twice).toEqual({ value: 'a', tag: '"1"', seenAt: 1000, failure, failingSince: 2000 });
  });

  test('is fresh again after a look that found nothing new', () => {
    const failed: Feed<string> = afterLook(seen, { kind: 'failed', at: 2000, failure: 'x' });
    expect(afterLook(failed, { kind: 'seen', at: 4000, answer: null, tag: '"1"' })).toEqual({
      value: 'a',
      tag: '"1"',
      seenAt: 4000,
      failure: null,
      failingSince: null,
    });
  });
});

describe('blocked calls over time', () => {
  const sample = (at: number, count: number): Sample => ({ at, counts: { job_creation: count, unknown: 0 } });

  test('are counted by stretch; types without any are left out', () => {
    const samples = [sample(0, 5), sample(4000, 6), sample(12_000, 9), sample(19_000, 9)];
    expect(seriesOf(samples)).toEqual(
      new Map([
        [
          'job_creation',
          [
            { x: new Date(STRETCH), y: 1 },
            { x: new Date(2 * STRETCH), y: 3 },
          ],
        ],
      ]),
    );
  });

  test('in all stretches together are those that came while the page watched', () => {
    const steps = fc.array(fc.record({ pause: fc.integer({ min: 500, max: 9000 }), more: fc.nat(50) }), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(steps, (list) => {
        let [at, total] = [1_000_000, 7];
        let samples: readonly Sample[] = [sample(at, total)];
        for (const { pause, more } of list) {
          [at, total] = [at + pause, total + more];
          samples = withSample(samples, sample(at, total));
        }
        const points = seriesOf(samples).get('job_creation') ?? [];
        expect(points.reduce((sum, { y }) => sum + y, 0)).toBe(total - 7);
      }),
    );
  });

  test('never fall below none, when the counts of another maintenance begin', () => {
    const points = seriesOf([sample(0, 50), sample(11_000, 2), sample(21_000, 4)]).get('job_creation');
    expect(points?.every(({ y }) => y >= 0)).toBe(true);
  });
});

describe('the form of a maintenance', () => {
  test.each([
    [{}, { duration: 3600 }],
    [{ minutes: '1.5' }, { duration: 90 }],
    [{ minutes: 'soon' }, { duration: 'soon' }],
    [{ end: 'instant', date: '2026-13-45', time: '10:00' }, { ends_at: '2026-13-45 10:00' }],
  ] as const)('%j goes out as %j', (change, fields) => {
    expect(planBody({ ...EMPTY_PLAN, reason: 'Why', ...change })).toEqual({
      reason: 'Why',
      auto_end: false,
      ...fields,
    });
  });

  test('never asks for an end by itself without an end', () => {
    expect(planBody({ ...EMPTY_PLAN, end: 'none', autoEnd: true })).toEqual({ reason: '', auto_end: false });
  });

  test('of a change holds what was changed, and nothing else', () => {
    const before = {
      ...EMPTY_PLAN,
      reason: 'Why',
      end: 'instant' as const,
      date: '2026-01-15',
      time: '10:00',
    };
    expect(changeBody(before, before)).toEqual({});
    expect(changeBody(before, { ...before, reason: 'Because' })).toEqual({ reason: 'Because' });
    expect(changeBody(before, { ...before, end: 'none' })).toEqual({ ends_at: null });
    expect(changeBody(before, { ...before, end: 'duration' })).toEqual({ duration: 3600 });
  });

  test('local dates lead back to the same instant', () => {
    const instant = new Date(2026, 0, 15, 10, 30).toISOString();
    const { date, time } = localParts(instant);
    expect(localInstant(date, time)).toBe(instant);
  });
});

const WINDOW: MaintenanceWindow = {
  id: 'w1',
  reason: 'Weekly upgrades',
  starts_at: new Date(2026, 2, 1, 2).toISOString(),
  ends_at: new Date(2026, 2, 1, 3).toISOString(),
  duration: 3600,
  mode: 'normal',
  auto_end: true,
  blocked_operations: null,
  invalidate_sessions: true,
  notify_users: true,
  drain_deadline: null,
  rrule: 'FREQ=WEEKLY',
  timezone: 'UTC',
  status: 'scheduled',
  next: [1, 8, 15].map((day) => ({
    starts_at: new Date(2026, 2, day, 23).toISOString(),
    ends_at: new Date(2026, 2, day + 1, 1).toISOString(),
  })),
  scheduled_at: '2026-01-15T10:00:00Z',
  scheduled_by: 'alice',
};

describe('windows', () => {
  test('are on each day that they touch', () => {
    const weeks = weeksOf(2026, 2, occurrencesOf([WINDOW]));
    const days = weeks.flat().filter(({ occurrences }) => occurrences.length > 0);
    expect(days.map(({ start }) => start.getDate())).toEqual([1, 2, 8, 9, 15, 16]);
  });

  test('that were cancelled are on none', () => {
    expect(occurrencesOf([{ ...WINDOW, status: 'cancelled' }])).toEqual([]);
  });

  test('every month has whole weeks from Monday, with each of its days once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2000, max: 2100 }), fc.integer({ min: 0, max: 11 }), (year, month) => {
        const days = weeksOf(year, month, []).flat();
        expect(days[0]?.start.getDay()).toBe(1);
        expect(days.length % 7).toBe(0);
        const own = days.filter(({ isInMonth }) => isInMonth).map(({ start }) => start.getDate());
        expect(own).toEqual(Array.from({ length: own.length }, (_, index) => index + 1));
        expect(own).toHaveLength(new Date(year, month + 1, 0).getDate());
      }),
    );
  });

  test('of a change hold what was changed; without a rule they take place once', () => {
    const before = fieldsOf(WINDOW);
    expect(windowChange(before, before)).toEqual({});
    expect(windowChange(before, { ...before, minutes: '30' })).toEqual({ duration: 1800 });
    expect(windowChange(before, { ...before, rrule: ' ' })).toEqual({ rrule: null });
    expect(windowBody(before)).toMatchObject({
      starts_at: WINDOW.starts_at,
      duration: 3600,
      rrule: 'FREQ=WEEKLY',
    });
  });
});

describe('the history', () => {
  const event = (number: number, own: Partial<HistoryEvent>): HistoryEvent => ({
    number,
    type: 'updated',
    at: '2026-01-15T10:00:00Z',
    actor: { id: 'alice', role: 'admin', via: 'api' },
    reason: 'Upgrade',
    maintenance_id: 'm1',
    details: {},
    version: number,
    hash: '',
    ...own,
  });
  const begun = event(1, { type: 'activated', details: { mode: 'normal', ends_at: null } });

  test('tells what an event says otherwise than the one before it', () => {
    const escalated = event(2, {
      type: 'escalated',
      reason: 'Data loss',
      details: { mode: 'emergency', grace_period: 30 },
    });
    expect(differences(escalated, [begun])).toEqual([
      { fact: 'Reason', before: 'Upgrade', after: 'Data loss' },
      { fact: 'Mode', before: 'normal', after: 'emergency' },
      { fact: 'Grace period', before: null, after: '30' },
    ]);
  });

  test('compares a window with itself, and tells what is gone', () => {
    const scheduled = event(3, {
      type: 'window_scheduled',
      maintenance_id: null,
      details: { window: { id: 'w1', duration: 3600, rrule: 'FREQ=DAILY', next: [{}] } },
    });
    const changed = event(4, {
      type: 'window_changed',
      maintenance_id: null,
      details: { window: { id: 'w1', duration: 60, rrule: null } },
    });
    expect(differences(changed, [begun, scheduled])).toEqual([
      { fact: 'Duration', before: '3600', after: '60' },
      { fact: 'Rrule', before: 'FREQ=DAILY', after: null },
    ]);
  });

  test('compares a change with all that was said of the maintenance before', () => {
    const escalated = event(2, { type: 'escalated', details: { mode: 'emergency' } });
    const changed = event(3, {
      details: { changed: ['ends_at'], ends_at: '2026-01-15T12:00:00Z', auto_end: false },
    });
    expect(
      differences(changed, [
        escalated,
        event(1, { ...begun, details: { ...begun.details, auto_end: false } }),
      ]),
    ).toEqual([{ fact: 'Ends at', before: 'no end', after: '2026-01-15T12:00:00Z' }]);
  });

  test('has a title for every event, and one of its own for an emergency', () => {
    expect(eventTitle({ type: 'activated', details: { mode: 'emergency' } })).toBe('Emergency declared');
    const newerThanTheConsole = 'never_seen' as HistoryEvent['type'];
    expect(eventTitle({ type: newerThanTheConsole, details: {} })).toBe('Never seen');
  });
});
