import { applyCommand, type Circumstances } from '../commands/apply-command.ts';
import { alreadyActive } from '../commands/conflicts.ts';
import {
  accepted,
  type CommandOutcome,
  type Conflict,
  conflict,
  type FieldProblem,
  invalid,
} from '../commands/outcome.ts';
import { planOf, planProblems } from '../commands/plan.ts';
import { windowOf } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { rfc3339 } from '../text.ts';
import {
  beginsAt,
  firstSpanOf,
  livingWindows,
  overlapOf,
  reachProblem,
  type Span,
  scheduleOf,
  selfOverlap,
  spansOf,
} from './occurrences.ts';
import { combinationProblem } from './recurrence.ts';
import { changedWindow, newWindow, type Requested } from './request.ts';
import type { SkipBody, WindowBody, WindowChangeBody } from './schemas.ts';
import { cancelledFacts, windowFacts } from './view.ts';
import { MAX_WINDOWS, type Window, type WindowStore } from './window.ts';

/** A change of the owner's windows. */
export type WindowChange =
  | { readonly type: 'add'; readonly body: WindowBody }
  | { readonly type: 'change'; readonly id: string; readonly body: WindowChangeBody }
  | { readonly type: 'skip' | 'unskip'; readonly id: string; readonly body: SkipBody }
  | { readonly type: 'cancel'; readonly id: string };

/** What a change comes to, and the window that it is about where that is an event. */
interface WindowOutcome {
  readonly outcome: CommandOutcome;
  readonly window: Window | null;
}

/**
 * Applies a change of the windows to a state in which nothing is due. The new set is kept before the event that
 * names it is written, so that no state ever names a set that is not there. Rejects with StoreUnavailableError or
 * CorruptLogError.
 */
export async function applyWindowChange(
  state: State,
  change: WindowChange,
  circumstances: Circumstances,
  store: WindowStore,
): Promise<WindowOutcome> {
  const { now, newId, actor } = circumstances;
  const all = await store.read(state.windows?.name ?? null);
  const known = livingWindows(all, state.maintenance?.id ?? null, now);
  const put: Put = { state, known, circumstances, store };
  if (change.type === 'add') {
    if (known.length >= MAX_WINDOWS) return refused(tooMany());
    const requested = newWindow(change.body, { id: newId(), now, scheduledBy: actor.id });
    return schedule('window_scheduled', requested, change.body, put);
  }
  const window = known.find(({ id }) => id === change.id);
  if (window === undefined) return refused(conflict(notFound(change.id)));
  if (change.type === 'skip' || change.type === 'unskip') {
    const startsAt = Date.parse(change.body.starts_at);
    const skipped = window.skipped?.filter((start) => start > now) ?? [];
    const isThere =
      change.type === 'skip' ? startsAt > now && beginsAt(window, startsAt) : skipped.includes(startsAt);
    if (!isThere) return refused(conflict(noOccurrence(window, startsAt, change.type)));
    const others = skipped.filter((start) => start !== startsAt);
    const changed = { ...window, skipped: change.type === 'skip' ? [...others, startsAt] : others };
    return placed('window_changed', changed, now, put);
  }
  const runsForTheLastTime = isRunning(window, state) && spansOf(window, now).next().done === true;
  if (change.type === 'change') {
    const body = withoutEcho(change.body, window);
    if (runsForTheLastTime) return changeRunning(state, window, body, circumstances);
    return schedule('window_changed', changedWindow(window, body, now), body, put);
  }
  if (runsForTheLastTime) return refused(conflict(running(window, 'POST /api/maintenance/disable ends it')));
  const left = known.filter((other) => other !== window);
  return written('window_cancelled', window, left, put, () => now);
}

/** A start that is what it was is none that is asked for: it may lie in the past by now. */
function withoutEcho(body: WindowChangeBody, { startsAt }: Window): WindowChangeBody {
  const isEcho = body.starts_at !== undefined && Date.parse(body.starts_at) === startsAt;
  return isEcho ? { ...body, starts_at: undefined } : body;
}

interface Put {
  readonly state: State;
  /** The windows that are not over. */
  readonly known: readonly Window[];
  readonly circumstances: Circumstances;
  readonly store: WindowStore;
}

/** Puts a window into the set, new or in place of what it was. */
async function schedule(
  type: 'window_scheduled' | 'window_changed',
  requested: Requested,
  body: WindowChangeBody,
  put: Put,
): Promise<WindowOutcome> {
  if ('problems' in requested) return refused(invalid(requested.problems));
  const { window } = requested;
  const { state } = put;
  const { now } = put.circumstances;
  // A start that is asked for may be this very instant; what has begun already does not begin again.
  const after = body.starts_at === undefined ? now : Math.min(window.startsAt - 1, now);
  const problems = windowProblems(window, state, after);
  if (problems.length > 0) return refused(invalid(problems));
  const [first] = spansOf(window, after);
  const { maintenance } = state;
  if (first !== undefined && first.startsAt <= now && maintenance !== null && maintenance.mode !== 'test') {
    return refused(alreadyActive(maintenance));
  }
  return placed(type, window, after, put);
}

/** Keeps a window, where no other is in its way. */
async function placed(
  type: 'window_scheduled' | 'window_changed',
  window: Window,
  after: number,
  put: Put,
): Promise<WindowOutcome> {
  const { state, known } = put;
  const { now } = put.circumstances;
  const others = known.filter(({ id }) => id !== window.id);
  const overlap = overlapWith(window, after, others, state, now);
  if (overlap !== null) return refused(conflict(overlap));
  return written(type, window, [...others, window], put, ({ id }) => (id === window.id ? after : now));
}

function windowProblems(window: Window, state: State, after: number): FieldProblem[] {
  const plan = { ...window, endsAt: firstSpanOf(window).endsAt };
  const problems = [...planProblems(plan, window.mode, state)];
  const unusable = combinationProblem(window);
  if (unusable !== null) return [...problems, { field: 'rrule', message: unusable }];
  const unreached = reachProblem(window, after);
  if (unreached !== null) {
    return [...problems, { field: window.rrule === null ? 'starts_at' : 'rrule', message: unreached }];
  }
  const twice = selfOverlap(window, after);
  if (twice !== null) {
    const [before, next] = twice;
    const message = `must not overlap itself: it would begin at ${rfc3339(next.startsAt)}, before it ends at ${rfc3339(before.endsAt)}`;
    problems.push({ field: 'rrule', message });
  }
  return problems;
}

/** What is in the way of a window: another one, or the maintenance that a window has begun. */
function overlapWith(
  window: Window,
  after: number,
  others: readonly Window[],
  state: State,
  now: number,
): Conflict | null {
  const spans = [...spansOf(window, after)];
  const present = runningSpan(state);
  const taken: (readonly [id: string, Iterable<Span>])[] = others.map((other) => [
    other.id,
    spansOf(other, now),
  ]);
  if (present !== null) taken.unshift([present.id, [present]]);
  for (const [id, other] of taken) {
    const found = overlapOf(spans, other);
    if (found !== null) return overlapping(id, found);
  }
  return null;
}

function overlapping(id: string, [own, other]: readonly [Span, Span]): Conflict {
  return {
    code: 'window_overlap',
    message: `From ${rfc3339(own.startsAt)} to ${rfc3339(own.endsAt)} it would overlap window ${id}, which lasts from ${rfc3339(other.startsAt)} to ${rfc3339(other.endsAt)}.`,
    remedy: `another time; or PATCH /api/maintenance/windows/${id} moves that window, DELETE /api/maintenance/windows/${id} cancels it`,
  };
}

/** The maintenance that a window has begun, up to its planned end; null where none has, or none is planned. */
function runningSpan({ maintenance }: State): (Span & { readonly id: string }) | null {
  const id = maintenance === null ? null : windowOf(maintenance.id);
  if (maintenance === null || id === null) return null;
  const { endsAt } = planOf(maintenance);
  return endsAt === null ? null : { id, startsAt: maintenance.startedAt, endsAt };
}

function isRunning(window: Window, { maintenance }: State): boolean {
  return maintenance !== null && windowOf(maintenance.id) === window.id;
}

/** A window that runs for the last time is its maintenance: that is what changes. */
function changeRunning(
  state: State,
  window: Window,
  body: WindowChangeBody,
  circumstances: Circumstances,
): WindowOutcome {
  const fixed = [
    body.starts_at,
    body.mode,
    body.rrule,
    body.timezone,
    body.invalidate_sessions,
    body.notify_users,
    body.drain_deadline,
  ];
  if (fixed.some((value) => value !== undefined)) {
    const remedy = `PATCH /api/maintenance/windows/${window.id} with reason, public_reason, ends_at, duration, auto_end or blocked_operations`;
    return refused(conflict(running(window, remedy)));
  }
  const outcome = applyCommand(
    state,
    {
      type: 'update',
      reason: body.reason,
      publicReason: body.public_reason,
      duration: body.duration,
      endsAt: body.ends_at === undefined ? undefined : Date.parse(body.ends_at),
      autoEnd: body.auto_end,
      blockedOperations: body.blocked_operations,
    },
    circumstances,
  );
  return { outcome, window };
}

async function written(
  type: 'window_scheduled' | 'window_changed' | 'window_cancelled',
  window: Window,
  windows: readonly Window[],
  { state, circumstances, store }: Put,
  after: (window: Window) => number,
): Promise<WindowOutcome> {
  const { now, actor } = circumstances;
  const next = nextState(state, now, {
    windows: windows.length === 0 ? null : scheduleOf(await store.write(windows), windows, after),
  });
  const outcome = accepted({
    type,
    at: now,
    actor,
    reason: window.reason,
    maintenanceId: null,
    details: {
      window: type === 'window_cancelled' ? cancelledFacts(window) : windowFacts(window, next, now),
    },
    state: next,
  });
  return { outcome, window };
}

function refused(outcome: CommandOutcome): WindowOutcome {
  return { outcome, window: null };
}

function tooMany(): CommandOutcome {
  return invalid([
    { field: 'starts_at', message: `cannot be had: there are ${MAX_WINDOWS} windows already; cancel one` },
  ]);
}

function notFound(id: string): Conflict {
  return {
    code: 'window_not_found',
    message: `There is no window ${id}, or it is over.`,
    remedy: 'GET /api/maintenance/windows lists them',
  };
}

function noOccurrence({ id }: Window, startsAt: number, type: 'skip' | 'unskip'): Conflict {
  const what = type === 'skip' ? 'begins nothing' : 'left nothing out';
  return {
    code: 'no_such_occurrence',
    message: `Window ${id} ${what} at ${rfc3339(startsAt)}.`,
    remedy: `GET /api/maintenance/windows/${id} shows what comes next`,
  };
}

function running({ id }: Window, remedy: string): Conflict {
  return {
    code: 'window_running',
    message: `Window ${id} has begun, and takes place no more after that.`,
    remedy,
  };
}
