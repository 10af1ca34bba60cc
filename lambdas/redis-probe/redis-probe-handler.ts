import type { RedisFacts } from '../../core/health/redis-facts.ts';

interface RedisProbeParts {
  /** Rejects with SessionStoreUnavailableError. */
  readonly look: () => Promise<RedisFacts>;
}

/** Tells the health check, which has no way into the network, how Redis is. Fails where Redis gives no good answer. */
export function createRedisProbeHandler({ look }: RedisProbeParts) {
  return (): Promise<RedisFacts> => look();
}
