import * as z from 'zod';
import { type Answer, count, instant } from '../http/fields.ts';

/** How far the jobs of the maintenance that is active have come to an end. */
export const jobDrain = z.strictObject({
  status: z.enum(['pending', 'draining', 'drained', 'terminated', 'incomplete']).meta({
    description:
      '`pending` before the first look. `drained`: all ended by themselves. `terminated`: some had to be. `incomplete`: some could not be.',
  }),
  remaining: count.meta({ description: 'Jobs that are left, as of the last look.' }),
  terminated: count,
  lost: count,
  deadline: instant.nullable().meta({
    description:
      'In normal mode when jobs should be gone, in an emergency when those that are left are terminated.',
  }),
  holding: z
    .array(z.string())
    .nullable()
    .meta({ description: 'Some of the jobs that are left; null unless an admin asks.' }),
});

export type DrainView = Answer<typeof jobDrain>;
