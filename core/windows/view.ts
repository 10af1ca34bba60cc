import { planOf } from '../commands/apply-command.ts';
import { check } from '../commands/parse-command.ts';
import { windowsQuery } from '../commands/schemas.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { effective } from '../state/clock.ts';
import { windowOf } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import { spansOf } from './occurrences.ts';
import type { Window } from './window.ts';

/** A window as the HTTP API shows it. */
export interface WindowView {
  readonly id: string;
  readonly reason: string;
  readonly starts_at: string;
  readonly ends_at: string;
  /** Seconds from start to planned end. */
  readonly duration: number;
  readonly mode: 'normal' | 'test';
  readonly auto_end: boolean;
  /** Null where everything is blocked that can be. */
  readonly blocked_operations: readonly string[] | null;
  readonly rrule: string | null;
  readonly timezone: string;
  readonly status: 'scheduled' | 'running' | 'cancelled';
  /** The next times that it takes place, without the one that runs. */
  readonly next: readonly { readonly starts_at: string; readonly ends_at: string }[];
  readonly scheduled_at: string;
  readonly scheduled_by: string;
}

export interface WindowsPage {
  readonly items: readonly WindowView[];
  readonly next_cursor: string | null;
}

/** Occurrences that are shown. */
const SHOWN = 5;

/**
 * A window as it is seen in a state. One that runs for the last time is shown as its maintenance has become: an update
 * of that changes nothing of the window.
 */
export function windowView(window: Window, state: State, now: number): WindowView {
  const { maintenance } = effective(state, now);
  const running = maintenance !== null && windowOf(maintenance.id) === window.id ? maintenance : null;
  const next = [...take(SHOWN, spansOf(window, now))];
  const view = viewOf(window, running === null ? 'scheduled' : 'running', next);
  if (running === null || next.length > 0) return view;
  const { reason, endsAt, autoEnd, blockedOperations } = planOf(running);
  const end = endsAt ?? running.startedAt + window.length;
  return {
    ...view,
    reason,
    starts_at: rfc3339(running.startedAt),
    ends_at: rfc3339(end),
    duration: Math.round((end - running.startedAt) / 1000),
    auto_end: autoEnd,
    blocked_operations: blockedOperations,
  };
}

/** A window that takes place no more. */
export function cancelledView(window: Window): WindowView {
  return viewOf(window, 'cancelled', []);
}

function viewOf(
  window: Window,
  status: WindowView['status'],
  next: readonly { startsAt: number; endsAt: number }[],
): WindowView {
  const { startsAt, length } = window;
  return {
    id: window.id,
    reason: window.reason,
    ...instants({ startsAt, endsAt: startsAt + length }),
    duration: Math.round(length / 1000),
    mode: window.mode,
    auto_end: window.autoEnd,
    blocked_operations: window.blockedOperations,
    rrule: window.rrule,
    timezone: window.timezone,
    status,
    next: next.map(instants),
    scheduled_at: rfc3339(window.scheduledAt),
    scheduled_by: window.scheduledBy,
  };
}

function instants({ startsAt, endsAt }: { startsAt: number; endsAt: number }) {
  return { starts_at: rfc3339(startsAt), ends_at: rfc3339(endsAt) };
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
  query: Readonly<Record<string, unknown>>,
  living: readonly Window[],
  state: State,
  now: number,
): WindowsPage {
  const parsed = check(windowsQuery, query, 'query');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { cursor } = parsed.value;
  const from = cursor === undefined ? 0 : decodeCursor(cursor);
  if (from === null)
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  const to = from + Number(parsed.value.limit);
  const views = living.map((window) => windowView(window, state, now)).sort(byNextStart);
  return { items: views.slice(from, to), next_cursor: to < views.length ? encodeCursor(to) : null };
}

function byNextStart(a: WindowView, b: WindowView): number {
  const startOf = ({ status, next }: WindowView) =>
    status === 'running' ? Number.NEGATIVE_INFINITY : Date.parse(next[0]?.starts_at ?? '');
  return startOf(a) - startOf(b);
}
