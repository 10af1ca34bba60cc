import { planWarnings, windowWarnings } from '../../core/commands/answer.ts';
import { appendChange, stateOf } from '../../core/events/append-change.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { effective } from '../../core/state/clock.ts';
import { nextOccurrence } from '../../core/state/schedule.ts';
import type { State } from '../../core/state/state.ts';
import { applyWindowChange, type WindowChange } from '../../core/windows/change-windows.ts';
import { clockWarnings, firstSpanOf, livingWindows } from '../../core/windows/occurrences.ts';
import { placeWarnings } from '../../core/windows/place-warnings.ts';
import { cancelledView, windowsPage, windowView } from '../../core/windows/view.ts';
import type { Window } from '../../core/windows/window.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { requestHash } from '../http/preconditions.ts';
import { changeState } from './change-state.ts';
import type { ControlParts } from './parts.ts';

/** The windows that are not over, a page at a time. */
export async function listWindows({ query }: Call<'windows'>, parts: ControlParts): Promise<Answered> {
  const { state, living, now } = await read(parts);
  return { answer: windowsPage(query, living, state, now) };
}

/** One window. */
export async function showWindow({ parameters }: Call<'window'>, parts: ControlParts): Promise<Answered> {
  const { state, living, now } = await read(parts);
  const { id = '' } = parameters;
  const window = living.find((candidate) => candidate.id === id);
  if (window !== undefined) return { answer: windowView(window, state, now) };
  throw new HttpProblem('window_not_found', `There is no window ${id}, or it is over.`);
}

/** Schedules a window. */
export function scheduleWindow(call: Call<'scheduleWindow'>, parts: ControlParts): Promise<Answered> {
  const { body, sent } = call;
  return change(call, parts, { type: 'add', body }, requestHash('scheduleWindow', sent));
}

/** Changes a window, or the maintenance that it has become. */
export function changeWindow(call: Call<'changeWindow'>, parts: ControlParts): Promise<Answered> {
  const { body, sent } = call;
  const { id = '' } = call.parameters;
  const hash = requestHash('changeWindow', { id, body: sent });
  return change(call, parts, { type: 'change', id, body }, hash);
}

/** Leaves one occurrence of a window out, or takes it back. */
export function skipOccurrence(
  call: Call<'skipOccurrence'> | Call<'unskipOccurrence'>,
  parts: ControlParts,
  type: 'skip' | 'unskip',
): Promise<Answered> {
  const { id = '' } = call.parameters;
  const { body, sent } = call;
  const hash = requestHash(`${type}Occurrence`, { id, body: sent });
  return change(call, parts, { type, id, body }, hash);
}

/** Cancels what has not begun of a window. */
export function cancelWindow(call: Call<'cancelWindow'>, parts: ControlParts): Promise<Answered> {
  const { id = '' } = call.parameters;
  return change(call, parts, { type: 'cancel', id }, requestHash('cancelWindow', { id }));
}

async function read({ events, windows, now }: ControlParts) {
  const instant = now();
  const state = effective(stateOf(await events.head()), instant);
  const all = await windows.read(state.windows?.name ?? null);
  return { state, living: livingWindows(all, state.maintenance?.id ?? null, instant), now: instant };
}

function change(
  call: Call,
  { events, windows, now, newId }: ControlParts,
  windowChange: WindowChange,
  hash: string,
): Promise<Answered> {
  return changeState(call, hash, now, (conditions) => {
    const { actor } = conditions;
    let changed: Window | null = null;
    return appendChange(
      { log: events, now },
      {
        ...conditions,
        apply: async (state, instant) => {
          const circumstances = { actor, now: instant, newId };
          const applied = await applyWindowChange(state, windowChange, circumstances, windows);
          changed = applied.window;
          return applied.outcome;
        },
        answer: ({ state, at }) => changed && answerOf(changed, windowChange, state, at),
      },
    );
  });
}

function answerOf(window: Window, change: WindowChange, state: State, at: number) {
  const { version } = state;
  if (change.type === 'cancel') return { ...cancelledView(window), warnings: [], version };
  const seen = effective(state, at);
  const isNext = nextOccurrence(seen.windows)?.window.id === window.id;
  const plan = { ...window, endsAt: firstSpanOf(window).endsAt };
  const warnings = [
    ...planWarnings(plan),
    ...(isNext ? windowWarnings(seen) : []),
    ...placeWarnings(window, 'body' in change ? change.body : {}),
    ...clockWarnings(window, at),
  ];
  return { ...windowView(window, state, at), warnings, version };
}
