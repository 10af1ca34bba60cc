import { HttpProblem } from '../../core/http/problem.ts';
import type { Job } from '../../core/jobs/job.ts';
import { jobView } from '../../core/jobs/view.ts';
import { rfc3339 } from '../../core/text.ts';
import type { Answered, Call } from '../http/api-handler.ts';
import { known } from './known-job.ts';
import type { JobsParts } from './parts.ts';

/**
 * Has a job done again that was cut short: whoever starts jobs is told over the event bus. It is written down first,
 * so that no two admins do it, and taken back where it can't be told.
 */
export async function requeueJob(
  { event, caller, parameters }: Call<'requeueJob'>,
  { registry, newId, now, publishRequeued, log }: JobsParts,
): Promise<Answered> {
  const { id = '' } = parameters;
  const requeue = { id: newId(), at: now(), by: caller.principal.id };
  const change = known(await registry.change(id, { type: 'requeue', requeue }, now()), id);
  if (change.outcome === 'refused') throw whyNot(change.job);
  const fields = { request_id: event.requestContext.requestId, job_id: id, admin: requeue.by };
  try {
    await publishRequeued(change.job);
  } catch (cause) {
    await registry.change(id, { type: 'withdraw_requeue', id: requeue.id }, now());
    throw new HttpProblem(
      'event_bus_unavailable',
      'Nobody could be told to do the job again, so it has not been requeued. Try again in a few seconds.',
      {},
      { cause },
    );
  }
  log.info('Job requeued.', { event: 'job_requeued', ...fields });
  return { answer: jobView(change.job) };
}

function whyNot(job: Job): HttpProblem {
  if (job.requeue !== null) {
    const { at, by } = job.requeue;
    return new HttpProblem('job_requeued', `The job was requeued at ${rfc3339(at)} by "${by}"; once is all.`);
  }
  return new HttpProblem(
    'job_not_requeueable',
    `The job is ${job.status}. What can be requeued are jobs that were terminated, or failed after they were asked to stop.`,
  );
}
