import { StoreUnavailableError } from '../../core/errors.ts';
import { check } from '../../core/http/check.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import { type Job, jobAt } from '../../core/jobs/job.ts';
import { JOB_ID, type TerminateJobsAnswer, terminateJobsBody } from '../../core/jobs/schemas.ts';
import { eachOf, stopJobs } from '../../core/jobs/stop-jobs.ts';
import { rfc3339 } from '../../core/text.ts';
import { tellOfResistance, tellOfTermination } from '../aws/job-lines.ts';
import { json, type ProxyResult } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import type { JobCall } from './serve.ts';

/** Jobs that couldn't be stopped, as many as the answer names. */
const MOST_TOLD = 100;
/** Jobs that are looked up at the same time. */
const AT_ONCE = 16;

/**
 * Asks jobs to stop. Those that are still there when the grace period is over are terminated by the clock; without a
 * grace period they are at once.
 */
export async function terminateJobs(call: JobCall): Promise<ProxyResult> {
  const { event, registry, log, now, stopTime } = call;
  const parsed = check(terminateJobsBody, readBody(event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { grace_period: gracePeriod, ids } = parsed.value;
  const begun = now();
  const deadline = gracePeriod === 0 ? null : begun + gracePeriod * 1000;
  const { requestId } = event.requestContext;
  const unknown: string[] = [];
  const jobs = ids === undefined ? running(call) : named(call, new Set(ids), unknown);
  const stopped = await stopJobs(
    jobs,
    { deadline, reason: 'admin_request' },
    {
      registry,
      now,
      until: begun + stopTime,
      onTerminated: (job) => tellOfTermination(log, job, requestId),
    },
  );
  const { failed, ...counts } = stopped;
  for (const { id, why } of failed) tellOfResistance(log, id, why, requestId);
  const { principal } = call.caller;
  log.info('Jobs stopped on request.', {
    event: 'jobs_stop_requested',
    request_id: requestId,
    admin: principal.id,
    grace_period: gracePeriod,
    named: ids?.length ?? null,
    ...counts,
    failed: failed.length,
  });
  return json(200, {
    deadline: deadline === null ? null : rfc3339(deadline),
    ...counts,
    unknown,
    failed: failed.slice(0, MOST_TOLD).map(({ id, why }) => ({ id, reason: reasonOf(why) })),
    failed_count: failed.length,
  } satisfies TerminateJobsAnswer);
}

/** All that run, for all that is known now: lost jobs are none of them. */
async function* running({ registry, now }: JobCall): AsyncGenerator<readonly Job[]> {
  for await (const jobs of registry.active()) {
    yield jobs.filter((job) => jobAt(job, now()).status !== 'lost');
  }
}

async function* named(
  { registry }: JobCall,
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
