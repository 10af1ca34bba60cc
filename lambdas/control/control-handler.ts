import middy from '@middy/core';
import { line } from '../../core/event-line.ts';
import type { EventLog } from '../../core/event-log.ts';
import { HttpProblem } from '../../core/http-problem.ts';
import { type Caller, callerOf } from '../shared/caller.ts';
import { preflightHeaders } from '../shared/cors.ts';
import { httpAnswers } from '../shared/http-answers.ts';
import type { Log } from '../shared/log.ts';
import { loggedEventLog } from '../shared/logged-event-log.ts';
import { empty, type ProxyEvent, type ProxyResult } from '../shared/proxy-event.ts';
import { listHistory } from './list-history.ts';
import { requireAdmin, requireFreshSignIn } from './require-admin.ts';
import { type Action, actionOf, methodsOf } from './routes.ts';
import { runCommand } from './run-command.ts';

export interface ControlParts {
  readonly events: EventLog;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly newId: () => string;
  readonly allowedOrigins: readonly string[];
  /** Seconds since sign-in up to which an emergency may be declared. */
  readonly freshSignIn: number;
}

/** Serves the calls that change maintenance or show its history: for admins only. */
export function createControlHandler(parts: ControlParts) {
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(path);
      const action = actionOf(method, path);
      const caller = callerOf(event);
      admit(caller, action, event, parts);
      const requestId = event.requestContext.requestId;
      const events = loggedEventLog(parts.events, parts.log, requestId);
      if (action === 'history') return listHistory(event, events);
      return runCommand(action, event, caller, { log: events, now: parts.now, newId: parts.newId });
    });
}

function preflight(path: string): ProxyResult {
  const methods = methodsOf(path);
  return empty(204, { Allow: methods.join(', '), ...preflightHeaders(methods) });
}

function admit(caller: Caller, action: Action, event: ProxyEvent, parts: ControlParts): void {
  try {
    requireAdmin(caller);
    if (action === 'emergency') requireFreshSignIn(caller, parts.freshSignIn, parts.now());
  } catch (error) {
    if (error instanceof HttpProblem && error.status < 500) tellOfRefusal(error, caller, event, parts.log);
    throw error;
  }
}

function tellOfRefusal(problem: HttpProblem, caller: Caller, event: ProxyEvent, log: Log): void {
  const { principal, credential } = caller;
  const values = { endpoint: event.path, user: principal.id, reason: problem.code };
  log.warn(line('[MAINTENANCE] Access refused', values), {
    event: 'access_refused',
    request_id: event.requestContext.requestId,
    method: event.httpMethod,
    endpoint: event.path,
    user: principal.id,
    role: principal.role,
    credential,
    code: problem.code,
  });
}
