import { rfc3339 } from '../text.ts';
import { HEARTBEAT_INTERVAL, type Job } from './job.ts';
import type { JobPage } from './job-registry.ts';
import type { HeartbeatView, JobsPage, JobView } from './schemas.ts';

export function jobView(job: Job): JobView {
  const { cancellation, requeue } = job;
  return {
    id: job.id,
    type: job.type,
    owner: job.owner,
    status: job.status,
    started_at: rfc3339(job.startedAt),
    progress: job.progress,
    step: job.step,
    last_seen_at: rfc3339(job.lastSeenAt),
    cancel_requested: cancellation !== null,
    deadline: orNull(cancellation?.deadline),
    ended_at: orNull(job.endedAt),
    result: job.result ?? null,
    error: job.error,
    registered_by: job.registeredBy,
    requeued_at: orNull(requeue?.at),
    requeued_by: requeue?.by ?? null,
    heartbeat_interval: HEARTBEAT_INTERVAL / 1000,
  };
}

/** The answer to its registration, whenever it is given. */
export function registrationView({ id, type, owner, registeredBy, startedAt, requestHash }: Job): JobView {
  return jobView({
    ...newJob({ id, type, owner, registeredBy, startedAt }),
    requestHash,
  });
}

/** A job as it begins. */
export function newJob(
  facts: Pick<Job, 'id' | 'type' | 'owner' | 'registeredBy' | 'startedAt'> & {
    readonly requestHash?: string | null;
  },
): Job {
  return {
    requestHash: null,
    ...facts,
    status: 'running',
    lastSeenAt: facts.startedAt,
    progress: null,
    step: null,
    cancellation: null,
    endedAt: null,
    result: null,
    error: null,
    requeue: null,
  };
}

export function heartbeatView({ cancellation, status }: Job): HeartbeatView {
  return { cancel_requested: cancellation !== null, deadline: orNull(cancellation?.deadline), status };
}

export function jobsPage({ items, next }: JobPage): JobsPage {
  return { items: items.map(jobView), next_cursor: next === null ? null : encodePlace(next) };
}

function orNull(instant: number | null | undefined): string | null {
  return instant === null || instant === undefined ? null : rfc3339(instant);
}

const PLACE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f-]{36}$/;

/** A place in the order of jobs as a cursor, opaque to clients. */
function encodePlace(place: string): string {
  return btoa(place).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The place that a cursor stands for, or null when it is none of ours. */
export function decodePlace(cursor: string): string | null {
  if (!/^[\w-]{1,200}$/.test(cursor)) return null;
  try {
    const place = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    return PLACE.test(place) ? place : null;
  } catch {
    return null;
  }
}
