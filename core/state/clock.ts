import { maintenanceOf, nextOccurrence, without } from './schedule.ts';
import { type Maintenance, plannedEnd, type State, type TestRun } from './state.ts';

/** Whether the clock has ended this maintenance by `now`. */
export function isEndedByClock(maintenance: Maintenance, now: number): boolean {
  if (maintenance.mode === 'emergency') return false;
  return maintenance.autoEnd && maintenance.endsAt !== null && maintenance.endsAt <= now;
}

/** One thing that the clock does to a state. */
export interface ClockStep {
  /** A maintenance ended, a window began, or one came to nothing because a maintenance was active already. */
  readonly what: 'ended' | 'begun' | 'absorbed';
  /** The instant at which it did: the planned end or start, ms since the epoch. */
  readonly at: number;
  /** The maintenance that ended, that began, or that would have begun. */
  readonly about: Maintenance;
  /** Whether members' sessions end with it. */
  readonly endsSessions: boolean;
  /** The test run that ended because a window began. */
  readonly completed: TestRun | null;
  /** The state after it, under the same version. */
  readonly after: State;
}

/**
 * What the clock has done first by `now` that is not in the state yet, null when there is nothing. A maintenance that
 * ends when a window begins makes room for it.
 */
export function clockStep(state: State, now: number): ClockStep | null {
  const { maintenance, windows } = state;
  const next = nextOccurrence(windows);
  const isBeginDue = next !== null && next.startsAt <= now;
  if (maintenance !== null && isEndedByClock(maintenance, now)) {
    const at = plannedEnd(maintenance) ?? now;
    if (!isBeginDue || at <= next.startsAt) {
      return {
        what: 'ended',
        at,
        about: maintenance,
        endsSessions: false,
        completed: null,
        after: { ...state, maintenance: null },
      };
    }
  }
  if (!isBeginDue || windows === undefined) return null;
  const about = maintenanceOf(next);
  const at = next.startsAt;
  const endsSessions = about.mode === 'normal' && next.window.invalidateSessions !== false;
  const rest = { ...state, windows: without(windows, next) };
  if (maintenance !== null && maintenance.mode !== 'test') {
    return { what: 'absorbed', at, about, endsSessions, completed: null, after: rest };
  }
  const { sessionsInvalidBefore: before } = state;
  const sessionsInvalidBefore = endsSessions ? Math.max(at, before ?? at) : before;
  const after = { ...rest, maintenance: about, sessionsInvalidBefore };
  return { what: 'begun', at, about, endsSessions, completed: maintenance, after };
}

/**
 * The state as seen at an instant: what the clock has ended is over and what it has begun is active, whether or not
 * the events have been written.
 *
 * @example effective({ ...state, maintenance: { ...m, autoEnd: true, endsAt: 1000 } }, 1000).maintenance // null
 */
export function effective(state: State, now: number): State {
  let seen = state;
  for (let step = clockStep(seen, now); step !== null; step = clockStep(seen, now)) seen = step.after;
  return seen;
}
