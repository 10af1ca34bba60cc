import type { Log } from '../aws/log.ts';
import { createApiHandler } from '../http/api-handler.ts';
import { cacheable } from '../http/cacheable.ts';
import { keptFor } from '../http/kept-for.ts';
import { json } from '../http/proxy-event.ts';
import { checkHealth, type HealthSources } from './health-checks.ts';

interface HealthParts extends HealthSources {
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
}

/** Milliseconds for which one look at the components does for everybody who asks. */
const HEALTH_KEPT = 5000;

/**
 * Tells everybody how the components are. It runs where Redis is, which can be looked at from there only; unhealthy is
 * a 503, for probers that look at the status alone, and is never kept.
 */
export function createHealthHandler(parts: HealthParts) {
  const { now, log } = parts;
  const health = keptFor(HEALTH_KEPT, now, () => checkHealth(parts, now, log));
  return createApiHandler('health', parts, {
    serve: async ({ event, caller }) => {
      const found = await health();
      if (found.status === 'unhealthy') return json(503, found, { 'Cache-Control': 'no-store' });
      const { as_of: _, ...lasting } = found;
      return cacheable(event, caller, found, lasting, {});
    },
  });
}
