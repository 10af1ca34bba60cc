import type { MaintenanceFacts } from './errors.ts';
import { factsOf, operationOf } from './maintenance-facts.ts';
import { retryAfterOf } from './retry-after.ts';
import { REAL_WAITS, type Waits, waitOut } from './wait-out.ts';

/** Why a request waits, and for how long. */
export interface Waiting {
  readonly url: string;
  /** `maintenance_active`, or `authorizer_unavailable` where the gate could not decide for a moment. */
  readonly error: RefusalCode;
  /** Milliseconds until the next try at the latest: it comes sooner where maintenance ends sooner. */
  readonly milliseconds: number;
  /** How often it has been refused, this time included. */
  readonly refusals: number;
  /** What the refusal says of the maintenance; null where it is none. */
  readonly maintenance: MaintenanceFacts | null;
}

export interface PatientFetchOptions {
  /** Longest time that one request waits in all, ms; what would take longer is answered with the refusal. @default 600 000 */
  readonly longestWait?: number;
  /**
   * Address of the protected API, whose status is looked at while a request waits.
   * @default the origin of the request's address
   */
  readonly api?: string;
  /** Called before each wait: to tell people. */
  readonly onWait?: (waiting: Waiting) => void;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

type RefusalCode = 'maintenance_active' | 'authorizer_unavailable';

/** Milliseconds to wait where a refusal doesn't say. */
const UNSAID = 60_000;

/**
 * Makes a `fetch` that outlasts maintenance: a request that the gate refuses is made again when the refusal says, or
 * as soon as the status says that it may, until it is let through or has waited too long. Everything else, errors included, is passed on as it is.
 *
 * That is safe for every method: the gate refuses before the application sees anything of a request, so a refused one has
 * never been carried out. A request whose body is a stream is not made again, since the stream has been used up.
 *
 * @example
 * const patientFetch = createPatientFetch({ onWait: ({ milliseconds }) => show(`Back in ${milliseconds / 1000} s`) });
 * await patientFetch('https://api.example.com/captions', { method: 'POST', body, signal });
 */
export function createPatientFetch(options: PatientFetchOptions = {}): typeof fetch {
  return patientFetchIn(REAL_WAITS, options);
}

/** `createPatientFetch` with clock and chance of the caller's. */
export function patientFetchIn(
  waits: Waits,
  { api, longestWait = 600_000, onWait, fetch: fetchIt = fetch }: PatientFetchOptions,
): typeof fetch {
  const { now, random } = waits;
  return async (input, init) => {
    const begun = now();
    const signal = init?.signal ?? (input instanceof Request ? input.signal : undefined);
    for (let refusals = 1; ; refusals += 1) {
      // A request's own body can be read once: each try has a copy.
      const response = await fetchIt(input instanceof Request ? input.clone() : input, init);
      if (!isReplayable(init?.body)) return response;
      const refusal = await refusalOf(response);
      if (refusal === null) return response;
      const milliseconds = refusal.milliseconds * refusal.spread(random());
      if (now() - begun + milliseconds > longestWait) return response;
      await response.body?.cancel();
      const url = input instanceof Request ? input.url : String(input);
      onWait?.({
        url,
        error: refusal.error,
        milliseconds,
        refusals,
        maintenance: refusal.maintenance,
      });
      await waitOut(waits, {
        api: api ?? originOf(response, url),
        operation: refusal.operation,
        milliseconds,
        signal: signal ?? undefined,
        fetch: fetchIt,
      });
    }
  };
}

/** Of who refused; of whom was asked where an answer of the caller's own `fetch` doesn't say. */
function originOf(response: Response, url: string): string {
  return new URL(response.url || url).origin;
}

/** A stream, of whatever kind, is gone when it has been sent. */
function isReplayable(body: RequestInit['body']): boolean {
  if (body === null || body === undefined || typeof body === 'string') return true;
  return (
    body instanceof ArrayBuffer ||
    ArrayBuffer.isView(body) ||
    body instanceof Blob ||
    body instanceof FormData ||
    body instanceof URLSearchParams
  );
}

interface Refusal {
  readonly error: RefusalCode;
  readonly milliseconds: number;
  /** The gate spreads clients over time where it knows them; where it could not decide, they spread themselves. */
  readonly spread: (draw: number) => number;
  /** What the request does, as the gate takes it; null where it doesn't say. */
  readonly operation: string | null;
  readonly maintenance: MaintenanceFacts | null;
}

const TYPES: Readonly<Record<RefusalCode, string>> = {
  maintenance_active: 'urn:problem:maintenance-active',
  authorizer_unavailable: 'urn:problem:authorizer-unavailable',
};

/** What the gate says in refusing; null for every other answer, a 503 of the application included. */
async function refusalOf(response: Response): Promise<Refusal | null> {
  if (response.status !== 503) return null;
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return null;
  let problem: Readonly<Record<string, unknown>> | null;
  try {
    problem = (await response.clone().json()) as typeof problem;
  } catch {
    return null;
  }
  const error = problem?.error as RefusalCode;
  if (!Object.hasOwn(TYPES, error ?? '') || problem?.type !== TYPES[error]) return null;
  const said = typeof problem.retry_after === 'number' ? problem.retry_after * 1000 : UNSAID;
  return {
    error,
    milliseconds: Math.max(1000, retryAfterOf(response.headers) ?? said),
    spread: error === 'maintenance_active' ? () => 1 : (draw) => 1 + draw / 2,
    operation: operationOf(problem.operation),
    maintenance: factsOf(problem.maintenance),
  };
}
