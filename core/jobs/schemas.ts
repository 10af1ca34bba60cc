import * as z from 'zod';
import { type Answer, count, instant, pageAnswer, pageQuery, text, wholeSeconds } from '../http/fields.ts';
import { JOB_STATUSES } from './job.ts';

/** The bodies, queries and answers of the calls about jobs. */

/** Bytes of a job's result as JSON in UTF-8. */
const MAX_RESULT_BYTES = 4096;
/** Lists and objects of a job's result in one another: whoever writes or shows it goes down by recursion. */
const MAX_RESULT_DEPTH = 32;
/** Jobs that one call may name. */
const MAX_JOBS_NAMED = 100;

/** The form of a job's id. Its first digit says where the job is kept. */
export const JOB_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** One line of text. */
const line = (longest: number) => text(longest, { forbidden: 'all' });

/** `POST /jobs` */
export const registerJobBody = z
  .strictObject({
    type: line(100).meta({ description: 'What kind of work it is.', examples: ['caption_generation'] }),
    owner: line(200).meta({ description: 'For whom it is done.' }),
  })
  .meta({ id: 'JobToRegister' });

const PERCENT = 'must be a number from 0 to 100';

/** `POST /jobs/{id}/heartbeat` */
export const heartbeatBody = z
  .strictObject({
    progress: z
      .number(PERCENT)
      .min(0, PERCENT)
      .max(100, PERCENT)
      .optional()
      .meta({ description: 'Percent.' }),
    step: line(200).optional().meta({ description: 'What the job is at.' }),
  })
  .meta({ id: 'Heartbeat' });

/** `POST /jobs/{id}/complete` */
export const completeJobBody = z
  .strictObject({
    result: z
      .unknown()
      .refine((value) => isShallow(value, MAX_RESULT_DEPTH), {
        message: `must be nested ${MAX_RESULT_DEPTH} deep at most`,
        abort: true,
      })
      .refine(
        (value) => new TextEncoder().encode(JSON.stringify(value ?? null)).length <= MAX_RESULT_BYTES,
        `must take at most ${MAX_RESULT_BYTES} bytes as JSON`,
      )
      .optional()
      .meta({ description: 'What the job came to.' }),
  })
  .meta({ id: 'Completion' });

/** Looks no deeper than it may go, and so at as many parts as the body of a call has room for. */
function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth > 0 && Object.values(value).every((part) => isShallow(part, depth - 1));
}

/** `POST /jobs/{id}/fail` */
export const failJobBody = z
  .strictObject({
    error: text(2000, { forbidden: 'none' }).meta({ description: 'Why.' }),
  })
  .meta({ id: 'Failure' });

/** `GET /jobs` */
export const jobsQuery = z.strictObject({
  status: z.enum(JOB_STATUSES, `must be one of ${JOB_STATUSES.join(', ')}`).optional(),
  ...pageQuery('20'),
});

/** `POST /jobs/terminate` */
export const terminateJobsBody = z
  .strictObject({
    grace_period: wholeSeconds(0, 900)
      .default(10)
      .meta({ description: 'Seconds that the jobs get to stop by themselves.' }),
    ids: z
      .array(z.string('must hold ids of jobs'), 'must be a list of ids of jobs')
      .min(1, 'must name at least one job; leave it out for all')
      .max(MAX_JOBS_NAMED, `must name at most ${MAX_JOBS_NAMED} jobs; leave it out for all`)
      .optional()
      .meta({ description: 'The jobs that are meant, instead of all active ones.' }),
  })
  .meta({ id: 'JobsToTerminate' });

const jobStatus = z.enum(JOB_STATUSES).meta({
  description: '`cancelling`: asked to stop. `lost`: nothing has been heard of it for three heartbeats.',
});
const deadline = instant
  .nullable()
  .meta({ description: 'Until when the job has time to stop by itself; null while it is not asked to.' });

/** One job. */
export const jobAnswer = z
  .strictObject({
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
  })
  .meta({ id: 'Job' });

export type JobView = Answer<typeof jobAnswer>;

/** `POST /jobs/{id}/heartbeat` */
export const heartbeatAnswer = z
  .strictObject({
    cancel_requested: z.boolean(),
    deadline,
    status: jobStatus,
  })
  .meta({ id: 'HeartbeatAnswer' });

export type HeartbeatView = Answer<typeof heartbeatAnswer>;

/** `GET /jobs` */
export const jobsAnswer = pageAnswer(jobAnswer).meta({ id: 'Jobs' });

export type JobsPage = Answer<typeof jobsAnswer>;

/** `POST /jobs/terminate` */
export const terminateJobsAnswer = z
  .strictObject({
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
  })
  .meta({ id: 'TerminatedJobs' });

export type TerminateJobsAnswer = Answer<typeof terminateJobsAnswer>;
