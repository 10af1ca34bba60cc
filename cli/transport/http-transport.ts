import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { isObject, type JsonObject } from '../json-object.ts';
import { hasDirectWay } from './direct-calls.ts';
import { DIRECT_WAY, explainRefusal, type Refused } from './explain-refusal.ts';
import type { Call, Transport } from './transport.ts';

interface HttpOptions {
  /** Address of the protected API, see parseApiUrl. */
  readonly api: string;
  /** The access token to show, null for none. */
  readonly token: () => Promise<string | null>;
  /** Longest wait for one answer, ms. */
  readonly timeout: number;
}

/** The usual way: the HTTP API under /api/maintenance. Never follows a redirect, which could carry a token elsewhere. */
export class HttpTransport implements Transport {
  readonly target: string;
  readonly #options: HttpOptions;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.target = options.api;
  }

  async send(call: Call): Promise<JsonObject> {
    const { answer, text } = await this.#fetch(call, {});
    return this.#read(call, answer, text);
  }

  /**
   * Like send, for an answer that the caller may have already.
   *
   * @param tag the entity tag of the answer that the caller has
   * @returns the answer, null when it is still the same, and its tag
   */
  async sendIfChanged(
    call: Call,
    tag: string | null,
  ): Promise<{ readonly answer: JsonObject | null; readonly tag: string | null }> {
    const { answer, text } = await this.#fetch(call, tag === null ? {} : { 'if-none-match': tag });
    if (answer.status === 304) return { answer: null, tag };
    return { answer: this.#read(call, answer, text), tag: answer.headers.get('etag') };
  }

  /** Like send, for an answer of another media type than JSON: its text. */
  async sendForText(call: Call, mediaType: string): Promise<string> {
    const { answer, text } = await this.#fetch(call, { accept: mediaType });
    if (!answer.ok) this.#read(call, answer, text);
    if (answer.headers.get('content-type')?.startsWith(mediaType)) return text;
    throw this.#malformed(answer, text, mediaType);
  }

  #read(call: Call, answer: Response, text: string): JsonObject {
    const body = parseJson(text);
    if (answer.ok && isObject(body)) return body;
    if (answer.ok) throw this.#malformed(answer, text);
    throw new CliError(
      explainRefusal({
        api: this.target,
        status: answer.status,
        retryAfter: answer.headers.get('retry-after'),
        location: answer.headers.get('location'),
        hasDirectWay: hasDirectWay(call),
        problem: isObject(body) ? body : null,
      } satisfies Refused),
    );
  }

  async #fetch(
    call: Call,
    more: Readonly<Record<string, string>>,
  ): Promise<{ answer: Response; text: string }> {
    const token = await this.#options.token();
    const url = new URL(`${this.target}/api/maintenance${call.path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, value);
    try {
      const answer = await fetch(url, {
        method: call.method,
        headers: { ...headersOf(call, token), ...more },
        body: call.body === undefined ? null : JSON.stringify(call.body),
        redirect: 'manual',
        signal: AbortSignal.timeout(this.#options.timeout),
      });
      return { answer, text: await answer.text() };
    } catch (error) {
      throw new CliError(
        {
          exitCode: EXIT.unreachable,
          code: 'api_unreachable',
          message: `No answer from ${this.target}: ${whyUnreachable(error, this.#options.timeout)}.`,
          details: whenLost(call),
          remedy: `Check the address (--api) and the network.${hasDirectWay(call) ? ` ${DIRECT_WAY}` : ''}`,
        },
        { cause: error },
      );
    }
  }

  #malformed(answer: Response, text: string, wanted = 'a JSON object'): CliError {
    const type = answer.headers.get('content-type') ?? 'no content type';
    return new CliError({
      exitCode: EXIT.failed,
      code: 'malformed_answer',
      message: `${this.target} answered ${answer.status}, but not with ${wanted} (${type}, ${text.length} characters).`,
      remedy: 'Is it the address of an API behind maintenance mode, and not of something else?',
    });
  }
}

function headersOf(call: Call, token: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(call.idempotencyKey === undefined ? {} : { 'idempotency-key': call.idempotencyKey }),
    ...(call.ifMatch === undefined ? {} : { 'if-match': `"${call.ifMatch}"` }),
  };
}

/** What a caller must know when the answer is lost: the call may have been carried out. */
function whenLost(call: Call): string[] {
  if (call.idempotencyKey === undefined) return [];
  return [
    `It is not known whether the call was carried out. Repeating it with --idempotency-key ${call.idempotencyKey} is safe.`,
  ];
}

const CAUSES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name could not be looked up',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
  ETIMEDOUT: 'the connection took too long',
  UND_ERR_CONNECT_TIMEOUT: 'the connection took too long',
};

/** Why a call got no answer, in a few words. */
export function whyUnreachable(error: unknown, timeout: number): string {
  const { name, message } = error as Error;
  if (name === 'TimeoutError' || name === 'AbortError') return `it took longer than ${timeout / 1000} s`;
  for (
    let cause = error as NodeJS.ErrnoException | undefined;
    cause;
    cause = cause.cause as Error | undefined
  ) {
    if (typeof cause.code === 'string') return CAUSES[cause.code] ?? (cause.message || cause.code);
  }
  return message;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
