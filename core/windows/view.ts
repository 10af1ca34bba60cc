import { planOf } from '../commands/plan.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { effective } from '../state/clock.ts';
import { windowOf } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { localTimeOf } from './local-time.ts';
import { firstSpanOf, spansOf } from './occurrences.ts';
import type { WindowsPage, WindowsQuery, WindowView } from './schemas.ts';
import type { Window } from './window.ts';
import { viewOfFacts, type WindowFacts } from './window-facts.ts';

/** Occurrences that are shown. */
const SHOWN = 5;

/**
 * What is to be said of a window in a state. One that runs for the last time is told of as its maintenance has become:
 * an update of that changes nothing of the window.
 */
export function windowFacts(window: Window, state: State, now: number): WindowFacts {
  const { maintenance } = effective(state, now);
  const running = maintenance !== null && windowOf(maintenance.id) === window.id ? maintenance : null;
  const next = [...take(SHOWN, spansOf(window, now))];
  const { endsAt: firstEnd } = firstSpanOf(window);
  if (running === null) return { ...window, endsAt: firstEnd, status: 'scheduled', next };
  if (next.length > 0) return { ...window, endsAt: firstEnd, status: 'running', next };
  const { publicReason: _, ...rest } = window;
  const { reason, publicReason, endsAt, autoEnd, blockedOperations } = planOf(running);
  const { startedAt: startsAt } = running;
  const length =
    endsAt === null
      ? window.length
      : localTimeOf(endsAt, window.timezone) - localTimeOf(startsAt, window.timezone);
  return {
    ...rest,
    reason,
    ...(publicReason !== undefined && { publicReason }),
    startsAt,
    endsAt: endsAt ?? firstEnd,
    length,
    autoEnd,
    blockedOperations,
    status: 'running',
    next,
  };
}

/** A window that takes place no more. */
export function cancelledFacts(window: Window): WindowFacts {
  return { ...window, endsAt: firstSpanOf(window).endsAt, status: 'cancelled', next: [] };
}

/** A window as it is shown in a state. */
export function windowView(window: Window, state: State, now: number): WindowView {
  return viewOfFacts(windowFacts(window, state, now));
}

/** A window that takes place no more, as it is shown. */
export function cancelledView(window: Window): WindowView {
  return viewOfFacts(cancelledFacts(window));
}

function* take<T>(count: number, items: Iterable<T>): Generator<T> {
  let taken = 0;
  for (const item of items) {
    yield item;
    taken += 1;
    if (taken === count) return;
  }
}

/** Windows that are not over, the one that runs first, then by their next start; a page at a time. Throws HttpProblem. */
export function windowsPage(
  query: WindowsQuery,
  living: readonly Window[],
  state: State,
  now: number,
): WindowsPage {
  const page = pageOf(query, decodeCursor);
  const from = page.from ?? 0;
  const to = from + page.limit;
  const views = living.map((window) => windowView(window, state, now)).sort(byNextStart);
  return { items: views.slice(from, to), next_cursor: to < views.length ? encodeCursor(to) : null };
}

function byNextStart(a: WindowView, b: WindowView): number {
  const startOf = ({ status, next, starts_at }: WindowView) =>
    status === 'running' ? Number.NEGATIVE_INFINITY : Date.parse(next[0]?.starts_at ?? starts_at);
  return startOf(a) - startOf(b);
}
