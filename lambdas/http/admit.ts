import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import type { ApiCall } from '../../core/http/api-call.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { line } from '../../core/text.ts';
import type { Log } from '../aws/log.ts';
import type { Caller } from './caller.ts';
import type { ProxyEvent } from './proxy-event.ts';
import {
  requireAdmin,
  requireCredential,
  requireFreshSignIn,
  requireUnexpired,
  requireWorker,
} from './require-admin.ts';

export interface AdmitParts {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Seconds since sign-in up to which it counts as fresh; none does where it is not said. */
  readonly freshSignIn?: number;
}

/** Passes callers who may make a call, else throws HttpProblem with status 401, 403 or 503. Refusals are logged. */
export function admit(caller: Caller, call: ApiCall, event: ProxyEvent, parts: AdmitParts): void {
  const { access } = call;
  const { now, freshSignIn = 0 } = parts;
  if (access === 'public') return;
  orLogRefusal(caller, call, event, parts, () => {
    if (access === 'fresh_admin') requireUnexpired(caller, freshSignIn);
    requireCredential(caller);
    if (access === 'caller') return;
    if (access === 'worker') {
      requireWorker(caller);
      return;
    }
    requireAdmin(caller);
    if (access === 'fresh_admin') requireFreshSignIn(caller, freshSignIn, now());
  });
}

/** Passes what a body asks for, where that takes a recent sign-in (`freshFor`), else throws as `admit` does. */
export function admitBody(
  body: unknown,
  caller: Caller,
  call: ApiCall,
  event: ProxyEvent,
  parts: AdmitParts,
): void {
  const { freshFor } = call;
  if (freshFor === undefined || (body as Record<string, unknown>)[freshFor] !== true) return;
  const { freshSignIn = 0, now } = parts;
  orLogRefusal(caller, call, event, parts, () => requireFreshSignIn(caller, freshSignIn, now()));
}

function orLogRefusal(
  caller: Caller,
  call: ApiCall,
  event: ProxyEvent,
  { log }: AdmitParts,
  require: () => void,
): void {
  try {
    require();
  } catch (error) {
    if (error instanceof HttpProblem && error.status < 500) {
      logRefusal(error, caller, call, event, log);
    }
    throw error;
  }
}

/** The call's template is told, not its path: that may hold the id of a session. */
function logRefusal(problem: HttpProblem, caller: Caller, call: ApiCall, event: ProxyEvent, log: Log): void {
  const { principal, credential } = caller;
  const endpoint = `${CONTROL_BASE_PATH}${call.path}`;
  log.warn(line('[MAINTENANCE] Access refused', { endpoint, user: principal.id, reason: problem.code }), {
    event: 'access_refused',
    request_id: event.requestContext.requestId,
    method: event.httpMethod,
    endpoint,
    user: principal.id,
    role: principal.role,
    credential,
    code: problem.code,
  });
}
