import { statusAddressOf, statusOf } from './maintenance-status.ts';
import { pause } from './pause.ts';

/** What a refused call waits for. */
export interface Wait {
  /** Address of the protected API, without the path of a call: `https://api.example.com`. */
  readonly api: string;
  /** What the refusal says that the call does, e.g. `caption_generation`; null where it doesn't say. */
  readonly operation: string | null;
  /** Milliseconds after which the refusal says to try again. */
  readonly milliseconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly fetch: typeof fetch;
}

/** What the waiting depends on beside the network: tests have their own. */
export interface Waits {
  readonly pause: typeof pause;
  /** Milliseconds, of any clock that only goes forward. */
  readonly now: () => number;
  /** In [0, 1). */
  readonly random: () => number;
}

export const REAL_WAITS: Waits = { pause, now: () => performance.now(), random: Math.random };

/** Longest time between two looks at the status, ms. */
const MAX_LOOK_PAUSE_MS = 60_000;
/** Longest wait for the status, ms. */
const LOOK_TIMEOUT_MS = 10_000;

/**
 * Waits until a refused call may be made again: when the refusal says, or as soon as the status says that nothing is in
 * its way any more. Each client looks at the status once in 30 to 60 seconds, drawn anew each time, so that those who
 * wait together neither look nor come back together. Rejects with the signal's reason when that is aborted.
 */
export async function waitOut({ pause: wait, now, random }: Waits, refused: Wait): Promise<void> {
  const { milliseconds, signal } = refused;
  const end = now() + milliseconds;
  for (let rest = milliseconds; ; rest = end - now()) {
    const look = MAX_LOOK_PAUSE_MS * (0.5 + random() / 2);
    await wait(Math.min(rest, look), signal);
    if (rest <= look || (await mayPass(refused))) return;
  }
}

/** Whether the status says that the call is not blocked; false where it can't be read. */
async function mayPass({ api, operation, signal, fetch: fetchIt }: Wait): Promise<boolean> {
  try {
    const response = await fetchIt(statusAddressOf(api), {
      headers: { accept: 'application/json' },
      cache: 'no-store',
      credentials: 'omit',
      signal: AbortSignal.any([AbortSignal.timeout(LOOK_TIMEOUT_MS), ...(signal ? [signal] : [])]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return false;
    }
    const { active, mode, blockedOperations } = statusOf(await response.text());
    if (!active || mode === 'test') return true;
    return mode === 'normal' && operation !== null && !blockedOperations.includes(operation);
  } catch {
    return false;
  }
}
