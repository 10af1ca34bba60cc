import { SignInFailed } from '../session/sign-in-method.ts';

/** A problem document (RFC 9457) of the API, as far as it is one. */
export interface Problem {
  readonly error?: string;
  readonly title?: string;
  readonly message?: string;
  readonly details?: readonly { readonly field: string; readonly message: string }[];
  readonly remedy?: string;
  readonly request_id?: string;
  readonly maintenance?: {
    readonly mode: string;
    readonly held_by: string;
    readonly since: string;
  } | null;
}

/** The API said no. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: number;
  readonly code: string;
  readonly problem: Problem;
  /** Seconds. */
  readonly retryAfter: number | null;

  constructor(status: number, problem: Problem, retryAfter: number | null = null) {
    super(problem.message ?? problem.title ?? `The API answered ${status}.`);
    this.status = status;
    this.code = problem.error ?? `http_${status}`;
    this.problem = problem;
    this.retryAfter = retryAfter;
  }
}

/** The API gave no answer at all: it cannot be told whether the call was carried out. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** A refusal for people. */
interface Explanation {
  readonly heading: string;
  readonly message: string;
  /** Field by field. */
  readonly details: readonly string[];
  /** What would work; null where nobody knows. */
  readonly wayOut: string | null;
  /** Helps to find the call in the logs. */
  readonly requestId: string | null;
}

/** Where the console does what a remedy of the API names. */
const CALLS: readonly (readonly [call: RegExp, place: string])[] = [
  [/POST \/api\/maintenance\/disable/g, '“End maintenance” on the overview'],
  [/PATCH \/api\/maintenance(?![/\w])/g, '“Change” on the overview'],
  [/POST \/api\/maintenance\/deescalate/g, '“De-escalate” on the overview'],
  [/POST \/api\/maintenance\/enable/g, '“Start maintenance”'],
  [/POST \/api\/maintenance\/emergency/g, '“Emergency”'],
  [/POST \/api\/maintenance\/sessions\/purge/g, '“End sessions” on the page of sessions'],
];

/** Says what happened, and the way out, in the words of the console. */
export function explain(error: unknown): Explanation {
  if (error instanceof Unreachable) {
    return {
      heading: 'The API cannot be reached',
      message: error.message,
      details: [],
      wayOut:
        'What you typed is kept: try again when the connection is back. Repeating is safe, the same call is carried out once. Without the API, an operator with AWS credentials can use “maintenance --direct”.',
      requestId: null,
    };
  }
  if (error instanceof SignInFailed) {
    return {
      heading: 'You are not signed in',
      message: error.message,
      details: [],
      wayOut: 'Check what you typed, and sign in again.',
      requestId: null,
    };
  }
  if (!(error instanceof Refusal)) {
    return {
      heading: 'Something went wrong in the console',
      message: error instanceof Error ? error.message : 'It gave no reason.',
      details: [],
      wayOut: 'Load the page anew. The state of maintenance is not affected.',
      requestId: null,
    };
  }
  const { problem, message } = error;
  return {
    heading: headingOf(error),
    message: inConsoleWords(message),
    details: (problem.details ?? []).map(
      ({ field, message: text }) => `${labelOf(field)} ${inFormWords(field, text)}`,
    ),
    wayOut: wayOut(error),
    requestId: problem.request_id ?? null,
  };
}

function headingOf({ status, code, problem }: Refusal): string {
  const { maintenance } = problem;
  if (code === 'state_changed') return 'Another admin was faster';
  if (code === 'maintenance_already_active' && maintenance)
    return `${maintenance.held_by} holds the maintenance`;
  if (code === 'invalid_request') return 'Not everything fits';
  return problem.title ?? `The API answered ${status}`;
}

function wayOut({ status, code, problem, retryAfter }: Refusal): string | null {
  if (problem.remedy !== undefined) return sentence(inConsoleWords(problem.remedy));
  switch (code) {
    case 'state_changed':
      return 'Look at the overview: it shows the state that won. Repeat your change if it is still wanted.';
    case 'invalid_request':
      return 'Correct the fields named, and send the form again.';
    case 'unauthenticated':
      return 'Sign in again; the form keeps what you typed.';
    case 'reauthentication_required':
      return 'This takes a recent sign-in: sign in again when you are asked to.';
    case 'insufficient_privileges':
      return 'This takes an admin: sign in as one, or ask an admin to put you into the group of admins.';
    case 'idempotency_key_reused':
      return 'Send the form again.';
  }
  if (status === 404) return 'It may be over or removed: load the list anew.';
  if (status === 429 || status === 503)
    return `Try again in ${retryAfter ?? 5} s. The last known state stays on the page.`;
  if (status >= 500) return 'Try again. If it stays so, look for the request id in the logs.';
  return null;
}

function inConsoleWords(text: string): string {
  return CALLS.reduce((words, [call, place]) => words.replace(call, place), text);
}

/**
 * What the API says of a field, said of the form's: people fill in minutes, and know nothing of JSON.
 *
 * @example inFormWords('duration', 'must be a whole number of seconds from 60 to 604800') // '… of minutes from 1 to 10080'
 */
export function inFormWords(field: string | null, message: string): string {
  const plain = message.replace(', as a JSON number', '');
  if (field !== 'duration') return plain;
  return plain.replace(
    /seconds from (\d+) to (\d+)/,
    (_, least, most) => `minutes from ${least / 60} to ${most / 60}`,
  );
}

/** @example labelOf('ends_at') // 'Ends at' */
export function labelOf(field: string): string {
  const words = field.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
