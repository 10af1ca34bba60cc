import type { MaintenanceFacts } from './errors.ts';
import { factsOf } from './maintenance-facts.ts';
import { pause } from './pause.ts';
import { retryAfterOf } from './retry-after.ts';

/** Why a request waits, and for how long. */
export interface Waiting {
  readonly url: string;
  /** `maintenance_active`, or `authorizer_unavailable` where the gate could not decide for a moment. */
  readonly error: RefusalCode;
  /** Milliseconds until the next try. */
  readonly milliseconds: number;
  /** How often it has been refused, this time included. */
  readonly refusals: number;
  /** What the refusal says of the maintenance; null where it is none. */
  readonly maintenance: MaintenanceFacts | null;
}

export interface PatientFetchOptions {
  /** Longest time that one request waits in all, ms; what would take longer is answered with the refusal. @default 600 000 */
  readonly longestWait?: number;
  /** Called before each wait: to tell people. */
  readonly onWait?: (waiting: Waiting) => void;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** What the waiting depends on beside the network: tests have their own. */
export interface Waits {
  readonly pause: typeof pause;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

type RefusalCode = 'maintenance_active' | 'authorizer_unavailable';

/** Milliseconds to wait where a refusal doesn't say. */
const UNSAID = 60_000;

/**
 * Makes a `fetch` that outlasts maintenance: a request that the gate refuses is made again when the refusal says, until
 * it is let through or has waited too long. Everything else, errors included, is passed on as it is.
 *
 * That is safe for every method: the gate refuses before the application sees anything of a request, so a refused one has
 * never been carried out. A request whose body is a stream is not made again, since the stream has been used up.
 *
 * @example
 * const patientFetch = createPatientFetch({ onWait: ({ milliseconds }) => show(`Back in ${milliseconds / 1000} s`) });
 * await patientFetch('https://api.example.com/captions', { method: 'POST', body, signal });
 */
export function createPatientFetch(options: PatientFetchOptions = {}): typeof fetch {
  return patientFetchIn({ pause, now: () => performance.now(), random: Math.random }, options);
}

/** `createPatientFetch` with clock and chance of the caller's. */
export function patientFetchIn(
  { pause: wait, now, random }: Waits,
  { longestWait = 600_000, onWait, fetch: fetchIt = fetch }: PatientFetchOptions,
): typeof fetch {
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
      onWait?.({
        url: input instanceof Request ? input.url : String(input),
        error: refusal.error,
        milliseconds,
        refusals,
        maintenance: refusal.maintenance,
      });
      await wait(milliseconds, signal ?? undefined);
    }
  };
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
    maintenance: factsOf(problem.maintenance),
  };
}
