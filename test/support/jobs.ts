import fc from 'fast-check';
import type { JobAction } from '../../core/jobs/change-job.ts';
import { JOB_STATUSES, type Job, type JobStatus, LOST_AFTER } from '../../core/jobs/job.ts';
import { newJob } from '../../core/jobs/view.ts';
import { NOW } from './examples.ts';

/** The id of the n-th job of a test: they lie in all shards. */
export function jobId(n: number): string {
  const hex = n.toString(16).padStart(12, '0');
  return `${(n % 16).toString(16)}0000000-0000-4000-8000-${hex}`;
}

/** A job that began at NOW, with what is said otherwise. */
export function job(changes: Partial<Job> = {}): Job {
  const begun = newJob({
    id: jobId(1),
    type: 'caption_generation',
    owner: 'mia',
    registeredBy: 'walt',
    startedAt: NOW,
  });
  return { ...begun, ...changes };
}

const cancellation = { askedAt: NOW, deadline: NOW + 30_000, reason: 'emergency_mode' as const };

/** A job of each status as it is kept; none of it moved by the clock at NOW. */
export function jobIn(status: JobStatus, changes: Partial<Job> = {}): Job {
  const ended = { status, endedAt: NOW } as const;
  switch (status) {
    case 'running':
      return job(changes);
    case 'cancelling':
      return job({ status, cancellation, ...changes });
    case 'completed':
      return job({ ...ended, result: { captions: 3 }, ...changes });
    case 'failed':
      return job({ ...ended, error: 'No model', ...changes });
    case 'terminated':
      return job({ ...ended, cancellation: { ...cancellation, deadline: NOW }, ...changes });
    case 'lost':
      return job({ ...ended, lastSeenAt: NOW - LOST_AFTER, startedAt: NOW - LOST_AFTER, ...changes });
  }
}

/** Instants around those at which something happens to jobs that began at NOW. */
export const someInstant = fc.oneof(
  fc.integer({ min: NOW, max: NOW + 3 * LOST_AFTER }),
  fc.constantFrom(NOW, NOW + LOST_AFTER - 1, NOW + LOST_AFTER, NOW + LOST_AFTER + 1),
);

const reason = fc.constantFrom('emergency_mode' as const, 'admin_request' as const);

export const someAction: fc.Arbitrary<JobAction> = fc.oneof(
  { weight: 3, arbitrary: heartbeats() },
  fc.record({
    type: fc.constant('complete' as const),
    result: fc.constantFrom<unknown>(null, { captions: 3 }, 'done'),
  }),
  fc.record({ type: fc.constant('fail' as const), error: fc.constantFrom('No model', 'No memory') }),
  { weight: 2, arbitrary: fc.record({ type: fc.constant('ask' as const), deadline: someInstant, reason }) },
  fc.record({ type: fc.constant('terminate' as const), reason }),
  { weight: 2, arbitrary: fc.constant({ type: 'persist' as const }) },
  fc.record({
    type: fc.constant('requeue' as const),
    requeue: fc.record({
      id: fc.constantFrom('q-1', 'q-2'),
      at: fc.constant(NOW + 1),
      by: fc.constant('alice'),
    }),
  }),
  fc.record({ type: fc.constant('withdraw_requeue' as const), id: fc.constantFrom('q-1', 'q-2') }),
);

function heartbeats(): fc.Arbitrary<JobAction> {
  return fc.record(
    {
      type: fc.constant('heartbeat' as const),
      progress: fc.integer({ min: 0, max: 100 }),
      step: fc.constantFrom('one', 'two'),
      order: fc.constantFrom(null, {
        before: NOW + 1,
        gracePeriod: 20,
        reason: 'emergency_mode' as const,
      }),
    },
    { requiredKeys: ['type'] },
  );
}

export const someJob: fc.Arbitrary<Job> = fc
  .record({ status: fc.constantFrom(...JOB_STATUSES), isRequeued: fc.boolean() })
  .map(({ status, isRequeued }) =>
    jobIn(status, isRequeued ? { requeue: { id: 'q-0', at: NOW, by: 'bob' } } : {}),
  );
