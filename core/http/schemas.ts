import * as z from 'zod';
import { count, instant } from './fields.ts';
import { PROBLEMS, type ProblemCode } from './problem.ts';

const fieldProblem = z.strictObject({ field: z.string(), message: z.string() });

/** Every error of the API's own functions (RFC 9457). */
export const problemAnswer = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    error: z.enum(Object.keys(PROBLEMS) as ProblemCode[]).meta({ description: 'Stable code.' }),
    message: z.string(),
    details: z.array(fieldProblem).meta({ description: 'What is wrong, field by field.' }),
    request_id: z.string(),
    credential: z
      .enum(['expired', 'rejected'])
      .optional()
      .meta({ description: 'Of a credential that was shown and is no longer good.' }),
    remedy: z.string().optional().meta({ description: 'The call that would work.' }),
    version: count.optional().meta({ description: 'The version of the state that stood in the way.' }),
    maintenance: z
      .strictObject({
        id: z.string(),
        mode: z.enum(['normal', 'emergency', 'test']),
        held_by: z.string(),
        since: instant,
      })
      .nullish()
      .meta({ description: 'The maintenance that stood in the way.' }),
  })
  .meta({ id: 'Problem' });

/**
 * What the gateway answers by itself: too many requests, no authorizer to ask, or a request that it takes nowhere.
 * Of the last kind only the status line tells the status.
 */
export const gatewayProblemAnswer = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599).optional(),
    detail: z.string().optional(),
    error: z.enum([
      'authorizer_unavailable',
      'too_many_requests',
      'quota_exceeded',
      'request_refused',
      'gateway_error',
    ]),
    message: z.string(),
    details: z.array(fieldProblem).max(0),
    request_id: z.string(),
    retry_after: count.optional().meta({ description: 'Seconds.' }),
  })
  .meta({ id: 'GatewayProblem' });
