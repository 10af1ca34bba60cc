import type * as z from 'zod';
import type { Parsed } from '../http/check.ts';
import { check } from '../http/check.ts';
import { type Command, USUAL_DEBUG_MINUTES } from './command.ts';
import {
  emergencyBody,
  emptyBody,
  enableBody,
  logLevelBody,
  purgeBody,
  resetBody,
  revocationBody,
  updateBody,
} from './schemas.ts';

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

function toEnable(body: z.output<typeof enableBody>): Command {
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

function toEmergency(body: z.output<typeof emergencyBody>): Command {
  return {
    type: 'emergency',
    reason: body.reason,
    terminateJobs: body.terminate_jobs,
    gracePeriod: body.grace_period,
  };
}

function toUpdate(body: z.output<typeof updateBody>): Command {
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
