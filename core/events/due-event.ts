import { type ClockStep, clockStep } from '../state/clock.ts';
import { nextOrder } from '../state/purge-order.ts';
import { windowOf } from '../state/schedule.ts';
import { type Maintenance, plannedEnd, type State } from '../state/state.ts';
import { type Changes, nextState } from '../state/transition.ts';
import { rfc3339 } from '../text.ts';
import { closing, completedTestRun } from './closing.ts';
import { CLOCK, type EventDraft } from './event.ts';
import type { EventFacts, OpeningDetails } from './event-types.ts';

/**
 * The event that the clock has made due in `state`, null when there is none. At most one: append it and ask again.
 *
 * @param since when `state` came to be: a maintenance taken up again after its planned end was not over before
 */
export function dueEvent(state: State, now: number, since: number): EventDraft | null {
  const step = clockStep(state, now);
  if (step === null) return null;
  const { what, about } = step;
  return {
    ...factsOf(step, since),
    at: now,
    actor: CLOCK,
    reason: what === 'ended' ? null : about.reason,
    maintenanceId: about.id,
    state: nextState(step.after, now, orderOf(step, state)),
  };
}

function factsOf({ what, at, about, endsSessions, completed }: ClockStep, since: number): EventFacts {
  switch (what) {
    case 'ended': {
      const type = windowOf(about.id) === null ? 'auto_ended' : 'window_ended';
      return { type, details: closing(about, Math.max(at, since)) };
    }
    case 'begun':
      return {
        type: 'window_begun',
        details: { ...opening(about, endsSessions), ...completedTestRun(completed, at) },
      };
    case 'absorbed':
      return { type: 'window_absorbed', details: opening(about, endsSessions) };
  }
}

/** A window's sessions go as of its start, however late that is told: those that begin after its end are no part of it. */
function orderOf({ what, at, about, endsSessions }: ClockStep, before: State): Changes {
  if (what !== 'begun' || !endsSessions) return {};
  return { order: nextOrder(before, at, { scope: 'members' }, about) };
}

/** What a window begins, or would have begun. */
function opening(about: Maintenance, endsSessions: boolean): OpeningDetails {
  const endsAt = plannedEnd(about);
  return {
    window: windowOf(about.id),
    mode: about.mode,
    starts_at: rfc3339(about.startedAt),
    ends_at: endsAt === null ? null : rfc3339(endsAt),
    invalidate_sessions: endsSessions,
  };
}
