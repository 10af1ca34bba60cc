import { UnreachableError } from './errors.ts';
import { type MaintenanceStatus, statusAddressOf, statusOf } from './maintenance-status.ts';
import { pollPause, spread } from './poll-pause.ts';
import { retryAfterOf } from './retry-after.ts';

export interface WatchOptions {
  /** Milliseconds between two questions, a fifth more or less. @default 15 000 */
  readonly every?: number;
  /** Longest wait for one answer, ms. @default 10 000 */
  readonly timeout?: number;
  /** Ends the watching, as the function that is returned does. */
  readonly signal?: AbortSignal;
  /**
   * Told of an error when the status can't be read any more, and of null when it can again. What was told last stays
   * true as far as anybody knows.
   */
  readonly onConnection?: (problem: UnreachableError | null) => void;
  /** @default the global one */
  readonly fetch?: typeof fetch;
}

/** What the watching depends on beside the network: tests have their own. */
export interface Surroundings {
  /** In [0, 1). */
  readonly random: () => number;
  /** Runs something later; the function that is returned prevents it. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
  /** Whether a person can see the result; a page in the background can wait. */
  readonly isHidden: () => boolean;
  /** Calls whenever that may have changed; the function that is returned ends it. */
  readonly onVisibility: (listener: () => void) => () => void;
}

/**
 * Watches maintenance, and calls back with the first status and with each that differs from the one before. It asks with
 * the entity tag of the last answer, so that most answers are empty; waits longer while there are none; and asks nothing
 * while its page is hidden, but at once when it is shown again.
 *
 * @param url address of the protected API, without the path of a call: `https://api.example.com`
 * @returns what ends it; nobody is called back afterwards
 * @example
 * const stop = watchMaintenance('https://api.example.com', ({ active, mode, reason }) => {
 *   banner.hidden = !active || mode === 'test';
 *   banner.textContent = reason;
 * });
 */
export function watchMaintenance(
  url: string,
  onChange: (status: MaintenanceStatus) => void,
  options: WatchOptions = {},
): () => void {
  return watchIn(REAL, url, onChange, options);
}

/** `watchMaintenance` in surroundings of the caller's. */
export function watchIn(
  surroundings: Surroundings,
  url: string,
  onChange: (status: MaintenanceStatus) => void,
  { every = 15_000, timeout = 10_000, signal, onConnection, fetch: fetchIt = fetch }: WatchOptions,
): () => void {
  const { random, after, isHidden, onVisibility } = surroundings;
  const address = statusAddressOf(url);
  const interval = spread(every, random());
  const ended = new AbortController();
  let tag: string | null = null;
  let told: string | null = null;
  let failures = 0;
  let isDue = false;
  let cancel = (): void => {};

  const stop = (): void => {
    cancel();
    forget();
    signal?.removeEventListener('abort', stop);
    ended.abort();
  };

  const poll = async (): Promise<void> => {
    isDue = isHidden();
    if (isDue) return;
    const outcome = await ask(
      fetchIt,
      address,
      tag,
      AbortSignal.any([ended.signal, AbortSignal.timeout(timeout)]),
    );
    if (ended.signal.aborted) return;
    const wasDown = failures > 0;
    failures = outcome.problem === null ? 0 : failures + 1;
    // Before anybody is called back, so that an error of theirs does not end the watching.
    cancel = after(pollPause(interval, failures, outcome.asked), poll);
    if (outcome.problem !== null) {
      if (!wasDown) onConnection?.(outcome.problem);
      return;
    }
    if (wasDown) onConnection?.(null);
    if (outcome.status === null) return;
    tag = outcome.tag;
    const text = JSON.stringify(outcome.status);
    if (text === told) return;
    told = text;
    onChange(outcome.status);
  };

  const forget = onVisibility(() => {
    if (isDue) void poll();
  });
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  else void poll();
  return stop;
}

interface Outcome {
  readonly problem: UnreachableError | null;
  /** Null where it has not changed, or is not known. */
  readonly status: MaintenanceStatus | null;
  readonly tag: string | null;
  /** Milliseconds that the server asks to wait. */
  readonly asked: number;
}

async function ask(
  fetchIt: typeof fetch,
  address: string,
  tag: string | null,
  signal: AbortSignal,
): Promise<Outcome> {
  let asked = 0;
  try {
    const response = await fetchIt(address, {
      headers: { accept: 'application/json', ...(tag === null ? {} : { 'if-none-match': tag }) },
      cache: 'no-store',
      // Everybody gets the same answer, which a cache in between may give.
      credentials: 'omit',
      signal,
    });
    asked = retryAfterOf(response.headers) ?? 0;
    const text = await response.text();
    if (response.status === 304) return { problem: null, status: null, tag, asked: 0 };
    if (!response.ok) throw new Error(`${address} answered ${response.status}.`);
    return { problem: null, status: statusOf(text), tag: response.headers.get('etag'), asked: 0 };
  } catch (cause) {
    const problem = new UnreachableError(`The status of maintenance can't be read from ${address}.`, {
      cause,
    });
    return { problem, status: null, tag, asked };
  }
}

/** What there is of a page; nothing of it outside of a browser. */
interface Page {
  readonly hidden: boolean;
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

const page = (): Page | undefined => (globalThis as { document?: Page }).document;

const REAL: Surroundings = {
  random: Math.random,
  after: (milliseconds, run) => {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  isHidden: () => page()?.hidden ?? false,
  onVisibility: (listener) => {
    page()?.addEventListener('visibilitychange', listener);
    return () => page()?.removeEventListener('visibilitychange', listener);
  },
};
