import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { JOB_STATUSES, type Job, jobAt, LOST_AFTER } from '../../../../core/jobs/job.ts';
import { eachOf, persistJobStates, stopJobs } from '../../../../core/jobs/stop-jobs.ts';
import { NOW } from '../../../support/examples.ts';
import { InMemoryJobRegistry } from '../../../support/in-memory-job-registry.ts';
import { job, jobId, jobIn } from '../../../support/jobs.ts';

const REASON = 'emergency_mode' as const;

async function registryOf(jobs: readonly Job[]): Promise<InMemoryJobRegistry> {
  const registry = new InMemoryJobRegistry();
  for (const one of jobs) await registry.register(one);
  return registry;
}

const portions = async function* (jobs: readonly Job[]) {
  for (let from = 0; from < jobs.length; from += 7) yield jobs.slice(from, from + 7);
};

const parts = (registry: InMemoryJobRegistry, now: () => number, until = Number.POSITIVE_INFINITY) => ({
  registry,
  now,
  until,
});

describe('stopping jobs', () => {
  test('accounts for each of them, in whatever they are', async () => {
    const given = fc.array(fc.record({ status: fc.constantFrom(...JOB_STATUSES), isStuck: fc.boolean() }), {
      maxLength: 30,
    });
    const request = fc.record({
      deadline: fc.constantFrom(null, NOW + 30_000),
      reason: fc.constant(REASON),
    });
    await fc.assert(
      fc.asyncProperty(given, request, fc.nat(40), async (specimens, asked, before) => {
        const jobs = specimens.map(({ status }, n) => jobIn(status, { id: jobId(n) }));
        const registry = await registryOf(jobs);
        for (const [n, { isStuck }] of specimens.entries()) if (isStuck) registry.stuck.add(jobId(n));
        let calls = 0;
        // The time limit comes after so many jobs.
        const now = () => {
          calls += 1;
          return NOW + Math.floor(calls / (2 * before + 1));
        };
        const { failed, ...counts } = await stopJobs(portions(jobs), asked, parts(registry, now, NOW + 1));
        const sum = Object.values(counts).reduce((one, other) => one + other, failed.length);
        expect(sum).toBe(jobs.length);
      }),
    );
  });

  test('a thousand of which some complete, some ignore it and some have died end each in one way', async () => {
    const jobs = Array.from({ length: 1000 }, (_, n) =>
      job({ id: jobId(n), lastSeenAt: n % 3 === 2 ? NOW - LOST_AFTER : NOW }),
    );
    const registry = await registryOf(jobs);
    let time = NOW;
    const now = () => time;
    const asked = await stopJobs(
      registry.active(),
      { deadline: NOW + 30_000, reason: REASON },
      parts(registry, now),
    );
    expect(asked).toMatchObject({ asked: 667, lost: 333, failed: [], remaining: 0 });
    time = NOW + 29_000;
    for (let n = 0; n < 1000; n += 3) await registry.change(jobId(n), { type: 'complete', result: n }, time);
    time = NOW + 30_000;
    const terminated: string[] = [];
    const stopped = await stopJobs(
      registry.active(),
      { deadline: null, reason: REASON },
      { ...parts(registry, now), onTerminated: ({ id }) => terminated.push(id) },
    );
    expect(stopped).toMatchObject({ terminated: 333, failed: [], remaining: 0 });
    expect(new Set(terminated).size).toBe(333);
    const ends = Map.groupBy(
      await Promise.all(jobs.map(({ id }) => registry.find(id))),
      (one) => one?.status,
    );
    expect([...ends].map(([status, those]) => [status, those.length])).toEqual(
      expect.arrayContaining([
        ['completed', 334],
        ['terminated', 333],
        ['lost', 333],
      ]),
    );
    expect(await registry.countActive()).toBe(0);
  });

  test('one that resists does not keep the others from it, and is named with the reason', async () => {
    const jobs = [1, 2, 3].map((n) => job({ id: jobId(n) }));
    const registry = await registryOf(jobs);
    registry.stuck.add(jobId(2));
    const stopped = await stopJobs(
      portions(jobs),
      { deadline: null, reason: REASON },
      parts(registry, () => NOW),
    );
    expect(stopped).toMatchObject({ terminated: 2, failed: [{ id: jobId(2), why: expect.any(Error) }] });
  });
});

describe('settling jobs', () => {
  test('writes down what the clock has done and tells of each once, however often it is repeated', async () => {
    const jobs = [
      job({ id: jobId(1) }),
      job({ id: jobId(2), lastSeenAt: NOW - LOST_AFTER }),
      jobIn('cancelling', { id: jobId(3) }),
    ];
    const registry = await registryOf(jobs);
    const told: string[] = [];
    const persist = (now: number) =>
      persistJobStates(
        { ...parts(registry, () => now), onTerminated: ({ id }) => told.push(`terminated ${id}`) },
        ({ id }) => told.push(`lost ${id}`),
      );
    expect(await persist(NOW)).toEqual({ active: 2, lost: 1, terminated: 0, remaining: 0 });
    expect(await persist(NOW + 30_000)).toEqual({ active: 1, lost: 0, terminated: 1, remaining: 0 });
    expect(await persist(NOW + 30_000)).toEqual({ active: 1, lost: 0, terminated: 0, remaining: 0 });
    expect(told).toEqual([`lost ${jobId(2)}`, `terminated ${jobId(3)}`]);
    for (const { id } of jobs) {
      const kept = await registry.find(id);
      expect(kept && jobAt(kept, NOW + 30_000)).toEqual(kept);
    }
  });

  test('leaves to the next minute what it has no time for', async () => {
    const registry = await registryOf([job({ lastSeenAt: NOW - LOST_AFTER })]);
    const counts = await persistJobStates({ ...parts(registry, () => NOW), until: NOW }, () => {});
    expect(counts).toEqual({ active: 0, lost: 0, terminated: 0, remaining: 1 });
  });
});

describe('each of many', () => {
  test('is done once, so many at the same time', async () => {
    let [running, most] = [0, 0];
    const done: number[] = [];
    await eachOf([...Array(50).keys()], 8, async (n) => {
      running += 1;
      most = Math.max(most, running);
      await Promise.resolve();
      done.push(n);
      running -= 1;
    });
    expect([most, done.toSorted((one, other) => one - other)]).toEqual([8, [...Array(50).keys()]]);
  });
});
