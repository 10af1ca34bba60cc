import type { TerminatedWork } from '../../core/drain/work-kind.ts';
import type { Job } from '../../core/jobs/job.ts';
import { line } from '../../core/text.ts';
import type { Log } from './log.ts';
import { metricFields } from './metric-line.ts';

/** What every line about a job holds. */
function facts(job: Job): Record<string, unknown> {
  return {
    job_id: job.id,
    job_type: job.type,
    owner: job.owner,
    started_at: new Date(job.startedAt).toISOString(),
  };
}

/** Logs a job that was terminated, once for each. */
export function logTermination(log: Log, job: Job, requestId: string): void {
  const reason = job.cancellation?.reason ?? 'admin_request';
  log.info(line('[EMERGENCY] Job terminated', { job_id: job.id, reason }), {
    event: 'job_terminated',
    request_id: requestId,
    reason,
    ...facts(job),
    ...metricFields(job.endedAt ?? job.lastSeenAt, { JobsTerminated: 1 }),
  });
}

/** Logs work that an emergency's drain has terminated, of whatever kind, once for each. */
export function logTerminatedWork(
  log: Log,
  kind: string,
  { id, facts: known }: TerminatedWork,
  now: number,
  requestId: string,
): void {
  const reason = 'emergency_mode';
  log.info(line('[EMERGENCY] Job terminated', { job_id: id, reason }), {
    event: 'job_terminated',
    request_id: requestId,
    reason,
    job_id: id,
    kind,
    ...known,
    ...metricFields(now, { JobsTerminated: 1 }),
  });
}

/** Logs a job of which nothing is heard any more. */
export function logLoss(log: Log, job: Job, requestId: string): void {
  log.warn(line('[MAINTENANCE] Job lost', { job_id: job.id }), {
    event: 'job_lost',
    request_id: requestId,
    last_seen_at: new Date(job.lastSeenAt).toISOString(),
    ...facts(job),
  });
}

/** Logs a job that was to be terminated or asked to stop, and could not be. */
export function logFailedStop(log: Log, id: string, error: unknown, requestId: string): void {
  log.warn(line('[MAINTENANCE] Job could not be stopped', { job_id: id }), {
    event: 'job_stop_failed',
    request_id: requestId,
    job_id: id,
    error,
  });
}

/** Logs how many jobs there are, and what the clock has made of others. */
export function logActiveJobs(
  log: Log,
  counts: {
    readonly active: number;
    readonly lost: number;
    readonly terminated: number;
    readonly remaining: number;
  },
  now: number,
  requestId: string,
): void {
  log.info('Jobs counted.', {
    event: 'jobs_counted',
    request_id: requestId,
    lost: counts.lost,
    terminated: counts.terminated,
    remaining: counts.remaining,
    ...metricFields(now, { ActiveJobs: counts.active }),
  });
}
