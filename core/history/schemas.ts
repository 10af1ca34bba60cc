import * as z from 'zod';
import { EVENT_TYPES } from '../events/event-types.ts';
import { type Answer, count, instant, pageAnswer, pageQuery } from '../http/fields.ts';
import { ROLES } from '../state/principal.ts';

/** `GET /history` */
export const historyQuery = z.strictObject(pageQuery('20'));

export type HistoryQuery = z.output<typeof historyQuery>;

const eventAnswer = z.strictObject({
  number: count,
  type: z.enum(EVENT_TYPES),
  at: instant,
  actor: z.strictObject({
    id: z.string(),
    role: z.enum([...ROLES, 'system']),
    via: z.enum(['api', 'direct', 'clock']).meta({
      description: 'The HTTP API, IAM credentials alone, or the clock.',
    }),
  }),
  reason: z.string().nullable(),
  maintenance_id: z.string().nullable(),
  details: z.record(z.string(), z.unknown()),
  version: count,
  hash: z.string().regex(/^[0-9a-f]{64}$/),
});

export type EventView = Answer<typeof eventAnswer>;

/** `GET /history` */
export const historyAnswer = pageAnswer(eventAnswer).meta({ id: 'History' });

export type HistoryPage = Answer<typeof historyAnswer>;
