import * as z from 'zod';
import { type Answer, count, instant } from '../http/fields.ts';

/** How well a part of the system works: `degraded` works with something missing, `unhealthy` does not work. */
export const healthStatus = z.enum(['healthy', 'degraded', 'unhealthy']);

export type HealthStatus = Answer<typeof healthStatus>;

/** One part of the system, as everybody may see it: nothing of what is behind it. */
const componentHealth = z.strictObject({
  status: healthStatus,
  message: z.string(),
  latency_ms: count.meta({ description: 'Milliseconds that the check took.' }),
  age_ms: count.nullable().meta({ description: 'Milliseconds since what it holds was read or fetched.' }),
  source: z.enum(['event_log', 'last_known']).optional(),
});

export type ComponentHealth = Answer<typeof componentHealth>;

/** `GET /health` */
export const healthAnswer = z
  .strictObject({
    status: healthStatus.meta({ description: 'That of the component which is worst.' }),
    components: z.strictObject({
      event_log: componentHealth,
      issuer_keys: componentHealth,
      state: componentHealth,
      session_store: componentHealth.optional().meta({ description: 'Absent without sessions.' }),
      health_check: componentHealth.optional().meta({ description: 'Absent without monitoring.' }),
    }),
    as_of: instant,
  })
  .meta({ id: 'Health' });

export type Health = Answer<typeof healthAnswer>;
