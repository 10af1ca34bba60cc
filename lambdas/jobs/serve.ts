import type { ActionOf } from '../../core/api/api.ts';
import { check } from '../../core/http/check.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import { jobAt } from '../../core/jobs/job.ts';
import { jobsQuery } from '../../core/jobs/schemas.ts';
import { decodePlace, jobsPage, jobView } from '../../core/jobs/view.ts';
import type { Caller } from '../http/caller.ts';
import { json, type ProxyEvent, type ProxyResult, queryOf } from '../http/proxy-event.ts';
import type { JobsParts } from './jobs-handler.ts';
import { known, mustBeId } from './known-job.ts';
import { registerJob } from './register-job.ts';
import { completeJob, failJob, heartbeat } from './report-job.ts';
import { requeueJob } from './requeue-job.ts';
import { terminateJobs } from './terminate-jobs.ts';

/** A call whose caller may make it. */
export interface JobCall extends JobsParts {
  readonly event: ProxyEvent;
  readonly caller: Caller;
  /** The job's id in the path, as it came; empty where the path has none. */
  readonly id: string;
}

/** Answers a call. Throws HttpProblem or StoreUnavailableError. */
type Serve = (call: JobCall) => Promise<ProxyResult>;

/** How the jobs function answers each of its calls. */
export const SERVE: Readonly<Record<ActionOf<'jobs'>, Serve>> = {
  jobs: listJobs,
  registerJob,
  terminateJobs,
  job: showJob,
  heartbeat,
  completeJob,
  failJob,
  requeueJob,
};

async function listJobs({ event, registry, now }: JobCall): Promise<ProxyResult> {
  const parsed = check(jobsQuery, queryOf(event), 'query');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { status, limit, cursor } = parsed.value;
  const after = cursor === undefined ? undefined : decodePlace(cursor);
  if (after === null) {
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  }
  return json(200, jobsPage(await registry.list({ status, limit: Number(limit), after, now: now() })));
}

async function showJob({ id, registry, now }: JobCall): Promise<ProxyResult> {
  mustBeId(id);
  return json(200, jobView(jobAt(known(await registry.find(id), id), now())));
}
