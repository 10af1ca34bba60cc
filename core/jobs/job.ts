/**
 * A job: work that somebody else carries out, and that says here how it is. Instants are ms since the epoch.
 */
export interface Job {
  readonly id: string;
  /** What kind of work it is, in its owner's words. */
  readonly type: string;
  /** For whom it is done. */
  readonly owner: string;
  readonly status: JobStatus;
  /** The principal that registered it. */
  readonly registeredBy: string;
  readonly startedAt: number;
  /** The last heartbeat, or the registration. */
  readonly lastSeenAt: number;
  /** Percent. */
  readonly progress: number | null;
  readonly step: string | null;
  /** Null until it is asked to stop. */
  readonly cancellation: Cancellation | null;
  /** When it completed, failed, was terminated or got lost; null while it is active. */
  readonly endedAt: number | null;
  /** What it came to, JSON; null while it has not completed. */
  readonly result: unknown;
  readonly error: string | null;
  readonly requeue: Requeue | null;
  /** Digest of the registration that was sent with an Idempotency-Key; null without one. */
  readonly requestHash: string | null;
}

export const JOB_STATUSES = ['running', 'cancelling', 'completed', 'failed', 'terminated', 'lost'] as const;

export type JobStatus = (typeof JOB_STATUSES)[number];

/** Why a job is asked to stop. */
export type StopReason = 'emergency_mode' | 'admin_request';

interface Cancellation {
  readonly askedAt: number;
  /** From then on the job is terminated, whatever it does. */
  readonly deadline: number;
  readonly reason: StopReason;
}

export interface Requeue {
  /** Unique: by it a repeated write recognises itself. */
  readonly id: string;
  readonly at: number;
  readonly by: string;
}

/** Milliseconds between two heartbeats. */
export const HEARTBEAT_INTERVAL = 15_000;

/** A job of which nothing has been heard for three heartbeats is lost, ms. */
export const LOST_AFTER = 3 * HEARTBEAT_INTERVAL;

/** Whether a job still runs, for all that is known. */
export function isActive({ status }: Pick<Job, 'status'>): boolean {
  return status === 'running' || status === 'cancelling';
}

/**
 * The job as seen at an instant: lost, or terminated by its deadline, from the moment at which it is so, whether or
 * not that has been written. Of the two, what came first holds.
 *
 * @example jobAt({ ...job, status: 'running', lastSeenAt: 0 }, 45_000).status // 'lost'
 */
export function jobAt(job: Job, now: number): Job {
  if (!isActive(job)) return job;
  const lostAt = job.lastSeenAt + LOST_AFTER;
  const deadline = job.cancellation?.deadline ?? Number.POSITIVE_INFINITY;
  if (Math.min(lostAt, deadline) > now) return job;
  return deadline <= lostAt
    ? { ...job, status: 'terminated', endedAt: deadline }
    : { ...job, status: 'lost', endedAt: lostAt };
}

/** Whether an admin may have a job done again that the maintenance has cut short. */
export function canBeRequeued(job: Job): boolean {
  const isCutShort = job.status === 'terminated' || (job.status === 'failed' && job.cancellation !== null);
  return isCutShort && job.requeue === null;
}
