import { MAX_DURATION_S, MIN_DURATION_S } from '../commands/command.ts';
import type { FieldProblem } from '../commands/outcome.ts';
import { newPublicReason } from '../commands/plan.ts';
import type { WindowOrders } from '../state/state.ts';
import { localTimeOf } from './local-time.ts';
import { normalRule } from './recurrence-rule.ts';
import type { WindowBody, WindowChangeBody } from './schemas.ts';
import type { Window } from './window.ts';

/** Milliseconds that a start may lie in the past: whoever asks for "now" has a clock of their own. */
const NOW_TOLERANCE = 60_000;

export type Requested = { readonly window: Window } | { readonly problems: readonly FieldProblem[] };

/**
 * The window that a request schedules, as far as it can be told from the request alone.
 *
 * @param now ms since the epoch
 */
export function newWindow(
  body: WindowBody,
  { id, now, scheduledBy }: { readonly id: string; readonly now: number; readonly scheduledBy: string },
): Requested {
  const rrule = body.rrule === undefined ? null : normalRule(body.rrule);
  const { timezone = 'UTC' } = body;
  const startsAt = startOf(body.starts_at, rrule, now);
  return checked(body, now, {
    id,
    reason: body.reason,
    ...newPublicReason({ reason: body.reason }, body.public_reason),
    startsAt,
    length: lengthOf(body, startsAt, timezone) ?? 0,
    mode: body.mode,
    autoEnd: body.auto_end,
    blockedOperations: body.blocked_operations ?? null,
    ...ordersOf(body, {}),
    rrule,
    timezone,
    scheduledAt: now,
    scheduledBy,
  });
}

/** A window with what a request changes of it. A start that is moved takes the end along, unless that is given too. */
export function changedWindow(window: Window, body: WindowChangeBody, now: number): Requested {
  const rule = body.rrule === undefined ? window.rrule : body.rrule;
  const rrule = rule === null ? null : normalRule(rule);
  const startsAt = body.starts_at === undefined ? window.startsAt : startOf(body.starts_at, rrule, now);
  const timezone = body.timezone ?? window.timezone;
  const { blocked_operations: blocked } = body;
  const { publicReason: _, invalidateSessions: __, notifyUsers: ___, drainDeadline: ____, ...rest } = window;
  return checked(body, now, {
    ...rest,
    reason: body.reason ?? window.reason,
    ...newPublicReason(window, body.public_reason),
    startsAt,
    length: lengthOf(body, startsAt, timezone) ?? window.length,
    mode: body.mode ?? window.mode,
    autoEnd: body.auto_end ?? window.autoEnd,
    blockedOperations: blocked === undefined ? window.blockedOperations : blocked,
    ...ordersOf(body, window),
    rrule,
    timezone,
  });
}

/** What a window orders with what a request names of it; the rest stays as it was. */
function ordersOf(body: WindowChangeBody, before: WindowOrders): WindowOrders {
  const {
    invalidate_sessions: invalidates = before.invalidateSessions ?? true,
    notify_users: notifies = before.notifyUsers ?? true,
    drain_deadline: drainDeadline = before.drainDeadline ?? null,
  } = body;
  return {
    ...(!invalidates && { invalidateSessions: false as const }),
    ...(!notifies && { notifyUsers: false as const }),
    ...(drainDeadline !== null && { drainDeadline }),
  };
}

/** A window that takes place once and is to begin now begins now, not a little before. */
function startOf(text: string, rrule: string | null, now: number): number {
  const given = Date.parse(text);
  const isNow = rrule === null && given < now && given >= now - NOW_TOLERANCE;
  return isNow ? now : given;
}

/** By the clock on the wall. */
function lengthOf(
  { duration, ends_at: endsAt }: WindowChangeBody,
  startsAt: number,
  timezone: string,
): number | null {
  if (duration !== undefined) return duration * 1000;
  if (endsAt === undefined) return null;
  return localTimeOf(Date.parse(endsAt), timezone) - localTimeOf(startsAt, timezone);
}

function checked(body: WindowChangeBody, now: number, window: Window): Requested {
  const problems: FieldProblem[] = [];
  if (body.starts_at !== undefined && window.startsAt < now - NOW_TOLERANCE) {
    problems.push({ field: 'starts_at', message: 'must not lie in the past' });
  }
  if (window.drainDeadline !== undefined && window.mode === 'test') {
    problems.push({ field: 'drain_deadline', message: 'can only be given in normal mode' });
  }
  const seconds = window.length / 1000;
  if (seconds < MIN_DURATION_S || seconds > MAX_DURATION_S) {
    const message = `must be ${MIN_DURATION_S} to ${MAX_DURATION_S} seconds after the start`;
    problems.push({ field: 'ends_at', message });
  }
  return problems.length > 0 ? { problems } : { window };
}
