import type { Observation } from '../../core/health/observation.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** What is observed, and what it means that it is not. */
export interface Subject {
  /** Stable name, for the log. */
  readonly probe: string;
  /** Who is asked, at the start of a sentence. */
  readonly who: string;
  /** What helps where no answer says nothing of what is checked, but of who was asked about it; absent where it does. */
  readonly unable?: string;
}

/** Milliseconds for one observation; together with what follows well below a minute. */
const LIMIT = 3000;

/** Observes something for so many milliseconds at most. Never rejects: that it failed is what was observed. */
export async function observe<T>(
  { probe, who, unable }: Subject,
  ask: () => Promise<T>,
  log: Log,
  limit = LIMIT,
): Promise<Observation<T>> {
  const begun = performance.now();
  try {
    const value = await withTimeLimit(limit, ask());
    return { outcome: 'observed', value, latency: performance.now() - begun };
  } catch (error) {
    const latency = performance.now() - begun;
    log.warn(`The health check could not look at ${probe}.`, { event: 'health_probe_failed', probe, error });
    const isLate = (error as Error | undefined)?.name === 'TimeoutError';
    const why = `${who} ${isLate ? `did not answer within ${limit} ms` : 'gave no good answer'}.`;
    if (unable === undefined) return { outcome: 'failed', why, latency };
    return { outcome: 'unable', why, remedy: unable, latency };
  }
}
