import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeJob, type JobAction, type JobChange } from '../../../../core/jobs/change-job.ts';
import { isActive, JOB_STATUSES, type JobStatus, jobAt, LOST_AFTER } from '../../../../core/jobs/job.ts';
import { NOW } from '../../../support/examples.ts';
import { job, jobIn, someAction, someInstant, someJob } from '../../../support/jobs.ts';

const REASON = 'admin_request' as const;
const LATER = NOW + 1000;

describe('what an action makes of a job', () => {
  const ACTIONS: Readonly<Record<string, JobAction>> = {
    heartbeat: { type: 'heartbeat', order: null },
    complete: { type: 'complete', result: { captions: 9 } },
    fail: { type: 'fail', error: 'Out of memory' },
    ask: { type: 'ask', deadline: NOW + 5000, reason: REASON },
    terminate: { type: 'terminate', reason: REASON },
    persist: { type: 'persist' },
    requeue: { type: 'requeue', requeue: { id: 'q-1', at: LATER, by: 'alice' } },
  };

  /** The status that a job has afterwards; `=`: nothing changes; `!`: refused. */
  const TABLE: Readonly<Record<JobStatus, readonly string[]>> = {
    //           heartbeat     complete     fail      ask           terminate     persist requeue
    running: ['running', 'completed', 'failed', 'cancelling', 'terminated', '=', '!'],
    cancelling: ['cancelling', 'completed', 'failed', 'cancelling', 'terminated', '=', '!'],
    completed: ['=', '=', '!', '!', '!', '=', '!'],
    failed: ['=', '!', '=', '!', '!', '=', '!'],
    terminated: ['=', '!', '!', '!', '=', '=', 'terminated'],
    lost: ['running', 'completed', 'failed', '!', 'terminated', '=', '!'],
  };

  const rows = JOB_STATUSES.flatMap((status) =>
    Object.entries(ACTIONS).map(([name, action], column) => ({
      status,
      name,
      action,
      expected: TABLE[status][column] ?? '',
    })),
  );

  test.each(rows)('$status, $name: $expected', ({ status, action, expected }) => {
    const before = jobIn(status);
    const { outcome, job: after } = changeJob(before, action, LATER);
    if (expected === '=' || expected === '!') {
      expect(outcome).toBe(expected === '=' ? 'unchanged' : 'refused');
      expect(after).toEqual(before);
    } else {
      expect([outcome, after.status]).toEqual(['changed', expected]);
    }
  });

  test('a heartbeat of a lost job waits for what the state has to say', () => {
    expect(changeJob(jobIn('lost'), { type: 'heartbeat' }, LATER)).toEqual({
      outcome: 'refused',
      job: jobIn('lost'),
    });
  });

  test('a heartbeat keeps what it does not name', () => {
    const before = jobIn('running', { progress: 40, step: 'resize' });
    expect(changeJob(before, { type: 'heartbeat', progress: 50 }, LATER).job).toEqual({
      ...before,
      progress: 50,
      lastSeenAt: LATER,
    });
  });

  test('the earlier of two deadlines holds', () => {
    const asked = jobIn('cancelling');
    const ask = (deadline: number) => changeJob(asked, { type: 'ask', deadline, reason: REASON }, LATER);
    expect(ask(NOW + 60_000)).toEqual({ outcome: 'unchanged', job: asked });
    expect(ask(NOW + 5000).job.cancellation).toEqual({
      askedAt: LATER,
      deadline: NOW + 5000,
      reason: REASON,
    });
  });

  test('a completed job says how it ended, and keeps its first result', () => {
    const { job: done } = changeJob(job(), { type: 'complete', result: 1 }, LATER);
    expect(done).toMatchObject({ status: 'completed', result: 1, endedAt: LATER });
    expect(changeJob(done, { type: 'complete', result: 2 }, LATER + 1)).toEqual({
      outcome: 'unchanged',
      job: done,
    });
  });
});

describe('what the clock makes of a job', () => {
  const asked = (deadline: number) =>
    jobIn('cancelling', { cancellation: { askedAt: NOW, deadline, reason: REASON } });

  test.each<[what: string, expected: JobStatus, after: number, kept: ReturnType<typeof job>]>([
    ['before its third missed heartbeat', 'running', LOST_AFTER - 1, job()],
    ['at its third missed heartbeat', 'lost', LOST_AFTER, job()],
    ['before its deadline', 'cancelling', 9999, asked(NOW + 10_000)],
    ['at its deadline', 'terminated', 10_000, asked(NOW + 10_000)],
    ['lost before its deadline, and past it', 'lost', 1_000_000, asked(NOW + 900_000)],
    ['past its deadline before it was lost', 'terminated', 1_000_000, asked(NOW + 10_000)],
    ['completed', 'completed', 1_000_000, jobIn('completed')],
  ])('%s: %s after %i ms', (_what, expected, after, kept) => {
    expect(jobAt(kept, NOW + after).status).toBe(expected);
  });

  test('a lost job ended when it was lost, a terminated one at its deadline', () => {
    expect(jobAt(job(), NOW + 1e6).endedAt).toBe(NOW + LOST_AFTER);
    expect(jobAt(asked(NOW + 10_000), NOW + 1e6).endedAt).toBe(NOW + 10_000);
  });

  test('completing after the deadline is refused, in the very millisecond too', () => {
    const complete = (now: number) => changeJob(asked(NOW + 10_000), { type: 'complete', result: 1 }, now);
    expect(complete(NOW + 9999).job.status).toBe('completed');
    expect(complete(NOW + 10_000)).toMatchObject({ outcome: 'refused', job: { status: 'terminated' } });
  });
});

describe('a job that comes back from being lost', () => {
  const heartbeat = (before: ReturnType<typeof job>, now: number, order: object | null = null) =>
    changeJob(before, { type: 'heartbeat', order: order as never }, now).job;

  test('runs on', () => {
    expect(heartbeat(jobIn('lost'), LATER)).toMatchObject({
      status: 'running',
      endedAt: null,
      lastSeenAt: LATER,
    });
  });

  test('still has to stop where it was asked to, and is terminated where its time has run out', () => {
    const lost = (deadline: number) =>
      jobIn('lost', { cancellation: { askedAt: NOW - 1, deadline, reason: REASON } });
    expect(heartbeat(lost(LATER + 1), LATER).status).toBe('cancelling');
    expect(heartbeat(lost(LATER), LATER)).toMatchObject({ status: 'terminated', endedAt: LATER });
  });

  test('is asked to stop while an emergency wants no jobs, unless it was registered in spite of it', () => {
    const order = { before: NOW, gracePeriod: 20, reason: 'emergency_mode' };
    expect(heartbeat(jobIn('lost', { startedAt: NOW - 1 }), LATER, order)).toMatchObject({
      status: 'cancelling',
      cancellation: { askedAt: LATER, deadline: LATER + 20_000, reason: 'emergency_mode' },
    });
    expect(heartbeat(jobIn('lost', { startedAt: NOW }), LATER, order).status).toBe('running');
    expect(heartbeat(jobIn('running', { startedAt: NOW - 1 }), LATER, order).status).toBe('running');
  });

  test('is terminated at once where there is no grace period', () => {
    const order = { before: LATER, gracePeriod: 0, reason: 'emergency_mode' };
    expect(heartbeat(jobIn('lost'), LATER, order).status).toBe('terminated');
  });
});

describe('a requeue', () => {
  const requeue = (before: ReturnType<typeof job>, id = 'q-1'): JobChange =>
    changeJob(before, { type: 'requeue', requeue: { id, at: LATER, by: 'alice' } }, LATER);

  test('happens once; its own repetition recognises itself', () => {
    const { job: requeued } = requeue(jobIn('terminated'));
    expect(requeue(requeued, 'q-1').outcome).toBe('unchanged');
    expect(requeue(requeued, 'q-2').outcome).toBe('refused');
  });

  test('is for jobs that were cut short: those that failed after they had been asked to stop, too', () => {
    const { cancellation } = jobIn('cancelling');
    expect(requeue(jobIn('failed', { cancellation })).outcome).toBe('changed');
    expect(requeue(jobIn('failed')).outcome).toBe('refused');
  });

  test('can be withdrawn by whoever made it', () => {
    const { job: requeued } = requeue(jobIn('terminated'));
    expect(changeJob(requeued, { type: 'withdraw_requeue', id: 'q-2' }, LATER).outcome).toBe('unchanged');
    expect(changeJob(requeued, { type: 'withdraw_requeue', id: 'q-1' }, LATER).job.requeue).toBeNull();
  });
});

describe('always', () => {
  const history = fc
    .tuple(someJob, fc.array(fc.tuple(someAction, someInstant), { maxLength: 12 }))
    .map(([first, steps]) => ({ first, steps: steps.toSorted(([, one], [, other]) => one - other) }));
  const FINAL: readonly JobStatus[] = ['completed', 'failed', 'terminated'];

  test('a job ends once, whatever happens to it', () => {
    fc.assert(
      fc.property(history, ({ first, steps }) => {
        let kept = first;
        for (const [action, now] of steps) {
          const seen = jobAt(kept, now);
          const change = changeJob(kept, action, now);
          if (change.outcome === 'changed') kept = change.job;
          if (FINAL.includes(seen.status)) expect(jobAt(kept, now).status).toBe(seen.status);
        }
      }),
    );
  });

  test('only active jobs have no end, and what is seen once is seen again', () => {
    fc.assert(
      fc.property(history, ({ first, steps }) => {
        let kept = first;
        for (const [action, now] of steps) {
          const change = changeJob(kept, action, now);
          if (change.outcome === 'changed') kept = change.job;
          const seen = jobAt(kept, now);
          expect(seen.endedAt === null).toBe(isActive(seen));
          expect(jobAt(seen, now)).toEqual(seen);
          expect(changeJob(kept, { type: 'persist' }, now).job).toEqual(seen);
        }
      }),
    );
  });

  test('an action that is repeated changes no more than it did', () => {
    fc.assert(
      fc.property(someJob, someAction, someInstant, (before, action, now) => {
        const once = changeJob(before, action, now);
        if (once.outcome !== 'changed') return;
        expect(changeJob(once.job, action, now).job).toEqual(jobAt(once.job, now));
      }),
    );
  });
});
