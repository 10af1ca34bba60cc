import { standingOrder } from '../../core/drain/decide-drain.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { check } from '../../core/http/check.ts';
import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import type { JobAction, JobChange, StandingOrder } from '../../core/jobs/change-job.ts';
import type { Job } from '../../core/jobs/job.ts';
import { completeJobBody, failJobBody, heartbeatBody } from '../../core/jobs/schemas.ts';
import { heartbeatView, jobView } from '../../core/jobs/view.ts';
import { rfc3339 } from '../../core/text.ts';
import { tellOfTermination } from '../aws/job-lines.ts';
import { json, type ProxyResult } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import { known, mustBeId } from './known-job.ts';
import type { JobCall } from './serve.ts';

/**
 * A job runs, and says how far it is. One that has ended meanwhile is told so with a 200: it has to stop, and a worker
 * that knows `cancel_requested` only does.
 */
export async function heartbeat(call: JobCall): Promise<ProxyResult> {
  mustBeId(call.id);
  const parsed = check(heartbeatBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const beat = { type: 'heartbeat' as const, ...parsed.value };
  let change = await changed(call, beat);
  if (change.outcome === 'refused') change = await changed(call, { ...beat, order: await orderFor(call) });
  if (change.outcome === 'changed' && change.job.status === 'terminated') {
    tellOfTermination(call.log, change.job, call.event.requestContext.requestId);
  }
  return json(200, heartbeatView(change.job));
}

/** A job has done its work. */
export async function completeJob(call: JobCall): Promise<ProxyResult> {
  mustBeId(call.id);
  const parsed = check(completeJobBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  return end(call, { type: 'complete', result: parsed.value.result ?? null });
}

/** A job has ended without having done its work. */
export async function failJob(call: JobCall): Promise<ProxyResult> {
  mustBeId(call.id);
  const parsed = check(failJobBody, readBody(call.event), 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  return end(call, { type: 'fail', error: parsed.value.error });
}

async function end(call: JobCall, action: JobAction): Promise<ProxyResult> {
  const { outcome, job } = await changed(call, action);
  if (outcome === 'refused') throw hasEnded(job);
  return json(200, jobView(job));
}

async function changed({ id, registry, now }: JobCall, action: JobAction): Promise<JobChange> {
  return known(await registry.change(id, action, now()), id);
}

function hasEnded({ status, endedAt }: Job): HttpProblem {
  const since = endedAt === null ? '' : ` since ${rfc3339(endedAt)}`;
  return new HttpProblem('job_ended', `The job is ${status}${since}; that cannot be changed.`);
}

/** What a job that comes back is told. Where nobody can tell, it runs on: the next drain finds it. */
async function orderFor({ state, now, log, event }: JobCall): Promise<StandingOrder | null> {
  try {
    return standingOrder(await state(), now());
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log.warn('A job came back while the state could not be read; it runs on.', {
      event: 'state_read_failed',
      request_id: event.requestContext.requestId,
      error,
    });
    return null;
  }
}
