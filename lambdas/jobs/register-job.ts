import { createHash } from 'node:crypto';
import { HttpProblem } from '../../core/http/problem.ts';
import type { Job } from '../../core/jobs/job.ts';
import { newJob, registrationView } from '../../core/jobs/view.ts';
import type { Admitted, Answered, Call } from '../http/api-handler.ts';
import { idempotencyKey, requestHash } from '../http/preconditions.ts';
import type { ProxyResult } from '../http/proxy-event.ts';
import type { JobsParts } from './parts.ts';

/**
 * Answers whoever may not register a job because maintenance is in the way; null for whoever may. A registration that
 * is repeated keeps its answer even when maintenance has begun meanwhile: that job runs.
 */
export async function refuseBlocked(
  { event, caller }: Admitted,
  { refuseRegistration, registry }: JobsParts,
): Promise<ProxyResult | null> {
  const key = idempotencyKey(event);
  const refusal = await refuseRegistration(event, caller);
  if (refusal === null || key === undefined) return refusal;
  const earlier = await registry.find(idOf(caller.principal.id, key));
  return earlier === null ? refusal : null;
}

/**
 * Registers a job. With an Idempotency-Key the job's id is made of it, so that a repeated registration finds the
 * first.
 */
export async function registerJob(
  { event, caller, body, sent }: Call<'registerJob'>,
  { registry, newId, now }: JobsParts,
): Promise<Answered> {
  const key = idempotencyKey(event);
  const registeredBy = caller.principal.id;
  const id = key === undefined ? newId() : idOf(registeredBy, key);
  const hash = key === undefined ? null : requestHash('registerJob', sent);
  const { type, owner } = body;
  const job = newJob({ id, type, owner, registeredBy, startedAt: now(), requestHash: hash });
  const { outcome, job: kept } = await registry.register(job);
  // An id that was drawn is known only where the write was carried out twice.
  return outcome === 'registered' || key === undefined ? created(kept) : repeated(kept, hash);
}

function created(job: Job): Answered {
  return { answer: registrationView(job), headers: { Location: `/api/maintenance/jobs/${job.id}` } };
}

function repeated(job: Job, hash: string | null): Answered {
  if (job.requestHash !== hash) {
    throw new HttpProblem(
      'idempotency_key_reused',
      'This Idempotency-Key has been used for another registration. Use a new one.',
    );
  }
  const { answer, headers } = created(job);
  return { answer, headers: { ...headers, 'Idempotent-Replayed': 'true' } };
}

/** The id of a job that a caller registers under a key, in the form of a UUID made by a rule of one's own (version 8). */
function idOf(caller: string, key: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
