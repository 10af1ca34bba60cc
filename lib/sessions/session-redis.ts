import type { MaintenanceFunction } from '../functions/maintenance-function.ts';
import type { FunctionNetwork } from '../network/function-network.ts';

/**
 * As whom a function signs in at Redis. `gate`: who decides about requests; it reads sessions and the copy of the
 * state, and counts. `keeper`: who looks after sessions and that copy; it also scans, deletes and writes.
 */
export type RedisUser = 'gate' | 'keeper';

/** The Redis that holds the application's sessions. */
export interface SessionRedis {
  /** Where the functions run that are bound to it. */
  readonly network: FunctionNetwork;
  /** Lets a function of that network sign in, and tells it where Redis is and what sessions look like. */
  bind(user: MaintenanceFunction, as: RedisUser): void;
}
