import type * as z from 'zod';
import { truncate } from '../text.ts';
import { type Command, USUAL_DEBUG_MINUTES } from './command.ts';
import type { FieldProblem } from './outcome.ts';
import {
  type EmergencyBody,
  type EnableBody,
  emergencyBody,
  emptyBody,
  enableBody,
  logLevelBody,
  purgeBody,
  resetBody,
  revocationBody,
  type UpdateBody,
  updateBody,
} from './schemas.ts';

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** A body may hold any number of mistakes; this many are told. */
const MOST_PROBLEMS = 20;
const LONGEST_FIELD = 100;

/**
 * Checks a value by a schema. A problem names the field of the first level that it is about;
 * what is about the whole names `whole`.
 *
 * @example check(enableBody, { reason: '' }, 'body') // problems: [{ field: 'reason', message: 'must not be empty' }]
 */
export function check<S extends z.ZodType>(schema: S, value: unknown, whole: string): Parsed<z.output<S>> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => toProblems(issue, whole));
  return { ok: false, problems: firstOfEach(problems).slice(0, MOST_PROBLEMS) };
}

function toProblems(issue: z.core.$ZodIssue, whole: string): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: truncate(key, LONGEST_FIELD),
      message: 'is not a field of this call',
    }));
  }
  const [field] = issue.path;
  if (field === undefined) return [{ field: whole, message: 'must be a JSON object' }];
  return [{ field: String(field), message: issue.message }];
}

/** A field that is wrong in several ways is told once. */
function firstOfEach(problems: readonly FieldProblem[]): FieldProblem[] {
  return [...new Map(problems.toReversed().map((problem) => [problem.field, problem])).values()].reverse();
}

export type CommandType = Command['type'];

/** The command that a JSON body asks for. */
export function parseCommand(type: CommandType, body: unknown): Parsed<Command> {
  switch (type) {
    case 'enable':
      return mapped(check(enableBody, body, 'body'), toEnable);
    case 'emergency':
      return mapped(check(emergencyBody, body, 'body'), toEmergency);
    case 'update':
      return mapped(check(updateBody, body, 'body'), toUpdate);
    case 'purge_sessions':
      return mapped(check(purgeBody, body, 'body'), ({ all }) => ({ type, all }));
    case 'revoke':
      return mapped(check(revocationBody, body, 'body'), ({ principal }) => ({ type, principal }));
    case 'log_level':
      return mapped(check(logLevelBody, body, 'body'), ({ level, minutes = USUAL_DEBUG_MINUTES }) => ({
        type,
        level,
        minutes,
      }));
    case 'reset':
      return mapped(check(resetBody, body, 'body'), ({ windows, rules }) => ({ type, windows, rules }));
    case 'deescalate':
    case 'disable':
    case 'refresh':
      return mapped(check(emptyBody, body, 'body'), () => ({ type }));
  }
}

function mapped<A, B>(parsed: Parsed<A>, map: (value: A) => B): Parsed<B> {
  return parsed.ok ? { ok: true, value: map(parsed.value) } : parsed;
}

function toEnable(body: EnableBody): Command {
  return {
    type: 'enable',
    mode: body.mode,
    reason: body.reason,
    duration: body.duration,
    endsAt: body.ends_at === undefined ? undefined : Date.parse(body.ends_at),
    autoEnd: body.auto_end,
    blockedOperations: body.blocked_operations ?? null,
    invalidateSessions: body.invalidate_sessions,
    notifyUsers: body.notify_users,
    drainDeadline: body.drain_deadline,
  };
}

function toEmergency(body: EmergencyBody): Command {
  return {
    type: 'emergency',
    reason: body.reason,
    terminateJobs: body.terminate_jobs,
    gracePeriod: body.grace_period,
  };
}

function toUpdate(body: UpdateBody): Command {
  return {
    type: 'update',
    reason: body.reason,
    duration: body.duration,
    endsAt: typeof body.ends_at === 'string' ? Date.parse(body.ends_at) : body.ends_at,
    autoEnd: body.auto_end,
    blockedOperations: body.blocked_operations,
    drainDeadline: body.drain_deadline,
  };
}
