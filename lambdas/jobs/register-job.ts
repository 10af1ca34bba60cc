import { createHash } from 'node:crypto';
import { check } from '../../core/http/check.ts';
import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import type { Job } from '../../core/jobs/job.ts';
import { registerJobBody } from '../../core/jobs/schemas.ts';
import { newJob, registrationView } from '../../core/jobs/view.ts';
import { idempotencyKey, requestHash } from '../http/preconditions.ts';
import { json, type ProxyResult } from '../http/proxy-event.ts';
import { readBody } from '../http/read-body.ts';
import type { JobCall } from './serve.ts';

/**
 * Registers a job, unless maintenance is in its way. With an Idempotency-Key the job's id is made of it, so that a
 * repeated registration finds the first, which keeps its answer even when maintenance has begun meanwhile: that job
 * runs.
 */
export async function registerJob(call: JobCall): Promise<ProxyResult> {
  const { event, caller, registry, newId, now } = call;
  const key = idempotencyKey(event);
  const id = key === undefined ? newId() : idOf(caller.principal.id, key);
  const refusal = await call.refuseRegistration(event, caller);
  const earlier = refusal === null || key === undefined ? null : await registry.find(id);
  if (refusal !== null && earlier === null) return refusal;
  const body = readBody(event);
  const parsed = check(registerJobBody, body, 'body');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const hash = key === undefined ? null : requestHash('registerJob', body);
  if (earlier !== null) return repeated(earlier, hash);
  const { type, owner } = parsed.value;
  const registeredBy = caller.principal.id;
  const job = newJob({ id, type, owner, registeredBy, startedAt: now(), requestHash: hash });
  const { outcome, job: kept } = await registry.register(job);
  // An id that was drawn is known only where the write was carried out twice.
  return outcome === 'registered' || key === undefined ? created(kept) : repeated(kept, hash);
}

function created(job: Job): ProxyResult {
  return json(201, registrationView(job), { Location: `/api/maintenance/jobs/${job.id}` });
}

function repeated(job: Job, hash: string | null): ProxyResult {
  if (job.requestHash !== hash) {
    throw new HttpProblem(
      'idempotency_key_reused',
      'This Idempotency-Key has been used for another registration. Use a new one.',
    );
  }
  const answer = created(job);
  return { ...answer, headers: { ...answer.headers, 'Idempotent-Replayed': 'true' } };
}

/** The id of a job that a caller registers under a key, in the form of a UUID made by a rule of one's own (version 8). */
function idOf(caller: string, key: string): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
