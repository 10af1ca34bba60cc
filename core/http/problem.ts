import type { FieldProblem } from '../commands/outcome.ts';
import {
  OutcomeUnknownError,
  SessionStoreUnavailableError,
  StateTooLargeError,
  StoreUnavailableError,
} from '../errors.ts';

/** Every error code of the HTTP API: its status, its title, and the seconds after which a retry makes sense. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'Invalid request' },
  malformed_json: { status: 400, title: 'Malformed JSON' },
  unauthenticated: { status: 401, title: 'Authentication required' },
  reauthentication_required: { status: 401, title: 'Recent sign-in required' },
  insufficient_privileges: { status: 403, title: 'Insufficient privileges' },
  not_found: { status: 404, title: 'Not found' },
  not_deployed: { status: 404, title: 'Not deployed' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  maintenance_already_active: { status: 409, title: 'Maintenance already active' },
  maintenance_not_active: { status: 409, title: 'No maintenance active' },
  rule_too_wide: { status: 400, title: 'Rule too wide' },
  rule_exists: { status: 409, title: 'Rule exists' },
  rule_in_use: { status: 409, title: 'Rule in use' },
  rule_not_found: { status: 404, title: 'Rule not found' },
  job_ended: { status: 409, title: 'Job ended' },
  job_not_found: { status: 404, title: 'Job not found' },
  job_not_requeueable: { status: 409, title: 'Job not to be requeued' },
  job_requeued: { status: 409, title: 'Job requeued already' },
  report_not_found: { status: 404, title: 'Report not found' },
  session_not_found: { status: 404, title: 'Session not found' },
  window_overlap: { status: 409, title: 'Window overlap' },
  window_running: { status: 409, title: 'Window running' },
  no_such_occurrence: { status: 404, title: 'No such occurrence' },
  window_not_found: { status: 404, title: 'Window not found' },
  not_in_emergency: { status: 409, title: 'Not in emergency mode' },
  too_many_revocations: { status: 409, title: 'Too many revocations' },
  state_changed: { status: 409, title: 'State changed' },
  precondition_failed: { status: 412, title: 'Precondition failed' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key reused' },
  internal_error: { status: 500, title: 'Internal error' },
  escalation_unavailable: { status: 503, title: 'Escalation unavailable', retryAfter: 5 },
  event_bus_unavailable: { status: 503, title: 'Event bus unavailable', retryAfter: 5 },
  state_store_unavailable: { status: 503, title: 'State store unavailable', retryAfter: 5 },
  session_store_unavailable: { status: 503, title: 'Session store unavailable', retryAfter: 5 },
} as const satisfies Record<string, { status: number; title: string; retryAfter?: number }>;

export type ProblemCode = keyof typeof PROBLEMS;

interface ProblemExtras {
  readonly details?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Another than that of the code. */
  readonly status?: 400;
  /** Members of the problem document beside the usual ones. */
  readonly members?: Readonly<Record<string, unknown>>;
}

/** An answer other than the one asked for. */
export class HttpProblem extends Error {
  override readonly name = 'HttpProblem';
  readonly code: ProblemCode;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly #details: readonly FieldProblem[];
  readonly #members: Readonly<Record<string, unknown>>;

  constructor(code: ProblemCode, message: string, extras: ProblemExtras = {}, options?: ErrorOptions) {
    super(message, options);
    const problem: { status: number; retryAfter?: number } = PROBLEMS[code];
    this.code = code;
    this.status = extras.status ?? problem.status;
    this.headers = {
      ...(problem.retryAfter === undefined ? {} : { 'Retry-After': String(problem.retryAfter) }),
      ...extras.headers,
    };
    this.#details = extras.details ?? [];
    this.#members = extras.members ?? {};
  }

  /** The problem document (RFC 9457). */
  document(requestId: string): Record<string, unknown> {
    return {
      type: `urn:problem:${this.code.replaceAll('_', '-')}`,
      title: PROBLEMS[this.code].title,
      status: this.status,
      detail: this.message,
      error: this.code,
      message: this.message,
      details: this.#details,
      request_id: requestId,
      ...this.#members,
    };
  }
}

/** The 400 for values that don't fit. */
export function invalidRequest(problems: readonly FieldProblem[]): HttpProblem {
  const sentences = problems.map(({ field, message }) => `${field} ${message}`);
  return new HttpProblem('invalid_request', `${sentences.join('; ')}.`, { details: problems });
}

/** What is answered for an error, whatever it is. Errors nobody has thought of show nothing of themselves. */
export function toHttpProblem(error: unknown): HttpProblem {
  if (error instanceof HttpProblem) return error;
  if (error instanceof StoreUnavailableError) {
    const message =
      error instanceof OutcomeUnknownError
        ? 'The state store did not say whether your call took effect. Look at the status, or repeat the call with the same Idempotency-Key.'
        : 'The state store cannot be reached at the moment. Try again in a few seconds.';
    return new HttpProblem('state_store_unavailable', message, {}, { cause: error });
  }
  if (error instanceof SessionStoreUnavailableError) {
    const message = 'The session store cannot be reached at the moment. Try again in a few seconds.';
    return new HttpProblem('session_store_unavailable', message, {}, { cause: error });
  }
  if (error instanceof StateTooLargeError) {
    const message = 'takes too much room, together with what an emergency keeps for later; shorten it';
    return invalidRequest([{ field: 'reason', message }]);
  }
  const message = 'Something went wrong on our side; the request id helps to find out what.';
  return new HttpProblem('internal_error', message, {}, { cause: error });
}
