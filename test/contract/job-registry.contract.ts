import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changeJob, type JobAction } from '../../core/jobs/change-job.ts';
import { isActive, JOB_STATUSES, type Job, type JobStatus, jobAt, LOST_AFTER } from '../../core/jobs/job.ts';
import { type JobRegistry, placeOf } from '../../core/jobs/job-registry.ts';
import { NOW } from '../support/examples.ts';
import { job, jobId, jobIn, someAction, someInstant, someJob } from '../support/jobs.ts';

const LATER = NOW + 1000;
const HEARTBEAT: JobAction = { type: 'heartbeat', progress: 40, step: 'resize' };

/** What every registry of jobs must do. `create` gives an empty one. */
export function jobRegistryContract(name: string, create: () => JobRegistry): void {
  describe(`The registry of jobs ${name}`, () => {
    test('knows of nothing at first', async () => {
      const registry = create();
      expect(await registry.find(jobId(1))).toBeNull();
      expect(await registry.change(jobId(1), HEARTBEAT, NOW)).toBeNull();
      expect(await registry.change(jobId(1), { type: 'persist' }, NOW)).toBeNull();
      expect(await registry.countActive()).toBe(0);
      expect(await activeIn(registry)).toEqual([]);
      expect(await registry.list({ limit: 10, now: NOW })).toEqual({ items: [], next: null });
    });

    test.each(JOB_STATUSES)('keeps a job that is %s as it is, with everything it holds', async (status) => {
      const registry = create();
      const kept = jobIn(status, {
        progress: 12.5,
        step: '漢 "1"',
        requeue: { id: 'q', at: NOW, by: 'bob' },
        requestHash: 'abc',
      });
      expect(await registry.register(kept)).toEqual({ outcome: 'registered', job: kept });
      expect(await registry.find(kept.id)).toEqual(kept);
    });

    test('keeps the first of two of the same id', async () => {
      const registry = create();
      await registry.register(job());
      const second = await registry.register(job({ owner: 'somebody else' }));
      expect(second).toEqual({ outcome: 'known', job: job() });
      expect(await registry.find(jobId(1))).toEqual(job());
    });

    test('changes jobs in the one way, whatever happens to them', async () => {
      const steps = fc.array(fc.tuple(someAction, someInstant, fc.boolean()), { maxLength: 8 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(someJob, steps, async (first, given) => {
          const registry = create();
          run += 1;
          let expected = { ...first, id: jobId(run) };
          await registry.register(expected);
          for (const [action, now, isKnown] of given) {
            const change = changeJob(expected, action, now);
            const known = isKnown ? expected : undefined;
            expect(await registry.change(expected.id, action, now, known)).toEqual(change);
            if (change.outcome === 'changed') expected = change.job;
            expect(await registry.find(expected.id)).toEqual(expected);
            expect(await registry.countActive()).toBe(isActive(expected) ? 1 : 0);
            const { items } = await registry.list({ limit: 1, now, status: jobAt(expected, now).status });
            expect(items).toEqual([jobAt(expected, now)]);
          }
        }),
        { numRuns: 40 },
      );
    });

    test('what was read a moment ago may have changed: the change is judged anew', async () => {
      const registry = create();
      await registry.register(job());
      const read = await registry.find(jobId(1));
      await registry.change(jobId(1), { type: 'complete', result: 1 }, LATER);
      const terminate: JobAction = { type: 'terminate', reason: 'admin_request' };
      expect(await registry.change(jobId(1), terminate, LATER, read ?? job())).toMatchObject({
        outcome: 'refused',
        job: { status: 'completed', result: 1 },
      });
    });

    test('a heartbeat between reading and changing is not undone', async () => {
      const registry = create();
      await registry.register(job());
      const read = await registry.find(jobId(1));
      await registry.change(jobId(1), HEARTBEAT, LATER);
      const ask: JobAction = { type: 'ask', deadline: NOW + 30_000, reason: 'admin_request' };
      await registry.change(jobId(1), ask, LATER + 1, read ?? job());
      expect(await registry.find(jobId(1))).toMatchObject({
        status: 'cancelling',
        progress: 40,
        lastSeenAt: LATER,
      });
    });

    test('a job that is heard of in the last moment is not lost', async () => {
      const registry = create();
      await registry.register(job());
      const read = await registry.find(jobId(1));
      await registry.change(jobId(1), HEARTBEAT, NOW + LOST_AFTER - 1);
      expect(
        await registry.change(jobId(1), { type: 'persist' }, NOW + LOST_AFTER, read ?? job()),
      ).toMatchObject({ outcome: 'unchanged', job: { status: 'running' } });
    });

    test('a job that completes and is terminated at once is one of both, as both are told', async () => {
      const registry = create();
      const ids = Array.from({ length: 40 }, (_, n) => jobId(n));
      for (const id of ids) await registry.register(job({ id }));
      const both = await Promise.all(
        ids.map((id, n) => {
          const complete = () => registry.change(id, { type: 'complete', result: n }, LATER);
          const terminate = () =>
            registry.change(id, { type: 'terminate', reason: 'emergency_mode' }, LATER, job({ id }));
          return Promise.all(n % 2 ? [complete(), terminate()] : [terminate(), complete()]);
        }),
      );
      for (const [n, outcomes] of both.entries()) {
        const kept = await registry.find(ids[n] ?? '');
        const winners = outcomes.filter((change) => change?.outcome === 'changed');
        expect(winners.map((change) => change?.job.status)).toEqual([kept?.status]);
        expect(kept?.result).toBe(kept?.status === 'completed' ? n : null);
      }
    });

    test('a job is requeued once, however many ask for it at once', async () => {
      const registry = create();
      await registry.register(jobIn('terminated'));
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          registry.change(
            jobId(1),
            { type: 'requeue', requeue: { id: `q-${n}`, at: LATER, by: 'alice' } },
            LATER,
          ),
        ),
      );
      expect(outcomes.map((change) => change?.outcome).toSorted()).toEqual([
        'changed',
        ...Array(7).fill('refused'),
      ]);
    });

    test('finds and counts the active jobs, all of them and no others', async () => {
      const registry = create();
      const jobs = mixture(120);
      for (const one of jobs) await registry.register(one);
      const active = jobs.filter(isActive);
      expect((await activeIn(registry)).map(({ id }) => id).toSorted()).toEqual(
        active.map(({ id }) => id).toSorted(),
      );
      expect(await registry.countActive()).toBe(active.length);
    });

    test.each<[JobStatus | undefined]>([[undefined], ...JOB_STATUSES.map((status): [JobStatus] => [status])])(
      'lists jobs that are %s newest first, a page at a time, each once',
      async (status) => {
        const registry = create();
        const jobs = mixture(72);
        for (const one of jobs) await registry.register(one);
        // By then some are lost, or past their deadline, though nobody has written it.
        const now = NOW + LOST_AFTER;
        const expected = jobs
          .map((one) => jobAt(one, now))
          .filter((one) => status === undefined || one.status === status)
          .sort((one, other) => (placeOf(one) < placeOf(other) ? 1 : -1));
        expect(expected.length).toBeGreaterThan(3);
        for (const limit of [3, 100]) {
          expect(await listed(registry, { status, limit, now })).toEqual(expected);
        }
        expect((await registry.list({ status, limit: expected.length, now })).next).toBeNull();
      },
    );
  });
}

async function activeIn(registry: JobRegistry): Promise<Job[]> {
  return (await Array.fromAsync(registry.active())).flat();
}

async function listed(
  registry: JobRegistry,
  query: { status: JobStatus | undefined; limit: number; now: number },
): Promise<Job[]> {
  const found: Job[] = [];
  let after: string | undefined;
  do {
    const { items, next } = await registry.list({ ...query, after });
    expect(items.length).toBeLessThanOrEqual(query.limit);
    found.push(...items);
    after = next ?? undefined;
  } while (after !== undefined);
  return found;
}

/** Jobs of every status in all shards, several begun in the same millisecond, and some about to be lost. */
function mixture(count: number): Job[] {
  return Array.from({ length: count }, (_, n) => {
    const status = JOB_STATUSES[Math.floor(n / 3) % JOB_STATUSES.length] ?? 'running';
    const startedAt = NOW + Math.floor(n / 5);
    const lastSeenAt = n % 2 ? startedAt : startedAt + LOST_AFTER;
    const kept = jobIn(status, { id: jobId(n), startedAt, lastSeenAt });
    const hasTime = status === 'cancelling' && n % 2 === 0;
    return hasTime && kept.cancellation !== null
      ? { ...kept, cancellation: { ...kept.cancellation, deadline: NOW + 900_000 } }
      : kept;
  });
}
