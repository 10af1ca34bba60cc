import { StoreUnavailableError } from '../../core/errors.ts';
import { type Job, jobAt } from '../../core/jobs/job.ts';
import { JOB_ID, type TerminateJobsAnswer } from '../../core/jobs/schemas.ts';
import { eachOf, stopJobs } from '../../core/jobs/stop-jobs.ts';
import { rfc3339 } from '../../core/text.ts';
import { logFailedStop, logTermination } from '../aws/job-lines.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import type { JobsParts } from './parts.ts';

/** Jobs that couldn't be stopped, as many as the answer names. */
const MAX_FAILURES = 100;
/** Jobs that are looked up at the same time. */
const AT_ONCE = 16;

/**
 * Asks jobs to stop. Those that are still there when the grace period is over are terminated by the clock; without a
 * grace period they are at once.
 */
export async function terminateJobs(
  { event, caller, body }: Call<'terminateJobs'>,
  parts: JobsParts,
): Promise<Answered> {
  const { registry, log, now, stopTime } = parts;
  const { grace_period: gracePeriod, ids } = body;
  const begun = now();
  const deadline = gracePeriod === 0 ? null : begun + gracePeriod * 1000;
  const { requestId } = event.requestContext;
  const unknown: string[] = [];
  const jobs = ids === undefined ? running(parts) : named(parts, new Set(ids), unknown);
  const stopped = await stopJobs(
    jobs,
    { deadline, reason: 'admin_request' },
    {
      registry,
      now,
      until: begun + stopTime,
      onTerminated: (job) => logTermination(log, job, requestId),
    },
  );
  const { failed, ...counts } = stopped;
  for (const { id, why } of failed) logFailedStop(log, id, why, requestId);
  log.info('Jobs stopped on request.', {
    event: 'jobs_stop_requested',
    request_id: requestId,
    admin: caller.principal.id,
    grace_period: gracePeriod,
    named: ids?.length ?? null,
    ...counts,
    failed: failed.length,
  });
  const answer: TerminateJobsAnswer = {
    deadline: deadline === null ? null : rfc3339(deadline),
    ...counts,
    unknown,
    failed: failed.slice(0, MAX_FAILURES).map(({ id, why }) => ({ id, reason: reasonOf(why) })),
    failed_count: failed.length,
  };
  return { answer };
}

/** All that run, for all that is known now: lost jobs are none of them. */
async function* running({ registry, now }: JobsParts): AsyncGenerator<readonly Job[]> {
  for await (const jobs of registry.active()) {
    yield jobs.filter((job) => jobAt(job, now()).status !== 'lost');
  }
}

async function* named(
  { registry }: JobsParts,
  ids: ReadonlySet<string>,
  unknown: string[],
): AsyncGenerator<readonly Job[]> {
  const found: Job[] = [];
  await eachOf([...ids], AT_ONCE, async (id) => {
    const job = JOB_ID.test(id) ? await registry.find(id) : null;
    if (job === null) unknown.push(id);
    else found.push(job);
  });
  yield found;
}

/** What an admin may know of why a job could not be stopped; the rest is in the log. */
function reasonOf(why: unknown): string {
  return why instanceof StoreUnavailableError
    ? 'The state store gave no good answer.'
    : 'Something went wrong on our side.';
}
