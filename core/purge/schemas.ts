import * as z from 'zod';
import { type Answer, count, instant } from '../http/fields.ts';

/** Where the deleting of sessions stands: that of the newest order. */
export const sessionPurge = z.strictObject({
  id: z.string(),
  status: z.enum(['pending', 'running', 'completed', 'failed']).meta({
    description: '`failed` while the session store gives no good answer; it is tried again every minute.',
  }),
  scope: z.enum(['members', 'everybody', 'named']),
  pass: z.union([z.literal(1), z.literal(2)]),
  scanned: count,
  deleted: count,
  kept: count,
  unparsable: count,
  progress: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .meta({ description: 'Null where nobody knows how much there is to do.' }),
  started_at: instant.nullable(),
  updated_at: instant.nullable(),
  finished_at: instant.nullable(),
  error: z.string().nullable().meta({ description: 'Null unless an admin asks.' }),
});

export type PurgeView = Answer<typeof sessionPurge>;
