import { planWarnings, windowWarnings } from '../../core/commands/answer.ts';
import { commandResult } from '../../core/commands/result.ts';
import { emptyBody } from '../../core/commands/schemas.ts';
import { appendChange, stateOf } from '../../core/events/append-change.ts';
import { check } from '../../core/http/check.ts';
import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import { effective } from '../../core/state/clock.ts';
import { nextOccurrence } from '../../core/state/schedule.ts';
import type { State } from '../../core/state/state.ts';
import { applyWindowChange, type WindowChange } from '../../core/windows/change-windows.ts';
import { livingWindows } from '../../core/windows/occurrences.ts';
import { windowBody, windowChangeBody } from '../../core/windows/schemas.ts';
import { cancelledView, windowsPage, windowView } from '../../core/windows/view.ts';
import type { Window } from '../../core/windows/window.ts';
import { expectedVersion, idempotencyKey, requestHash } from '../http/preconditions.ts';
import { json, type ProxyResult, queryOf } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import type { ControlCall } from './serve.ts';

/** The windows that are not over, a page at a time. */
export async function listWindows(call: ControlCall): Promise<ProxyResult> {
  const { state, living, now } = await read(call);
  return json(200, windowsPage(queryOf(call.event), living, state, now));
}

/** One window. */
export async function showWindow(call: ControlCall): Promise<ProxyResult> {
  const { state, living, now } = await read(call);
  const { id = '' } = call.parameters;
  const window = living.find((candidate) => candidate.id === id);
  if (window !== undefined) return json(200, windowView(window, state, now));
  throw new HttpProblem('window_not_found', `There is no window ${id}, or it is over.`);
}

/** Schedules a window. */
export async function scheduleWindow(call: ControlCall): Promise<ProxyResult> {
  const body = readBody(call.event);
  const parsed = check(windowBody, body, 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  return change(call, { type: 'add', body: parsed.value }, requestHash('scheduleWindow', body), 201);
}

/** Changes a window, or the maintenance that it has become. */
export async function changeWindow(call: ControlCall): Promise<ProxyResult> {
  const body = readBody(call.event);
  const parsed = check(windowChangeBody, body, 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { id = '' } = call.parameters;
  const hash = requestHash('changeWindow', { id, body });
  return change(call, { type: 'change', id, body: parsed.value }, hash, 200);
}

/** Cancels what has not begun of a window. */
export async function cancelWindow(call: ControlCall): Promise<ProxyResult> {
  const parsed = check(emptyBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { id = '' } = call.parameters;
  return change(call, { type: 'cancel', id }, requestHash('cancelWindow', { id }), 200);
}

async function read({ events, windows, now }: ControlCall) {
  const instant = now();
  const state = effective(stateOf(await events.head()), instant);
  const all = await windows.read(state.windows?.name ?? null);
  return { state, living: livingWindows(all, state.maintenance?.id ?? null, instant), now: instant };
}

async function change(
  call: ControlCall,
  windowChange: WindowChange,
  hash: string,
  status: number,
): Promise<ProxyResult> {
  const { event, caller, events, windows, now, newId } = call;
  const actor = { ...caller.principal, via: 'api' as const };
  const key = idempotencyKey(event);
  let changed: Window | null = null;
  const outcome = await appendChange(
    { log: events, now },
    {
      actor,
      expectedVersion: expectedVersion(event),
      idempotency: key === undefined ? undefined : { key, requestHash: hash },
      apply: async (state, instant) => {
        const circumstances = { actor, now: instant, newId };
        const applied = await applyWindowChange(state, windowChange, circumstances, windows);
        changed = applied.window;
        return applied.outcome;
      },
      answer: ({ state, at }) => changed && answerOf(changed, windowChange, state, at),
    },
  );
  const { answer, version, isRepeated } = commandResult(outcome, now());
  return json(status, answer, {
    'X-Maintenance-Version': String(version),
    ...(isRepeated ? { 'Idempotent-Replayed': 'true' } : {}),
  });
}

function answerOf(window: Window, { type }: WindowChange, state: State, at: number) {
  const { version } = state;
  if (type === 'cancel') return { ...cancelledView(window), warnings: [], version };
  const seen = effective(state, at);
  const isNext = nextOccurrence(seen.windows)?.window.id === window.id;
  const plan = { ...window, endsAt: window.startsAt + window.length };
  const warnings = [...planWarnings(plan), ...(isNext ? windowWarnings(seen) : [])];
  return { ...windowView(window, state, at), warnings, version };
}
