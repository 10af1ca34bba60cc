import { beforeEach, describe, expect, test } from '@jest/globals';
import { IN_FORCE_AFTER } from '../../../../core/drain/decide-drain.ts';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { type JobStatus, jobAt } from '../../../../core/jobs/job.ts';
import { DrainBench, FakeMappings } from '../../../support/drain-bench.ts';
import { declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { job, jobId } from '../../../support/jobs.ts';

const BLOCKED = NOW + IN_FORCE_AFTER;

let bench: DrainBench;
beforeEach(() => {
  bench = new DrainBench();
});

async function register(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await bench.registry.register(job({ id: jobId(n), startedAt: NOW - 1000, lastSeenAt: NOW - 1000 }));
  }
}

/** Heartbeats of jobs that are active and not lost: they keep running. */
async function beat(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await bench.registry.change(jobId(n), { type: 'heartbeat' }, bench.time);
  }
}

const complete = (n: number) =>
  bench.registry.change(jobId(n), { type: 'complete', result: null }, bench.time);
async function statusOf(n: number): Promise<JobStatus | undefined> {
  const found = await bench.registry.find(jobId(n));
  return found === null ? undefined : jobAt(found, bench.time).status;
}
const terminations = () =>
  bench.log.messages().filter((message) => message.startsWith('[EMERGENCY] Job terminated'));

describe('normal mode', () => {
  test('says that it is ready once the block is in force, where nothing runs', async () => {
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(BLOCKED - 1);
    expect(await bench.receipts()).toEqual([]);
    await bench.runUntil(BLOCKED + 1000);
    const receipts = await bench.receipts();
    expect(receipts).toHaveLength(1);
    expect(receipts[0]).toMatchObject({
      type: 'drained',
      maintenanceId: 'm-1',
      details: { outcome: 'drained', mode: 'normal', found: 0, terminated: 0, left: 0 },
    });
    expect(bench.executions.size).toBe(0);
  });

  test('waits for jobs, however long, and names those that hold it back', async () => {
    await register(2);
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 3_600_000, () => beat(2).then(() => {}));
    expect(await bench.receipts()).toEqual([]);
    expect(bench.record().entry?.waitingFor).toEqual({ count: 2, ids: [jobId(0), jobId(1)] });
    await complete(0);
    await complete(1);
    await bench.runUntil(NOW + 3_620_000);
    expect((await bench.receipts())[0]).toMatchObject({
      type: 'drained',
      details: { found: 2, terminated: 0 },
    });
  });

  test('tells once that the drain deadline has passed, measures for as long as it is so, and waits on', async () => {
    await register(1);
    await bench.command(enable({ drainDeadline: 120 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 600_000, () => beat(1).then(() => {}));
    expect(bench.log.lines.filter(({ fields }) => fields.event === 'drain_overdue')).toHaveLength(1);
    // The alarm needs to know that it is still so.
    expect(bench.written.filter((line) => 'DrainStuck' in line).length).toBeGreaterThan(10);
    expect(await statusOf(0)).toBe('running');
    expect(await bench.receipts()).toEqual([]);
  });

  test('leaves jobs alone that were registered after the block was in force: admins’ own', async () => {
    await bench.command(enable());
    await bench.registry.register(job({ id: jobId(9), startedAt: BLOCKED, lastSeenAt: BLOCKED }));
    await bench.invokeStarter();
    await bench.runUntil(BLOCKED + 1000);
    expect(await bench.receipts()).toHaveLength(1);
  });

  test('a test run drains nothing', async () => {
    await register(1);
    await bench.command(enable({ mode: 'test' }));
    expect(await bench.invokeStarter()).toEqual({ outcome: 'idle' });
  });
});

describe('an emergency', () => {
  test('terminates a thousand jobs: some complete, some ignore it, some die', async () => {
    await register(1000);
    await bench.command(declareEmergency({ gracePeriod: 60 }));
    await bench.invokeStarter();
    let askedAt: number | null = null;
    await bench.runUntil(NOW + 120_000, async () => {
      if (askedAt === null && (await statusOf(0)) === 'cancelling') {
        askedAt = bench.time;
        for (let n = 0; n < 300; n += 1) await complete(n);
      }
      // The first 300 are through, the next 400 ignore what they are told, and the others are not heard of again.
      for (let n = 300; n < 700; n += 1) {
        await bench.registry.change(jobId(n), { type: 'heartbeat' }, bench.time);
      }
    });
    expect(await statusOf(0)).toBe('completed');
    expect(await statusOf(500)).toBe('terminated');
    expect(await statusOf(900)).toBe('lost');
    const [receipt, ...more] = await bench.receipts();
    expect(more).toEqual([]);
    expect(receipt?.details).toMatchObject({
      outcome: 'terminated',
      found: 1000,
      terminated: 400,
      lost: 300,
      left: 0,
      counts_exact: true,
    });
  });

  test.each([0, 900])(
    'with a grace period of %i s terminates no sooner and hardly later',
    async (gracePeriod) => {
      await register(1);
      await bench.command(declareEmergency({ gracePeriod }));
      await bench.invokeStarter();
      const end = BLOCKED + gracePeriod * 1000;
      await bench.runUntil(end - 1, () => beat(1).then(() => {}));
      expect(await statusOf(0)).toBe(gracePeriod === 0 ? 'running' : 'cancelling');
      await bench.runUntil(end + 1000);
      expect(await statusOf(0)).toBe('terminated');
      expect(terminations()).toHaveLength(1);
      expect((await bench.receipts())[0]?.details).toMatchObject({ outcome: 'terminated', terminated: 1 });
    },
  );

  test('asks nobody before the block is in force everywhere', async () => {
    await register(1);
    await bench.command(declareEmergency());
    await bench.invokeStarter();
    await bench.runUntil(BLOCKED - 1);
    expect(await statusOf(0)).toBe('running');
    await bench.runUntil(BLOCKED);
    expect(await statusOf(0)).toBe('cancelling');
  });

  test('that terminates no jobs waits for them', async () => {
    await register(1);
    await bench.command(declareEmergency({ terminateJobs: false }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 300_000, () => beat(1).then(() => {}));
    expect(await statusOf(0)).toBe('running');
  });

  test('tells of a job that cannot be terminated, and terminates the others', async () => {
    await register(3);
    bench.registry.stuck.add(jobId(1));
    await bench.command(declareEmergency({ gracePeriod: 0 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 30_000);
    expect(await statusOf(0)).toBe('terminated');
    expect(await statusOf(2)).toBe('terminated');
    const [receipt] = await bench.receipts();
    expect(receipt).toMatchObject({
      type: 'drain_incomplete',
      details: { outcome: 'incomplete', terminated: 2, left: 1, failed: [{ kind: 'job', id: jobId(1) }] },
    });
    expect(bench.record().entry?.steps.jobs.outcome).toBe('failed');
  });

  test('that is declared during a step for a normal maintenance is not waited with', async () => {
    await register(1);
    await bench.command(enable());
    await bench.invokeStarter();
    bench.time = BLOCKED + 100;
    let outcome: string | null = null;
    const look = async () => {
      if (outcome === null) {
        await bench.command(declareEmergency({ gracePeriod: 5 }));
        ({ outcome } = await bench.invokeStarter());
      }
      return { asked: 0, others: 0, ids: [] };
    };
    const stop = async () => ({ asked: 0, terminated: 0, ended: 0, lost: 0, remaining: 0, failed: [] });
    bench.furtherKinds = [{ name: 'slow', look, stop, countEnded: async () => null }];
    await bench.runUntil(bench.time + IN_FORCE_AFTER + 1000);
    expect(outcome).toBe('running');
    expect(await statusOf(0)).toBe('cancelling');
  });

  test('takes over at once from a normal maintenance that waits', async () => {
    await register(1);
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(BLOCKED + 100);
    await bench.command(declareEmergency({ gracePeriod: 5 }));
    const declared = bench.time;
    expect(await bench.invokeStarter()).toMatchObject({ outcome: 'started', generation: 1 });
    expect(await bench.invokeStarter()).toMatchObject({ outcome: 'running', generation: 1 });
    await bench.runUntil(declared + IN_FORCE_AFTER);
    expect(await statusOf(0)).toBe('cancelling');
    await bench.runUntil(declared + 60_000);
    expect((await bench.receipts()).map(({ details }) => details.mode)).toEqual(['emergency']);
    expect(bench.executions.size).toBe(0);
  });

  test('that is de-escalated lets jobs finish, and tells nothing twice', async () => {
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 10_000);
    await bench.command(declareEmergency());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 30_000);
    await bench.command({ type: 'deescalate' });
    expect(await bench.invokeStarter()).toEqual({ outcome: 'idle' });
    expect((await bench.receipts()).map(({ details }) => details.mode)).toEqual(['normal', 'emergency']);
  });

  test('goes on with other kinds where one cannot be looked at, and does not call that drained', async () => {
    await register(1);
    bench.furtherKinds = [
      {
        name: 'broken',
        look: async () => Promise.reject(new Error('throttled')),
        stop: async () => Promise.reject(new Error('throttled')),
        countEnded: async () => null,
      },
    ];
    await bench.command(declareEmergency({ gracePeriod: 0 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 30_000);
    expect(await statusOf(0)).toBe('terminated');
    expect((await bench.receipts())[0]?.details).toMatchObject({
      outcome: 'incomplete',
      failed: [{ kind: 'broken', id: null, reason: 'Error: throttled' }],
    });
  });
});

describe('what is paused', () => {
  const states = { on: 'enabled', off: 'paused' } as const;

  test('is set back exactly when maintenance ends, also after the drain is through', async () => {
    bench.mappings = new FakeMappings(states);
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 20_000);
    expect(Object.fromEntries(bench.mappings.states)).toEqual({ on: 'paused', off: 'paused' });
    expect(bench.executions.size).toBe(0);
    await bench.command({ type: 'disable' });
    await bench.invokeStarter();
    await bench.runUntil(NOW + 40_000);
    expect(Object.fromEntries(bench.mappings.states)).toEqual(states);
    expect(bench.pauses.entry.pauses).toEqual([]);
    expect(await bench.invokeStarter()).toEqual({ outcome: 'idle' });
  });

  test.each(['before the change', 'after the change'] as const)(
    'is set back exactly where the function was killed %s',
    async (when) => {
      bench.mappings = new FakeMappings(states);
      bench.mappings.onSet = (id) => {
        if (when === 'after the change') bench.mappings.states.set(id, 'paused');
        throw new Error('killed');
      };
      await bench.command(enable());
      await bench.invokeStarter();
      await bench.runUntil(NOW + 20_000);
      bench.mappings.onSet = () => {};
      if (when === 'after the change') await bench.runUntil(NOW + 90_000);
      await bench.command({ type: 'disable' });
      await bench.runUntil(NOW + 240_000);
      expect(Object.fromEntries(bench.mappings.states)).toEqual(states);
      expect(bench.pauses.entry.pauses).toEqual([]);
    },
  );

  test('does not hold up jobs where it fails, is tried again, and raises the alarm', async () => {
    await register(1);
    bench.mappings = new FakeMappings({ on: 'busy' });
    await bench.command(declareEmergency({ gracePeriod: 0 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 20_000);
    expect(await statusOf(0)).toBe('terminated');
    expect(await bench.receipts()).toHaveLength(1);
    expect(bench.record().entry?.steps.pauses.outcome).toBe('failed');
    expect(bench.written.filter((line) => 'DrainStuck' in line).length).toBeGreaterThan(0);
    bench.mappings.states.set('on', 'enabled');
    await bench.runUntil(NOW + 60_000);
    expect(bench.mappings.states.get('on')).toBe('paused');
    expect(bench.record().entry?.steps.pauses.outcome).toBe('done');
  });
});

describe('the end of maintenance', () => {
  test('stops the drain: jobs run on', async () => {
    await register(1);
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 20_000, () => beat(1).then(() => {}));
    await bench.command({ type: 'disable' });
    await bench.runUntil(NOW + 60_000, () => beat(1).then(() => {}));
    expect(await statusOf(0)).toBe('running');
    expect(bench.executions.size).toBe(0);
    expect(await bench.receipts()).toEqual([]);
  });
});

describe('a workflow that breaks off', () => {
  test('is replaced within a minute, under the next name', async () => {
    await register(1);
    await bench.command(declareEmergency({ gracePeriod: 30 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 5000, () => beat(1).then(() => {}));
    bench.executions.clear();
    await bench.runUntil(NOW + 90_000, () => beat(1).then(() => {}));
    expect(await statusOf(0)).toBe('terminated');
    expect((await bench.receipts()).map(({ details }) => details.outcome)).toEqual(['terminated']);
    expect(bench.executions.size).toBe(0);
  });

  /** Every request to the log, the records and the registry is one after which it may be killed. */
  test.each(Array.from({ length: 20 }, (_, n) => n))('at request %i comes to the same end', async (fatal) => {
    await register(5);
    bench.mappings = new FakeMappings({ on: 'enabled', off: 'paused' });
    await bench.command(declareEmergency({ gracePeriod: 10 }));
    await bench.invokeStarter();
    let requests = 0;
    killAt(bench.record(), () => requests++ === fatal);
    killAt(bench.pauses, () => requests++ === fatal);
    await bench.runUntil(NOW + 180_000, async () => {
      if (bench.time > NOW + 3000) await complete(0);
    });
    expect(requests).toBeGreaterThan(fatal);
    expect(await statusOf(4)).toBe('terminated');
    const receipts = await bench.receipts();
    expect(receipts).toHaveLength(1);
    expect(receipts[0]?.details).toMatchObject({ outcome: 'terminated', found: 5, left: 0 });
    expect(Object.fromEntries(bench.mappings.states)).toEqual({ on: 'paused', off: 'paused' });
    await bench.command({ type: 'disable' });
    await bench.runUntil(NOW + 300_000);
    expect(Object.fromEntries(bench.mappings.states)).toEqual({ on: 'enabled', off: 'paused' });
  });
});

/** Lets a write succeed and its caller die, or a read fail, when `isFatal` says so. */
function killAt(item: object, isFatal: () => boolean): void {
  for (const method of ['read', 'replace'] as const) {
    const original = Reflect.get(item, method).bind(item);
    Reflect.set(item, method, async (...given: unknown[]) => {
      const answer = await original(...given);
      if (isFatal()) throw new StoreUnavailableError('killed');
      return answer;
    });
  }
}
