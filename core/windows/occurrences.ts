import { isBuiltInOperation } from '../decision/operations.ts';
import { MAX_SCHEDULE_BYTES, windowOf } from '../state/schedule.ts';
import type { ComingWindow, WindowSchedule } from '../state/state.ts';
import { localTimeOf, readingOf } from './local-time.ts';
import { countOf, goesByHours, occurrences, type Start } from './recurrence.ts';
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

/**
 * The occurrences of a window that begin after an instant, as far ahead as windows are looked at. Each ends when the
 * clock shows the local time that its length reaches; those that are skipped and those of which nothing is left are
 * none.
 */
export function* spansOf(window: Window, after: number): Generator<Span, void> {
  for (const start of startsOf(window, after)) {
    const span = spanFrom(start, window);
    if (isLeft(span) && !window.skipped?.includes(span.startsAt)) yield span;
  }
}

function* startsOf(window: Window, after: number): Generator<Start, void> {
  let looked = 0;
  for (const start of occurrences(window, after)) {
    if (start.startsAt - after > HORIZON || looked === MAX_CANDIDATES) return;
    looked += 1;
    yield start;
  }
}

/** An end inside a gap is the gap's end; of one that is shown twice the first counts that lies after the start. */
function spanFrom({ startsAt, local }: Start, { length, timezone, rrule }: Window): Span {
  if (goesByHours(rrule)) return { startsAt, endsAt: startsAt + length };
  const { shown, instant, last } = readingOf(local + length, timezone);
  const isLast = shown === 'never' || (shown === 'twice' && instant <= startsAt);
  return { startsAt, endsAt: isLast ? last : instant };
}

function isLeft({ startsAt, endsAt }: Span): boolean {
  return endsAt > startsAt;
}

/** From its beginning to its end by the clock on the wall, whether or not its rule takes place then. */
export function firstSpanOf(window: Window): Span {
  const { startsAt, timezone } = window;
  return spanFrom({ startsAt, local: localTimeOf(startsAt, timezone) }, window);
}

/** Why a rule can't be followed far enough, or null when it can. */
export function reachProblem(window: Window, after: number): string | null {
  const { rrule, startsAt } = window;
  const when = rrule === null ? 'start' : 'occur';
  if (startsOf(window, after).next().done) return `must ${when} within the next ten years`;
  if (spansOf({ ...window, skipped: [] }, after).next().done) {
    return 'must leave something of its occurrences: each falls into the hour that is left out when the clocks change';
  }
  const count = rrule === null ? null : countOf(rrule);
  if (count === null || !/;BY|^BY/.test(rrule ?? '')) return null;
  let found = 0;
  for (const _ of startsOf(window, startsAt - 1)) found += 1;
  return found < count ? `must occur ${count} times within ten years, and does ${found} times` : null;
}

/** Whether a window that isn't skipped would begin at an instant to come. */
export function beginsAt(window: Window, instant: number): boolean {
  for (const { startsAt } of spansOf({ ...window, skipped: [] }, instant - 1)) return startsAt === instant;
  return false;
}

/** What the change of the clocks does to a window, up to a year ahead and a few times at most; a sentence each. */
export function clockWarnings(window: Window, after: number): string[] {
  const told = new Set<string>();
  for (const start of startsOf(window, after)) {
    if (start.startsAt - after > 400 * 24 * 3600 * 1000 || told.size === 4) break;
    const warning = clockWarning(start, window);
    if (warning !== null) told.add(warning);
  }
  return [...told];
}

function clockWarning(start: Start, window: Window): string | null {
  const { timezone, length, rrule } = window;
  if (rrule === null || goesByHours(rrule)) return null;
  const span = spanFrom(start, window);
  const [begin, end] = [readingOf(start.local, timezone), readingOf(start.local + length, timezone)];
  const [from, to] = [wallTime(start.local), wallTime(start.local + length)];
  const why = `because the clocks of ${timezone} change`;
  if (!isLeft(span)) return `It does not take place on ${from}: nothing is left of it then, ${why}.`;
  if (begin.shown === 'never') {
    return `${from} does not exist, ${why}: it begins at ${wallTime(localTimeOf(span.startsAt, timezone))} then.`;
  }
  if (begin.shown === 'twice') return `${from} exists twice, ${why}: it begins at the first.`;
  if (end.shown === 'never') {
    return `${to} does not exist, ${why}: it ends at ${wallTime(localTimeOf(span.endsAt, timezone))} then.`;
  }
  if (end.shown === 'twice') return `${to} exists twice, ${why}: it ends at the first.`;
  const hours = (span.endsAt - span.startsAt) / 3_600_000;
  if (span.endsAt - span.startsAt === length) return null;
  return `From ${from} to ${to} it takes ${Math.round(hours * 100) / 100} hours, ${why}.`;
}

/** @example wallTime(Date.UTC(2027, 2, 28, 2, 30)) // '2027-03-28 02:30' */
function wallTime(local: number): string {
  return new Date(local).toISOString().slice(0, 16).replace('T', ' ');
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

/** Windows that are not over: they run, or they have an occurrence to come, be it skipped. */
export function livingWindows(
  windows: readonly Window[],
  maintenanceId: string | null,
  now: number,
): readonly Window[] {
  const running = maintenanceId === null ? null : windowOf(maintenanceId);
  return windows.filter(
    (window) => window.id === running || !spansOf({ ...window, skipped: [] }, now).next().done,
  );
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
    const more = withSpan(schedule, queue.window, queue.first.value);
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

/** Occurrences of a window that last as long stand together: one over a change of the clocks stands by itself. */
function withSpan(schedule: WindowSchedule, window: Window, { startsAt, endsAt }: Span): WindowSchedule {
  const { id, mode, reason, autoEnd, blockedOperations, scheduledBy } = window;
  const { publicReason, invalidateSessions, notifyUsers, drainDeadline } = window;
  const length = endsAt - startsAt;
  const known = schedule.windows.find((coming) => coming.id === id && coming.length === length);
  const coming: ComingWindow = {
    ...(known ?? {
      id,
      mode,
      reason,
      ...(publicReason !== undefined && { publicReason }),
      autoEnd,
      blockedOperations,
      ...(invalidateSessions !== undefined && { invalidateSessions }),
      ...(notifyUsers !== undefined && { notifyUsers }),
      ...(drainDeadline !== undefined && { drainDeadline }),
      length,
      scheduledBy,
    }),
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
