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

/** The command that a body asks for that fits the schema of its call, by the command's type. */
export const TO_COMMAND = {
  enable: toEnable,
  emergency: toEmergency,
  update: toUpdate,
  purge_sessions: ({ all }: z.output<typeof purgeBody>): Command => ({ type: 'purge_sessions', all }),
  revoke: ({ principal }: z.output<typeof revocationBody>): Command => ({ type: 'revoke', principal }),
  log_level: ({ level, minutes = USUAL_DEBUG_MINUTES }: z.output<typeof logLevelBody>): Command => ({
    type: 'log_level',
    level,
    minutes,
  }),
  reset: ({ windows, rules }: z.output<typeof resetBody>): Command => ({ type: 'reset', windows, rules }),
  deescalate: (): Command => ({ type: 'deescalate' }),
  disable: (): Command => ({ type: 'disable' }),
  refresh: (): Command => ({ type: 'refresh' }),
} as const satisfies Readonly<Record<CommandType, (body: never) => Command>>;

/** The command that a JSON body asks for. */
export function parseCommand(type: CommandType, body: unknown): Parsed<Command> {
  switch (type) {
    case 'enable':
      return mapped(check(enableBody, body, 'body'), TO_COMMAND.enable);
    case 'emergency':
      return mapped(check(emergencyBody, body, 'body'), TO_COMMAND.emergency);
    case 'update':
      return mapped(check(updateBody, body, 'body'), TO_COMMAND.update);
    case 'purge_sessions':
      return mapped(check(purgeBody, body, 'body'), TO_COMMAND.purge_sessions);
    case 'revoke':
      return mapped(check(revocationBody, body, 'body'), TO_COMMAND.revoke);
    case 'log_level':
      return mapped(check(logLevelBody, body, 'body'), TO_COMMAND.log_level);
    case 'reset':
      return mapped(check(resetBody, body, 'body'), TO_COMMAND.reset);
    case 'deescalate':
    case 'disable':
    case 'refresh':
      return mapped(check(emptyBody, body, 'body'), TO_COMMAND[type]);
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
    publicReason: body.public_reason,
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
    publicReason: body.public_reason,
    terminateJobs: body.terminate_jobs,
    gracePeriod: body.grace_period,
  };
}

function toUpdate(body: z.output<typeof updateBody>): Command {
  return {
    type: 'update',
    reason: body.reason,
    publicReason: body.public_reason,
    duration: body.duration,
    extend: body.extend,
    endsAt: typeof body.ends_at === 'string' ? Date.parse(body.ends_at) : body.ends_at,
    autoEnd: body.auto_end,
    blockedOperations: body.blocked_operations,
    drainDeadline: body.drain_deadline,
  };
}
