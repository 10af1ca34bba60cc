import type { Complaint } from '../cli-error.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import { inCommandWords, optionFor } from './api-words.ts';

/** An answer other than 2xx. */
export interface Refused {
  /** Where it came from, for people; an address when it was the HTTP API. */
  readonly api: string;
  readonly status: number;
  readonly retryAfter?: string | null;
  readonly location?: string | null;
  /** Whether --direct can do what was called for. */
  readonly hasDirectWay: boolean;
  /** The body, null when it was no JSON object. */
  readonly problem: JsonObject | null;
}

/** What somebody needs to know whom the API does not serve. */
export const DIRECT_WAY = 'With AWS credentials for its state table, --direct works without the API.';

interface Advice {
  readonly exitCode?: ExitCode;
  readonly remedy?: string | undefined;
  /** Said in place of the problem's message. */
  readonly message?: string;
  /** Said when the answer holds no message of its own. */
  readonly otherwise: string;
}

/** Makes of a refusal what the user of the command needs: what happened, and the command that would work. */
export function explainRefusal(refused: Refused): Complaint {
  const { problem, status } = refused;
  const code = textOf(problem?.error) ?? 'unexpected_answer';
  const advice = advise(refused, code);
  const said = textOf(problem?.message) ?? textOf(problem?.detail);
  const message = advice.message ?? (said === null ? advice.otherwise : inCommandWords(said));
  return {
    exitCode: advice.exitCode ?? EXIT.failed,
    code,
    message,
    details: [...fieldDetails(problem?.details), ...requestId(problem, status)],
    remedy: advice.remedy,
    ...(problem !== null && textOf(problem.error) !== null ? { problem } : {}),
  };
}

function advise(refused: Refused, code: string): Advice {
  const { api, status, problem, location } = refused;
  if (code === 'invalid_request' && Array.isArray(problem?.details) && problem.details.length > 0) {
    const message = 'Not everything on the command line fits:';
    return { message, otherwise: message };
  }
  const otherwise = `${api} answered ${status}.`;
  switch (status) {
    case 401:
      return {
        exitCode: EXIT.notSignedIn,
        otherwise: `${api} does not accept the sign-in.`,
        remedy: `Sign in${code === 'reauthentication_required' ? ' again' : ''}: \`maintenance login --api ${api}\`.`,
      };
    case 403:
      return {
        otherwise: 'Your account may not do this.',
        remedy: 'It takes an admin: sign in as one with `maintenance login`.',
      };
    case 404:
      if (code !== 'not_found' && code !== 'unexpected_answer') {
        return { otherwise, remedy: ownRemedy(problem) };
      }
      return {
        otherwise: `There is no maintenance API at ${api}.`,
        remedy: 'Check the address (--api): it is that of the protected API, its stage included.',
      };
    case 409:
      return { otherwise: 'The present state does not allow this.', remedy: ownRemedy(problem) };
    case 412:
      return {
        otherwise: 'The state has changed since the version that the command was meant for.',
        remedy: 'Look at it with `maintenance status`, and repeat the command if it is still wanted.',
      };
    case 422:
      return {
        otherwise: 'The idempotency key was used for another call.',
        remedy: 'Leave --idempotency-key out to get a fresh one.',
      };
    case 429:
      return { otherwise: `${api} is getting too many calls.`, remedy: waitRemedy(refused) };
    case 503:
      if (code === 'session_store_unavailable') return { otherwise, remedy: waitRemedy(refused) };
      return { otherwise: `${api} is not available.`, remedy: pastTheApi(refused) };
  }
  if (status >= 500) return { otherwise, remedy: pastTheApi(refused) };
  if (status >= 300 && status < 400) {
    return {
      message: `${api} answered with a redirect${location ? ` to ${location}` : ''}, which is not followed.`,
      otherwise,
      remedy: 'Give the address that it leads to with --api, if you trust it.',
    };
  }
  return { otherwise };
}

/** The remedy that the API names, in words of the command. */
function ownRemedy(problem: JsonObject | null): string | undefined {
  const remedy = textOf(problem?.remedy);
  return remedy === null ? undefined : sentence(inCommandWords(remedy));
}

function pastTheApi(refused: Refused): string {
  return refused.hasDirectWay ? `${waitRemedy(refused)} ${DIRECT_WAY}` : waitRemedy(refused);
}

function waitRemedy({ retryAfter }: Refused): string {
  return /^\d+$/.test(retryAfter ?? '') ? `Try again in ${retryAfter} s.` : 'Try again in a moment.';
}

function fieldDetails(details: unknown): string[] {
  if (!Array.isArray(details)) return [];
  return details.filter(isObject).map(({ field, message }) => {
    const option = optionFor(textOf(field) ?? '');
    const said = inCommandWords(textOf(message) ?? 'does not fit');
    return option === '' ? said : `${option} ${said}`;
  });
}

/** What support needs to find a failure of the other side. */
function requestId(problem: JsonObject | null, status: number): string[] {
  const id = textOf(problem?.request_id);
  return id === null || status < 500 ? [] : [`Request id: ${id}`];
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
