import { standingOrder } from '../../core/drain/decide-drain.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import type { JobAction, JobChange, StandingOrder } from '../../core/jobs/change-job.ts';
import type { Job } from '../../core/jobs/job.ts';
import { heartbeatView, jobView } from '../../core/jobs/view.ts';
import { rfc3339 } from '../../core/text.ts';
import { logTermination } from '../aws/job-lines.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { known } from './known-job.ts';
import type { JobsParts } from './parts.ts';

/**
 * A job runs, and says how far it is. One that has ended meanwhile is told so with a 200: it has to stop, and a worker
 * that knows `cancel_requested` only does.
 */
export async function heartbeat(call: Call<'heartbeat'>, parts: JobsParts): Promise<Answered> {
  const { requestId } = call.event.requestContext;
  const beat = { type: 'heartbeat' as const, ...call.body };
  let change = await changed(call, parts, beat);
  if (change.outcome === 'refused') {
    change = await changed(call, parts, { ...beat, order: await orderFor(parts, requestId) });
  }
  if (change.outcome === 'changed' && change.job.status === 'terminated') {
    logTermination(parts.log, change.job, requestId);
  }
  return { answer: heartbeatView(change.job) };
}

/** A job has done its work. */
export function completeJob(call: Call<'completeJob'>, parts: JobsParts): Promise<Answered> {
  return end(call, parts, { type: 'complete', result: call.body.result ?? null });
}

/** A job has ended without having done its work. */
export function failJob(call: Call<'failJob'>, parts: JobsParts): Promise<Answered> {
  return end(call, parts, { type: 'fail', error: call.body.error });
}

async function end(call: Call, parts: JobsParts, action: JobAction): Promise<Answered> {
  const { outcome, job } = await changed(call, parts, action);
  if (outcome === 'refused') throw hasEnded(job);
  return { answer: jobView(job) };
}

async function changed(
  { parameters }: Call,
  { registry, now }: JobsParts,
  action: JobAction,
): Promise<JobChange> {
  const { id = '' } = parameters;
  return known(await registry.change(id, action, now()), id);
}

function hasEnded({ status, endedAt }: Job): HttpProblem {
  const since = endedAt === null ? '' : ` since ${rfc3339(endedAt)}`;
  return new HttpProblem('job_ended', `The job is ${status}${since}; that cannot be changed.`);
}

/** What a job that comes back is told. Where nobody can tell, it runs on: the next drain finds it. */
async function orderFor({ state, now, log }: JobsParts, requestId: string): Promise<StandingOrder | null> {
  try {
    return standingOrder(await state(), now());
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    log.warn('A job came back while the state could not be read; it runs on.', {
      event: 'state_read_failed',
      request_id: requestId,
      error,
    });
    return null;
  }
}
