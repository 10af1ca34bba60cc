import { canBeRequeued, isActive, type Job, jobAt, type Requeue, type StopReason } from './job.ts';

/** What jobs that come back from being lost are told while a maintenance wants none to run. */
export interface StandingOrder {
  /** Jobs that were registered before this instant are meant, ms since the epoch. */
  readonly before: number;
  /** Seconds that they get to stop by themselves. */
  readonly gracePeriod: number;
  readonly reason: StopReason;
}

export type JobAction =
  /**
   * Progress and step that are not given stay. `order` is what a job is told that was lost, null where it may run on;
   * where it is not given, the heartbeat of a lost job is refused: whoever knows the state repeats it.
   */
  | {
      readonly type: 'heartbeat';
      readonly progress?: number | undefined;
      readonly step?: string | undefined;
      readonly order?: StandingOrder | null;
    }
  | { readonly type: 'complete'; readonly result: unknown }
  | { readonly type: 'fail'; readonly error: string }
  | { readonly type: 'ask'; readonly deadline: number; readonly reason: StopReason }
  | { readonly type: 'terminate'; readonly reason: StopReason }
  /** Writes down what the clock has made of it. */
  | { readonly type: 'persist' }
  | { readonly type: 'requeue'; readonly requeue: Requeue }
  /** Takes a requeue back that nobody could be told of. */
  | { readonly type: 'withdraw_requeue'; readonly id: string };

/** What an action makes of a job. */
export interface JobChange {
  /**
   * `changed`: the job is as in `job` now. `unchanged`: it was so before. `refused`: the action is none for a job that
   * is as in `job`.
   */
  readonly outcome: 'changed' | 'unchanged' | 'refused';
  readonly job: Job;
}

/**
 * What an action makes of a job at an instant. Depends on nothing but its arguments; every registry changes jobs in
 * this way and no other. A job ends once: what has completed, failed or been terminated stays so.
 */
export function changeJob(job: Job, action: JobAction, now: number): JobChange {
  const seen = jobAt(job, now);
  switch (action.type) {
    case 'heartbeat': {
      if (seen.status === 'lost' && action.order === undefined) return { outcome: 'refused', job: seen };
      const back = comeBack(seen, now, action.order ?? null);
      if (!isActive(back)) return persisted(job, back);
      const { progress = back.progress, step = back.step } = action;
      return changed({ ...back, progress, step, lastSeenAt: Math.max(back.lastSeenAt, now) });
    }
    case 'complete':
      return end(comeBack(seen, now, null), { status: 'completed', result: action.result, endedAt: now });
    case 'fail':
      return end(comeBack(seen, now, null), { status: 'failed', error: action.error, endedAt: now });
    case 'ask':
      return ask(job, seen, { askedAt: now, deadline: action.deadline, reason: action.reason });
    case 'terminate': {
      if (seen.status === 'terminated') return persisted(job, seen);
      if (!isActive(seen) && seen.status !== 'lost') return { outcome: 'refused', job: seen };
      const cancellation = seen.cancellation ?? { askedAt: now, deadline: now, reason: action.reason };
      return changed({ ...seen, status: 'terminated', endedAt: now, cancellation });
    }
    case 'persist':
      return persisted(job, seen);
    case 'requeue':
      if (seen.requeue?.id === action.requeue.id) return { outcome: 'unchanged', job: seen };
      return canBeRequeued(seen)
        ? changed({ ...seen, requeue: action.requeue })
        : { outcome: 'refused', job: seen };
    case 'withdraw_requeue':
      return seen.requeue?.id === action.id
        ? changed({ ...seen, requeue: null })
        : { outcome: 'unchanged', job: seen };
  }
}

function changed(job: Job): JobChange {
  return { outcome: 'changed', job };
}

/** The job as the clock or its own call has left it: to be written where that isn't what is kept. */
function persisted(kept: Job, job: Job): JobChange {
  return { outcome: job.status === kept.status ? 'unchanged' : 'changed', job };
}

/**
 * A job that was thought lost speaks: it goes on where it was, unless its time to stop has run out meanwhile.
 */
function comeBack(seen: Job, now: number, order: StandingOrder | null): Job {
  if (seen.status !== 'lost') return seen;
  const cancellation = seen.cancellation ?? cancellationBy(order, seen, now);
  if (cancellation === null) return { ...seen, status: 'running', endedAt: null };
  return cancellation.deadline > now
    ? { ...seen, status: 'cancelling', cancellation, endedAt: null }
    : { ...seen, status: 'terminated', cancellation, endedAt: now };
}

function cancellationBy(order: StandingOrder | null, job: Job, now: number): Job['cancellation'] {
  if (order === null || job.startedAt >= order.before) return null;
  return { askedAt: now, deadline: now + order.gracePeriod * 1000, reason: order.reason };
}

/** Ends an active job; one that has ended in the same way already has had its call repeated. */
function end(job: Job, ending: Pick<Job, 'status'> & Partial<Job>): JobChange {
  if (isActive(job)) return changed({ ...job, ...ending });
  return { outcome: job.status === ending.status ? 'unchanged' : 'refused', job };
}

/** The earlier of two deadlines holds. Nobody can ask a lost job: that it is lost is written down instead. */
function ask(kept: Job, seen: Job, cancellation: NonNullable<Job['cancellation']>): JobChange {
  if (isActive(seen)) {
    const isSooner = cancellation.deadline < (seen.cancellation?.deadline ?? Number.POSITIVE_INFINITY);
    return isSooner
      ? changed({ ...seen, status: 'cancelling', cancellation })
      : { outcome: 'unchanged', job: seen };
  }
  return seen.status === kept.status ? { outcome: 'refused', job: seen } : changed(seen);
}
