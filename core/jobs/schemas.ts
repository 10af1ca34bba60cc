import * as z from 'zod';
import { JOB_STATUSES } from './job.ts';
import type { HeartbeatView, JobsPage, JobView } from './view.ts';

/** The bodies, queries and answers of the calls about jobs; see schemas.ts and answers.ts for how they are made. */

/** Bytes of a job's result as JSON in UTF-8. */
const LARGEST_RESULT = 4096;
/** Jobs that one call may name. */
const MOST_NAMED = 100;

/** The form of a job's id. Its first digit says where the job is kept. */
export const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const CONTROL_CHARACTER = /\p{Cc}/u;

/** One line of text. Zod counts UTF-16 units, so lengths are checked by hand. */
function line(longest: number) {
  return z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a text') })
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine((text) => [...text].length <= longest, `must have at most ${longest} characters`)
    .refine((text) => !CONTROL_CHARACTER.test(text), 'must not hold control characters')
    .refine((text) => text.isWellFormed(), 'must be valid Unicode: it holds half a surrogate pair')
    .meta({ minLength: 1, maxLength: longest });
}

/** `POST /jobs` */
export const registerJobBody = z.strictObject({
  type: line(100).meta({ description: 'What kind of work it is.', examples: ['caption_generation'] }),
  owner: line(200).meta({ description: 'For whom it is done.' }),
});

const PERCENT = 'must be a number from 0 to 100';

/** `POST /jobs/{id}/heartbeat` */
export const heartbeatBody = z.strictObject({
  progress: z.number(PERCENT).min(0, PERCENT).max(100, PERCENT).optional().meta({ description: 'Percent.' }),
  step: line(200).optional().meta({ description: 'What the job is at.' }),
});

/** `POST /jobs/{id}/complete` */
export const completeJobBody = z.strictObject({
  result: z
    .unknown()
    .refine(
      (value) => new TextEncoder().encode(JSON.stringify(value ?? null)).length <= LARGEST_RESULT,
      `must take at most ${LARGEST_RESULT} bytes as JSON`,
    )
    .optional()
    .meta({ description: 'What the job came to.' }),
});

/** `POST /jobs/{id}/fail` */
export const failJobBody = z.strictObject({
  error: z
    .string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a text') })
    .refine((text) => text.trim() !== '', 'must not be empty')
    .refine((text) => [...text].length <= 2000, 'must have at most 2000 characters')
    .refine((text) => text.isWellFormed(), 'must be valid Unicode: it holds half a surrogate pair')
    .meta({ minLength: 1, maxLength: 2000, description: 'Why.' }),
});

/** `GET /jobs` */
export const jobsQuery = z.strictObject({
  status: z.enum(JOB_STATUSES, `must be one of ${JOB_STATUSES.join(', ')}`).optional(),
  limit: z
    .string('must be given once')
    .regex(/^(?:[1-9][0-9]?|100)$/, 'must be a whole number from 1 to 100')
    .default('20'),
  cursor: z.string('must be given once').optional(),
});

const GRACE = 'must be a whole number of seconds from 0 to 900, as a JSON number';

/** `POST /jobs/terminate` */
export const terminateJobsBody = z.strictObject({
  grace_period: z
    .int(GRACE)
    .min(0, GRACE)
    .max(900, GRACE)
    .default(10)
    .meta({ description: 'Seconds that the jobs get to stop by themselves.' }),
  ids: z
    .array(z.string('must hold ids of jobs'), 'must be a list of ids of jobs')
    .min(1, 'must name at least one job; leave it out for all')
    .max(MOST_NAMED, `must name at most ${MOST_NAMED} jobs; leave it out for all`)
    .optional()
    .meta({ description: 'The jobs that are meant, instead of all active ones.' }),
});

const instant = z.iso.datetime();
const count = z.int().min(0);

const jobStatus = z.enum(JOB_STATUSES).meta({
  description: '`cancelling`: asked to stop. `lost`: nothing has been heard of it for three heartbeats.',
});
const deadline = instant
  .nullable()
  .meta({ description: 'Until when the job has time to stop by itself; null while it is not asked to.' });

/** One job. */
export const jobAnswer = z.strictObject({
  id: z.string().regex(JOB_ID),
  type: z.string(),
  owner: z.string(),
  status: jobStatus,
  started_at: instant,
  progress: z.number().min(0).max(100).nullable().meta({ description: 'Percent; null while unknown.' }),
  step: z.string().nullable(),
  last_seen_at: instant.meta({ description: 'The last heartbeat, or the registration.' }),
  cancel_requested: z.boolean(),
  deadline,
  ended_at: instant.nullable(),
  result: z.unknown().meta({ description: 'What it came to; null while it has not completed.' }),
  error: z.string().nullable(),
  registered_by: z.string(),
  requeued_at: instant.nullable(),
  requeued_by: z.string().nullable(),
  heartbeat_interval: count.meta({ description: 'Seconds between two heartbeats.' }),
}) satisfies z.ZodType<JobView>;

/** `POST /jobs/{id}/heartbeat` */
export const heartbeatAnswer = z.strictObject({
  cancel_requested: z.boolean(),
  deadline,
  status: jobStatus,
}) satisfies z.ZodType<HeartbeatView>;

/** `GET /jobs` */
export const jobsAnswer = z.strictObject({
  items: z.array(jobAnswer),
  next_cursor: z.string().nullable().meta({ description: 'Null on the last page.' }),
}) satisfies z.ZodType<JobsPage>;

/** `POST /jobs/terminate` */
export const terminateJobsAnswer = z.strictObject({
  deadline,
  asked: count.meta({ description: 'Jobs that have been asked to stop, now or before, and still run.' }),
  terminated: count,
  ended: count.meta({ description: 'Jobs that had completed or failed.' }),
  lost: count,
  unknown: z.array(z.string()).meta({ description: 'Ids that belong to no job.' }),
  failed: z
    .array(z.strictObject({ id: z.string(), reason: z.string() }))
    .meta({ description: 'The first 100 jobs that could be neither asked nor terminated.' }),
  failed_count: count,
  remaining: count.meta({ description: 'Jobs that there was no time for: repeat the call.' }),
});

export type TerminateJobsAnswer = z.output<typeof terminateJobsAnswer>;
