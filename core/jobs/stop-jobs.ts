import { isActive, type Job, jobAt, type StopReason } from './job.ts';
import type { JobRegistry } from './job-registry.ts';

interface StopRequest {
  /** Where jobs have time to stop by themselves until an instant (ms since the epoch); null terminates them now. */
  readonly deadline: number | null;
  readonly reason: StopReason;
}

interface StopParts {
  readonly registry: Pick<JobRegistry, 'change'>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Begins no further job from this instant on, ms since the epoch. */
  readonly until: number;
  /** Told of each job that was terminated. */
  readonly onTerminated?: (job: Job) => void;
}

/** What became of jobs that were to stop. Every job is in one of the numbers. */
export interface Stopped {
  /** Asked, now or before, and still active. */
  readonly asked: number;
  /** Terminated, now or by their deadline. */
  readonly terminated: number;
  /** Completed or failed before anybody could ask. */
  readonly ended: number;
  /** Of which nothing has been heard for too long. */
  readonly lost: number;
  /** Those that could not be asked or terminated, with the reason. */
  readonly failed: readonly { readonly id: string; readonly why: unknown }[];
  /** Not begun, for lack of time. */
  readonly remaining: number;
}

/** Calls to the registry at the same time. */
const AT_ONCE = 32;

/**
 * Asks jobs to stop, or terminates them. One that can't be doesn't keep the others from it. Rejects with
 * StoreUnavailableError only where the jobs themselves can't be read.
 */
export async function stopJobs(
  jobs: AsyncIterable<readonly Job[]>,
  { deadline, reason }: StopRequest,
  { registry, now, until, onTerminated }: StopParts,
): Promise<Stopped> {
  const counts = { asked: 0, terminated: 0, ended: 0, lost: 0, remaining: 0 };
  const failed: { id: string; why: unknown }[] = [];
  const stop = async (job: Job): Promise<void> => {
    if (now() >= until) {
      counts.remaining += 1;
      return;
    }
    try {
      const action =
        deadline === null
          ? { type: 'terminate' as const, reason }
          : { type: 'ask' as const, deadline, reason };
      const change = await registry.change(job.id, action, now(), job);
      const after = change?.job ?? job;
      counts[placeIn(after)] += 1;
      if (change?.outcome === 'changed' && after.status === 'terminated') onTerminated?.(after);
    } catch (why) {
      failed.push({ id: job.id, why });
    }
  };
  for await (const portion of jobs) await eachOf(portion, AT_ONCE, stop);
  return { ...counts, failed };
}

function placeIn(job: Job): 'asked' | 'terminated' | 'ended' | 'lost' {
  if (isActive(job)) return 'asked';
  return job.status === 'terminated' || job.status === 'lost' ? job.status : 'ended';
}

/** What of the jobs a clock has moved on, see `persistJobStates`. */
export interface PersistedStates {
  /** Active at the end of it. */
  readonly active: number;
  readonly lost: number;
  readonly terminated: number;
  readonly remaining: number;
}

/**
 * Writes down which jobs the clock has made lost or terminated. Nothing depends on it but lists, counts and log lines:
 * everybody sees jobs by the clock anyway.
 */
export async function persistJobStates(
  {
    registry,
    now,
    until,
    onTerminated,
  }: StopParts & { readonly registry: Pick<JobRegistry, 'active' | 'change'> },
  onLost: (job: Job) => void,
): Promise<PersistedStates> {
  const counts = { active: 0, lost: 0, terminated: 0, remaining: 0 };
  const persist = async (job: Job): Promise<void> => {
    if (isActive(jobAt(job, now()))) {
      counts.active += 1;
      return;
    }
    if (now() >= until) {
      counts.remaining += 1;
      return;
    }
    const change = await registry.change(job.id, { type: 'persist' }, now(), job);
    if (change === null) return;
    if (isActive(change.job)) counts.active += 1;
    if (change.outcome !== 'changed') return;
    if (change.job.status === 'lost') {
      counts.lost += 1;
      onLost(change.job);
    } else {
      counts.terminated += 1;
      onTerminated?.(change.job);
    }
  };
  for await (const portion of registry.active()) await eachOf(portion, AT_ONCE, persist);
  return counts;
}

/** Does something with each of many, so many at once. Rejects when one of them does. */
export async function eachOf<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items.values();
  const workers = Array.from({ length: Math.min(atOnce, items.length) }, async () => {
    for (const item of left) await work(item);
  });
  await Promise.all(workers);
}
