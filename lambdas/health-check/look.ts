import type { Look } from '../../core/health/checks/components.ts';
import type { Log } from '../aws/log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';

/** Looks at something for so many milliseconds at most. Never rejects: that it failed is what was found. */
export async function lookAt<Facts>(
  what: string,
  limit: number,
  look: () => Promise<Facts>,
  log: Log,
): Promise<Look<Facts>> {
  const begun = performance.now();
  try {
    const facts = await withTimeLimit(limit, look());
    return { answered: true, facts, latency: performance.now() - begun };
  } catch (error) {
    log.warn(`The health check could not look at ${what}.`, {
      event: 'health_probe_failed',
      probe: what,
      error,
    });
    const isLate = (error as Error | undefined)?.name === 'TimeoutError';
    return { answered: false, isLate, latency: performance.now() - begun };
  }
}
