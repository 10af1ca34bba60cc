import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { appendDueEvents, stateOf } from '../../../../core/events/append-change.ts';
import { dueEvent } from '../../../../core/events/due-event.ts';
import { clockStep, effective } from '../../../../core/state/clock.ts';
import { nextOccurrence, occurrenceId, windowOf } from '../../../../core/state/schedule.ts';
import type { ComingWindow, Maintenance, State } from '../../../../core/state/state.ts';
import { maintenance as anyMaintenance } from '../../../support/arbitraries.ts';
import {
  ALICE,
  deepFreeze,
  emergency,
  NOW,
  normalMaintenance,
  stateWith,
  testRun,
} from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { comingWindow, scheduleWith } from '../../../support/windows.ts';

const HOUR = 3_600_000;
const START = NOW + HOUR;
const END = START + HOUR;

function stateOfWindows(maintenance: Maintenance | null, ...windows: readonly ComingWindow[]): State {
  return { ...stateWith(maintenance), windows: scheduleWith(...windows) };
}

describe('by the clock alone', () => {
  const state = deepFreeze(stateOfWindows(null, comingWindow()));

  test.each([
    { when: 'before its start', now: START - 1, isActive: false },
    { when: 'at its start', now: START, isActive: true },
    { when: 'after its start', now: START + 1, isActive: true },
    { when: 'before its end', now: END - 1, isActive: true },
    { when: 'at its end', now: END, isActive: false },
    { when: 'after its end', now: END + 1, isActive: false },
  ])('a window is in force $when: $isActive', ({ now, isActive }) => {
    expect(effective(state, now).maintenance !== null).toBe(isActive);
  });

  test('a window without auto_end goes on', () => {
    const open = stateOfWindows(null, comingWindow({ autoEnd: false }));
    expect(effective(open, END + 100 * HOUR).maintenance).toMatchObject({ endsAt: END, autoEnd: false });
  });

  test('the maintenance is that of the window, begun at its start', () => {
    expect(effective(state, START + 5).maintenance).toEqual({
      mode: 'normal',
      id: 'w-1@20260115T110000000Z',
      startedAt: START,
      startedBy: 'alice',
      notifyUsers: true,
      reason: 'Weekly upgrades',
      endsAt: END,
      autoEnd: true,
      blockedOperations: null,
    });
  });

  test("members' sessions end at the start, and stay ended after the end", () => {
    expect(effective(state, START - 1).sessionsInvalidBefore).toBeNull();
    expect(effective(state, START).sessionsInvalidBefore).toBe(START);
    expect(effective(state, END + HOUR).sessionsInvalidBefore).toBe(START);
    const later = { ...state, sessionsInvalidBefore: START + 1 };
    expect(effective(later, START + 2).sessionsInvalidBefore).toBe(START + 1);
  });

  test('a rehearsal ends no sessions', () => {
    const rehearsal = stateOfWindows(null, comingWindow({ mode: 'test' }));
    expect(effective(rehearsal, START)).toMatchObject({
      maintenance: { mode: 'test' },
      sessionsInvalidBefore: null,
    });
  });

  test('a daily window begins and ends day after day, though nobody writes an event', () => {
    const starts = Array.from({ length: 24 }, (_, day) => START + day * 24 * HOUR);
    const daily = stateOfWindows(null, comingWindow({ starts }));
    for (const start of starts) {
      expect(
        [start - 1, start, start + HOUR - 1, start + HOUR].map(
          (now) => effective(daily, now).maintenance?.id,
        ),
      ).toEqual([undefined, occurrenceId('w-1', start), occurrenceId('w-1', start), undefined]);
    }
  });
});

describe('a window that meets a maintenance', () => {
  const ending = (endsAt: number) => ({ endsAt, autoEnd: true });

  test.each([
    { meets: 'normal', held: normalMaintenance(), what: 'absorbed' },
    {
      meets: 'normal that the clock ends while the window lasts',
      held: normalMaintenance(ending(START + 1)),
      what: 'absorbed',
    },
    { meets: 'an emergency', held: emergency(), what: 'absorbed' },
    {
      meets: 'an emergency that suspended an end before the window',
      held: emergency({ suspended: { reason: 'x', blockedOperations: null, ...ending(NOW) } }),
      what: 'absorbed',
    },
    {
      meets: 'normal that the clock ends at its start',
      held: normalMaintenance(ending(START)),
      what: 'begun',
    },
    { meets: 'a test run', held: testRun(), what: 'begun' },
    { meets: 'a test run that the clock ends later', held: testRun(ending(START + 1)), what: 'begun' },
    { meets: 'a test run that the clock has ended', held: testRun(ending(START - 1)), what: 'begun' },
  ])('$meets: it is $what', ({ held, what }) => {
    const state = deepFreeze(stateOfWindows(held, comingWindow()));
    const seen = effective(state, START);
    expect(windowOf(seen.maintenance?.id ?? '') === 'w-1').toBe(what === 'begun');
    expect(nextOccurrence(seen.windows)).toBeNull();
    if (what === 'absorbed') expect(seen.sessionsInvalidBefore).toBe(state.sessionsInvalidBefore);
  });

  test('that it absorbs it comes to nothing, also when that ends while the window would last', () => {
    const state = stateOfWindows(normalMaintenance({ endsAt: START + 1, autoEnd: true }), comingWindow());
    expect(effective(state, START + 1).maintenance).toBeNull();
  });

  test('that it ends is a test run that is completed in the same event', () => {
    const state = stateOfWindows(testRun({ startedAt: NOW }), comingWindow());
    expect(dueEvent(state, START + 30_000, 0)).toMatchObject({
      type: 'window_begun',
      details: { completed_test_run: { id: 'm-1', mode: 'test', duration: 3600 } },
    });
  });

  test('that goes past its end absorbs the next occurrence', () => {
    const starts = [START, START + 24 * HOUR];
    const state = stateOfWindows(null, comingWindow({ autoEnd: false, starts }));
    expect(effective(state, START + 24 * HOUR).maintenance?.id).toBe(occurrenceId('w-1', START));
  });
});

describe('the events of the clock', () => {
  const state = stateOfWindows(null, comingWindow());

  test('tell of the beginning', () => {
    expect(dueEvent(state, START - 1, 0)).toBeNull();
    expect(dueEvent(state, START + 50, 0)).toMatchObject({
      type: 'window_begun',
      at: START + 50,
      actor: { id: 'clock' },
      reason: 'Weekly upgrades',
      maintenanceId: 'w-1@20260115T110000000Z',
      details: {
        window: 'w-1',
        mode: 'normal',
        starts_at: '2026-01-15T11:00:00Z',
        ends_at: '2026-01-15T12:00:00Z',
        invalidate_sessions: true,
      },
      state: { version: 8, sessionsInvalidBefore: START, windows: { windows: [] } },
    });
  });

  test("order the end of members' sessions as of the start, however late they are told", () => {
    expect(dueEvent(state, END + HOUR, 0)?.state.purge).toEqual({
      id: 'purge-8',
      at: START,
      maintenanceId: 'w-1@20260115T110000000Z',
      scope: 'members',
      users: [],
      spared: null,
    });
    const rehearsal = stateOfWindows(null, comingWindow({ mode: 'test' }));
    expect(dueEvent(rehearsal, START, 0)?.state).not.toHaveProperty('purge');
    expect(dueEvent(stateOfWindows(emergency(), comingWindow()), START, 0)?.state).not.toHaveProperty(
      'purge',
    );
  });

  test('tell of the end, as long as it was and not as late as it is told', () => {
    const begun = dueEvent(state, START + 50, 0)?.state ?? state;
    expect(dueEvent(begun, END - 1, START + 50)).toBeNull();
    expect(dueEvent(begun, END + 9 * HOUR, START + 50)).toMatchObject({
      type: 'window_ended',
      reason: null,
      details: { id: 'w-1@20260115T110000000Z', mode: 'normal', duration: 3600 },
      state: { version: 9, maintenance: null },
    });
  });

  test('tell that it was absorbed, and leave the maintenance as it is', () => {
    const held = stateOfWindows(emergency(), comingWindow());
    const told = dueEvent(held, START, 0);
    expect(told).toMatchObject({ type: 'window_absorbed', details: { window: 'w-1' } });
    expect(told?.state).toEqual({ ...held, version: 8, windows: scheduleWith() });
  });

  test('the end of a maintenance that an admin began is told as before', () => {
    const ending = stateWith(normalMaintenance({ endsAt: START, autoEnd: true }));
    expect(dueEvent(ending, START, 0)?.type).toBe('auto_ended');
  });
});

/** Windows that may do anything but overlap themselves. */
const coming = fc.record({
  mode: fc.constantFrom<'normal' | 'test'>('normal', 'test'),
  length: fc.integer({ min: 1, max: 5 }),
  autoEnd: fc.boolean(),
  starts: fc.uniqueArray(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 5 }),
});

const anyState: fc.Arbitrary<State> = fc
  .record({
    maintenance: fc.option(anyMaintenance),
    windows: fc.array(coming, { maxLength: 4 }),
    sessionsInvalidBefore: fc.option(fc.integer({ min: NOW - 30 * HOUR, max: NOW + 30 * HOUR })),
  })
  .map(({ windows, ...rest }) => ({
    version: 7,
    rules: null,
    ...rest,
    windows: scheduleWith(
      ...windows.map(({ starts, length, ...window }, index) =>
        comingWindow({
          ...window,
          id: `w-${index}`,
          length: length * HOUR,
          starts: starts.map((hours) => NOW + hours * HOUR).sort((a, b) => a - b),
        }),
      ),
    ),
  }));

const anyInstant = fc
  .integer({ min: -40, max: 40 })
  .chain((hours) => fc.constantFrom(-1, 0, 1).map((off) => NOW + hours * HOUR + off));

describe('laws', () => {
  test('what the clock says is what is so once its events are written, whenever they are', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyState,
        fc.array(anyInstant, { maxLength: 6 }),
        anyInstant,
        async (given, looks, at) => {
          const log = new InMemoryEventLog();
          const first = { ...given, version: 1 };
          await log.append(
            {
              type: 'refreshed',
              at: 0,
              actor: ALICE,
              reason: null,
              maintenanceId: null,
              details: {},
              state: first,
            },
            null,
          );
          // Somebody settles at some instants before; the last look says what is so.
          for (const now of looks.filter((look) => look <= at).sort((a, b) => a - b)) {
            await appendDueEvents({ log, now: () => now });
          }
          const settled = stateOf(await appendDueEvents({ log, now: () => at }));
          // What hangs on the events comes with them.
          const { purge: _, ...decisive } = settled;
          expect({ ...decisive, version: 1 }).toEqual(effective(first, at));
          expect(clockStep(settled, at)).toBeNull();
        },
      ),
    );
  });

  test('looking early changes nothing', () => {
    fc.assert(
      fc.property(anyState, anyInstant, anyInstant, (given, one, other) => {
        const [early, late] = [Math.min(one, other), Math.max(one, other)];
        expect(effective(effective(given, early), late)).toEqual(effective(given, late));
      }),
    );
  });

  test('the clock takes no step back, and each at its instant', () => {
    fc.assert(
      fc.property(anyState, anyInstant, (given, now) => {
        const instants: number[] = [];
        let seen = given;
        for (let step = clockStep(seen, now); step !== null; step = clockStep(seen, now)) {
          instants.push(step.at);
          seen = step.after;
        }
        expect(instants).toEqual([...instants].sort((a, b) => a - b));
        expect(instants.every((at) => at <= now)).toBe(true);
      }),
    );
  });
});
