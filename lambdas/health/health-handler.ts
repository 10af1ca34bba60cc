import middy from '@middy/core';
import type { Log } from '../aws/log.ts';
import { cacheable } from '../http/cacheable.ts';
import { callerOf } from '../http/caller.ts';
import { httpAnswers } from '../http/http-answers.ts';
import { keptFor } from '../http/kept-for.ts';
import { json, type ProxyEvent, type ProxyResult, preflight } from '../http/proxy-event.ts';
import { Router } from '../http/router.ts';
import { checkHealth, type HealthSources } from './health-checks.ts';

export interface HealthParts extends HealthSources {
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
  const router = new Router('health');
  const health = keptFor(HEALTH_KEPT, now, () => checkHealth(parts, now, log));
  return middy<ProxyEvent, ProxyResult>()
    .use(httpAnswers(parts))
    .handler(async (event: ProxyEvent): Promise<ProxyResult> => {
      const { httpMethod: method, path } = event;
      if (method === 'OPTIONS') return preflight(router.methodsOf(path));
      router.find(method, path);
      const found = await health();
      if (found.status === 'unhealthy') return json(503, found, { 'Cache-Control': 'no-store' });
      const { as_of: _, ...lasting } = found;
      return cacheable(event, callerOf(event), found, lasting, {});
    });
}
