import * as z from 'zod';
import { count, instant } from '../http/fields.ts';

/** What a blocked caller of the application gets, with status 503. */
export const refusalAnswer = z
  .strictObject({
    type: z.literal('urn:problem:maintenance-active'),
    title: z.string(),
    status: z.literal(503),
    detail: z.string(),
    instance: z.string(),
    error: z.literal('maintenance_active'),
    maintenance_active: z.literal(true),
    message: z.string(),
    retry_after: count.meta({ description: 'Seconds, as in the header Retry-After.' }),
    timestamp: instant,
    maintenance: z.strictObject({
      mode: z.enum(['normal', 'emergency']),
      reason: z.string(),
      started_at: instant,
      estimated_completion: instant.nullable(),
      version: count,
    }),
    credential: z
      .enum(['expired', 'rejected'])
      .optional()
      .meta({ description: 'Of a credential that was shown and is no longer good.' }),
    operation: z.strictObject({ type: z.string(), description: z.string(), suggestion: z.string() }),
  })
  .meta({ id: 'MaintenanceRefusal' });
