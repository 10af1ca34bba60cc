import { pageOf } from '../../core/http/page.ts';
import { jobAt } from '../../core/jobs/job.ts';
import { decodePlace, jobsPage, jobView } from '../../core/jobs/view.ts';
import type { Answered, Call, ServeTable } from '../http/api-handler.ts';
import { known } from './known-job.ts';
import type { JobsParts } from './parts.ts';
import { registerJob } from './register-job.ts';
import { completeJob, failJob, heartbeat } from './report-job.ts';
import { requeueJob } from './requeue-job.ts';
import { terminateJobs } from './terminate-jobs.ts';

/** How the jobs function answers each of its calls. */
export const SERVE: ServeTable<'jobs', JobsParts> = {
  jobs: listJobs,
  registerJob,
  terminateJobs,
  job: showJob,
  heartbeat,
  completeJob,
  failJob,
  requeueJob,
};

async function listJobs({ query }: Call<'jobs'>, { registry, now }: JobsParts): Promise<Answered> {
  const { limit, from } = pageOf(query, decodePlace);
  const { status } = query;
  return { answer: jobsPage(await registry.list({ status, limit, after: from ?? undefined, now: now() })) };
}

async function showJob({ parameters }: Call<'job'>, { registry, now }: JobsParts): Promise<Answered> {
  const { id = '' } = parameters;
  return { answer: jobView(jobAt(known(await registry.find(id), id), now())) };
}
