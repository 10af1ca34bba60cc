import { MaintenanceError, RefusedError, UnreachableError } from './errors.ts';
import { factsOf } from './maintenance-facts.ts';
import { pause } from './pause.ts';
import { retryAfterOf } from './retry-after.ts';

export interface JobsApiOptions {
  /** Address of the protected API, without the path of a call: `https://api.example.com`. */
  readonly api: string;
  /** An access token of a worker, or what gives one: it is asked before each call, for tokens expire. */
  readonly token: string | (() => string | Promise<string>);
  /** Longest wait for one answer, ms. */
  readonly timeout: number;
  /** Longest pause between two tries of one call, ms; it begins with a tenth of a second and doubles. */
  readonly longestPause: number;
}

export interface Registered {
  readonly id: string;
  /** Milliseconds. */
  readonly heartbeatInterval: number;
}

export interface HeartbeatAnswer {
  readonly cancelRequested: boolean;
  readonly deadline: Date | null;
  readonly status: string;
}

type Json = Readonly<Record<string, unknown>>;

interface Call {
  readonly path: string;
  readonly body: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Tries, the first included. */
  readonly tries: number;
  readonly signal?: AbortSignal | undefined;
}

const FIRST_PAUSE = 100;
/** Milliseconds to wait where a refusal doesn't say. */
const UNSAID = 60_000;

/** The calls of the HTTP API that a worker makes. Each can be repeated without harm, and is where that can help. */
export class JobsApi {
  readonly #options: JobsApiOptions;
  readonly #base: string;

  constructor(options: JobsApiOptions) {
    this.#options = options;
    this.#base = `${options.api.replace(/\/+$/, '')}/api/maintenance/jobs`;
  }

  /**
   * Registers a job. Throws MaintenanceError, RefusedError or UnreachableError.
   *
   * @param key the same for every try, so that the job is registered once
   */
  async register(
    job: { readonly type: string; readonly owner: string },
    key: string,
    signal?: AbortSignal,
  ): Promise<Registered> {
    const answer = await this.#send({
      path: '',
      body: job,
      headers: { 'Idempotency-Key': key },
      tries: 6,
      signal,
    });
    const { id, heartbeat_interval: interval } = answer;
    if (typeof id !== 'string' || typeof interval !== 'number' || !(interval > 0))
      throw malformed(this.#base);
    return { id, heartbeatInterval: interval * 1000 };
  }

  /** One try: the next heartbeat comes soon anyway. Throws RefusedError or UnreachableError. */
  async heartbeat(id: string, told: Json, signal?: AbortSignal): Promise<HeartbeatAnswer> {
    const answer = await this.#send({ path: `/${id}/heartbeat`, body: told, tries: 1, signal });
    const { cancel_requested: cancelRequested, deadline, status } = answer;
    if (typeof cancelRequested !== 'boolean' || typeof status !== 'string') throw malformed(this.#base);
    return { cancelRequested, status, deadline: typeof deadline === 'string' ? new Date(deadline) : null };
  }

  /** Throws RefusedError or UnreachableError. */
  async complete(id: string, result: unknown): Promise<void> {
    await this.#send({ path: `/${id}/complete`, body: result === undefined ? {} : { result }, tries: 8 });
  }

  /** Throws RefusedError or UnreachableError. */
  async fail(id: string, error: string): Promise<void> {
    await this.#send({ path: `/${id}/fail`, body: { error }, tries: 8 });
  }

  async #send(call: Call): Promise<Json> {
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(call);
      if ('answer' in outcome) return outcome.answer;
      if (tries >= call.tries) throw outcome.failure;
      const longest = Math.min(this.#options.longestPause, FIRST_PAUSE * 2 ** (tries - 1));
      // Many workers that failed at the same time must not come back at the same time.
      await pause(longest * (0.5 + Math.random() / 2), call.signal);
    }
  }

  /** What makes no sense to repeat is thrown; what may pass is returned. */
  async #try({ path, body, headers = {}, signal }: Call): Promise<{ answer: Json } | { failure: Error }> {
    signal?.throwIfAborted();
    const url = `${this.#base}${path}`;
    const { token, timeout } = this.#options;
    const bearer = typeof token === 'string' ? token : await token();
    let response: Response;
    let text: string;
    try {
      response = await fetch(url, {
        method: 'POST',
        headers: {
          accept: 'application/json',
          'content-type': 'application/json',
          authorization: `Bearer ${bearer}`,
          ...headers,
        },
        body: JSON.stringify(body),
        // A redirect could carry the token elsewhere.
        redirect: 'manual',
        signal: AbortSignal.any([AbortSignal.timeout(timeout), ...(signal === undefined ? [] : [signal])]),
      });
      text = await response.text();
    } catch (cause) {
      signal?.throwIfAborted();
      return { failure: new UnreachableError(`No answer from ${url}.`, { cause }) };
    }
    const json = parsed(text);
    if (response.ok) return json === null ? { failure: malformed(url) } : { answer: json };
    return refusalOf(url, response, json);
  }
}

function refusalOf(url: string, response: Response, problem: Json | null): { failure: Error } {
  const { status } = response;
  const code = typeof problem?.error === 'string' ? problem.error : null;
  const message = typeof problem?.message === 'string' ? problem.message : `${url} answered ${status}.`;
  if (code === 'maintenance_active') {
    throw new MaintenanceError(
      message,
      (retryAfterOf(response.headers) ?? UNSAID) / 1000,
      factsOf(problem?.maintenance),
    );
  }
  if (status === 408 || status === 429 || status >= 500) {
    return { failure: new UnreachableError(message, { cause: new RefusedError(status, code, message) }) };
  }
  throw new RefusedError(status, code, message);
}

function malformed(url: string): UnreachableError {
  return new UnreachableError(`${url} answered, but not as an API behind maintenance mode does.`);
}

function parsed(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}
