import { type Problem, Refusal, Unreachable } from './refusal.ts';

/** One call of the HTTP API. */
export interface Call {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below /api/maintenance. */
  readonly path: string;
  readonly body?: unknown;
  /** By it a repeated call is carried out once. */
  readonly idempotencyKey?: string;
}

/** Gives out what proves who the caller is. */
export interface Credentials {
  /** The access token, renewed where it is about to expire; null when nobody is signed in. */
  token(): Promise<string | null>;
  /**
   * Asks the person to sign in again; false when they don't want to.
   *
   * @param why `expired`: the sign-in has come to its end. `fresh`: it is too old for an emergency.
   * @param refused the token that was not good
   */
  renew(why: 'expired' | 'fresh', refused: string | null): Promise<boolean>;
}

/** The API is served beside the console, so that no other origin has to be allowed. */
const BASE = '/api/maintenance';
/** Longest wait for an answer, ms. */
const TIMEOUT = 20_000;

/** Calls the HTTP API. Cookies are never sent: what the caller may do hangs on the token alone. */
export class Api {
  readonly #credentials: Credentials;

  constructor(credentials: Credentials) {
    this.#credentials = credentials;
  }

  /**
   * The answer of a call. When the sign-in is not good any more, the person is asked to sign in, and the call is made
   * again: whoever waits for it, with a form filled in, goes on waiting. Throws Refusal and Unreachable.
   */
  async call<T>(call: Call): Promise<T> {
    for (let attempt = 0; ; attempt += 1) {
      const token = await this.#credentials.token();
      const answer = await send(call, headersOf(call, token));
      if (answer.ok) return (await answer.json()) as T;
      const refusal = await refusalOf(answer);
      const isRenewed =
        refusal.status === 401 &&
        attempt < 2 &&
        (await this.#credentials.renew(
          refusal.code === 'reauthentication_required' ? 'fresh' : 'expired',
          token,
        ));
      if (!isRenewed) throw refusal;
    }
  }

  /**
   * Looks whether an answer is still the one with this tag; null for the answer then. Never asks for a sign-in: what
   * everybody may read is read without one.
   */
  async poll<T>(
    path: string,
    tag: string | null,
    signal: AbortSignal,
  ): Promise<{ answer: T | null; tag: string | null }> {
    const token = await this.#credentials.token();
    const headers = { ...headersOf({ path }, token), ...(tag === null ? {} : { 'if-none-match': tag }) };
    const answer = await send({ path }, headers, signal);
    if (answer.status === 304) return { answer: null, tag };
    if (!answer.ok) throw await refusalOf(answer);
    return { answer: (await answer.json()) as T, tag: answer.headers.get('etag') };
  }

  /** An answer as a text, for a download. */
  async text(path: string, accept: string): Promise<string> {
    const token = await this.#credentials.token();
    const answer = await send({ path }, { ...headersOf({ path }, token), accept });
    if (!answer.ok) throw await refusalOf(answer);
    return await answer.text();
  }
}

function headersOf({ body, idempotencyKey }: Call, token: string | null): Record<string, string> {
  return {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
  };
}

async function send(call: Call, headers: Record<string, string>, signal?: AbortSignal): Promise<Response> {
  const limit = AbortSignal.timeout(TIMEOUT);
  try {
    return await fetch(BASE + call.path, {
      method: call.method ?? 'GET',
      headers,
      body: call.body === undefined ? null : JSON.stringify(call.body),
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error',
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    const late = limit.aborted;
    throw new Unreachable(
      late
        ? `There was no answer within ${TIMEOUT / 1000} s.`
        : 'There was no answer: the connection failed.',
      { cause },
    );
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN);
  // What stands between may answer with anything, such as a page.
  const body: unknown = await answer.json().catch(() => null);
  const problem = typeof body === 'object' && body !== null ? (body as Problem) : {};
  return new Refusal(answer.status, problem, Number.isFinite(retryAfter) ? retryAfter : null);
}
