import { isBuiltInOperation } from '../decision/operations.ts';
import { MAX_SCHEDULE_BYTES, windowOf } from '../state/schedule.ts';
import type { ComingWindow, WindowSchedule } from '../state/state.ts';
import { occurrences } from './recurrence.ts';
import type { Window } from './window.ts';

/** How far ahead windows are looked at: ms, some ten years, so that no leap day is missed. */
const HORIZON = 3660 * 24 * 3600 * 1000;

/** How many occurrences of a window are looked at. */
const MAX_CANDIDATES = 1000;

/** Occurrences that a state holds at most: a daily window goes on by the clock alone for more than three weeks. */
export const MAX_OCCURRENCES = 24;

/** When a window is in force; ms since the epoch. */
export interface Span {
  readonly startsAt: number;
  readonly endsAt: number;
}

/** The occurrences of a window that begin after an instant, as far ahead as windows are looked at. */
export function* spansOf(window: Window, after: number): Generator<Span, void> {
  let looked = 0;
  for (const startsAt of occurrences(window, after)) {
    if (startsAt - after > HORIZON || looked === MAX_CANDIDATES) return;
    looked += 1;
    yield { startsAt, endsAt: startsAt + window.length };
  }
}

/** Two occurrences of one window of which the second begins before the first ends, null when there are none. */
export function selfOverlap(window: Window, after: number): readonly [Span, Span] | null {
  let before: Span | null = null;
  for (const span of spansOf(window, after)) {
    if (before !== null && span.startsAt < before.endsAt) return [before, span];
    before = span;
  }
  return null;
}

/**
 * The first pair of occurrences of two series that overlap, null when none do. Each series ascends and does not
 * overlap itself, and each is only looked at as far as the other reaches. One may begin when the other ends.
 */
export function overlapOf(a: Iterable<Span>, b: Iterable<Span>): readonly [Span, Span] | null {
  const [left, right] = [a[Symbol.iterator](), b[Symbol.iterator]()];
  let [one, other] = [left.next(), right.next()];
  while (!one.done && !other.done) {
    if (one.value.endsAt <= other.value.startsAt) one = left.next();
    else if (other.value.endsAt <= one.value.startsAt) other = right.next();
    else return [one.value, other.value];
  }
  return null;
}

/** Windows that are not over: they run, or they have an occurrence to come. */
export function livingWindows(
  windows: readonly Window[],
  maintenanceId: string | null,
  now: number,
): readonly Window[] {
  const running = maintenanceId === null ? null : windowOf(maintenanceId);
  return windows.filter((window) => window.id === running || !spansOf(window, now).next().done);
}

/**
 * What a state holds of a set of windows: their first occurrences, no more than there is room for.
 *
 * @param name names the set
 * @param after the instant (ms) after which a window's occurrences are still to come
 */
export function scheduleOf(
  name: string,
  windows: readonly Window[],
  after: (window: Window) => number,
): WindowSchedule {
  const queues = windows.map((window): Queue => {
    const spans = spansOf(window, after(window));
    return { window, spans, first: spans.next() };
  });
  let schedule: WindowSchedule = { name, windows: [], hasMore: false, operations: operationsOf(windows) };
  for (let count = 0; ; count += 1) {
    const queue = earliest(queues);
    if (queue === null || queue.first.done) return schedule;
    const more = withStart(schedule, queue.window, queue.first.value.startsAt);
    if (count === MAX_OCCURRENCES || sizeOf(more) > MAX_SCHEDULE_BYTES) return { ...schedule, hasMore: true };
    schedule = more;
    queue.first = queue.spans.next();
  }
}

/** The occurrences of a window that are not in the schedule yet. */
interface Queue {
  readonly window: Window;
  readonly spans: Iterator<Span, void>;
  first: IteratorResult<Span, void>;
}

function earliest(queues: readonly Queue[]): Queue | null {
  const startOf = ({ first }: Queue) => (first.done ? Number.POSITIVE_INFINITY : first.value.startsAt);
  return queues.reduce<Queue | null>(
    (found, queue) => (found === null || startOf(queue) < startOf(found) ? queue : found),
    null,
  );
}

function withStart(schedule: WindowSchedule, window: Window, startsAt: number): WindowSchedule {
  const { id, mode, reason, autoEnd, blockedOperations, length, scheduledBy } = window;
  const known = schedule.windows.find((coming) => coming.id === id);
  const coming: ComingWindow = {
    ...(known ?? { id, mode, reason, autoEnd, blockedOperations, length, scheduledBy }),
    starts: [...(known?.starts ?? []), startsAt],
  };
  return { ...schedule, windows: [...schedule.windows.filter((other) => other !== known), coming] };
}

/** The owner's operation types that windows name. */
function operationsOf(windows: readonly Window[]): string[] {
  const names = windows.flatMap(({ blockedOperations }) => blockedOperations ?? []);
  return [...new Set(names.filter((name) => !isBuiltInOperation(name)))].sort();
}

function sizeOf(schedule: WindowSchedule): number {
  return new TextEncoder().encode(JSON.stringify(schedule)).length;
}

/** The occurrences that a schedule holds. */
export function comingIn(schedule: WindowSchedule): number {
  return schedule.windows.reduce((sum, { starts }) => sum + starts.length, 0);
}

/** Whether so few are left of more that the next ones should be put in. */
export function isRunningLow(schedule: WindowSchedule): boolean {
  return schedule.hasMore && comingIn(schedule) <= MAX_OCCURRENCES / 2;
}
