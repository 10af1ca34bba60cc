import { beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { NOW } from '../../../support/examples.ts';
import { job, jobId, jobIn } from '../../../support/jobs.ts';
import { JobsBench } from '../../../support/jobs-bench.ts';

let bench: JobsBench;
beforeEach(() => {
  bench = new JobsBench();
});

const terminate = (body: object = {}) => bench.asAdmin('POST', '/terminate', { body });
const requeue = (id: string) => bench.asAdmin('POST', `/${id}/requeue`, { body: {} });
const keep = async (...jobs: Parameters<typeof bench.registry.register>[0][]) => {
  for (const one of jobs) await bench.registry.register(one);
};
const statusOf = async (id: string) => (await bench.asAdmin('GET', `/${id}`)).json.status;

describe('the list of jobs', () => {
  test('is of all, newest first, a page at a time', async () => {
    await keep(...[1, 2, 3].map((n) => job({ id: jobId(n), startedAt: NOW + n, lastSeenAt: NOW + n })));
    const first = await bench.asAdmin('GET', '', { query: { limit: '2' } });
    expect(API.jobs.answer.safeParse(first.json).error?.issues).toBeUndefined();
    expect(first.json.items.map(({ id }: { id: string }) => id)).toEqual([jobId(3), jobId(2)]);
    const { json } = await bench.asAdmin('GET', '', { query: { cursor: first.json.next_cursor } });
    expect([json.items.length, json.items[0].id, json.next_cursor]).toEqual([1, jobId(1), null]);
  });

  test('can be of one status, as the clock sees it', async () => {
    await keep(
      job({ id: jobId(1) }),
      job({ id: jobId(2), lastSeenAt: NOW + 60_000 }),
      jobIn('failed', { id: jobId(3) }),
    );
    bench.time = NOW + 60_000;
    const ids = async (status: string) =>
      (await bench.asAdmin('GET', '', { query: { status } })).json.items.map(({ id }: { id: string }) => id);
    expect(await ids('lost')).toEqual([jobId(1)]);
    expect(await ids('running')).toEqual([jobId(2)]);
    expect(await ids('failed')).toEqual([jobId(3)]);
    expect(await ids('completed')).toEqual([]);
  });

  test.each<[Record<string, string | string[]>, string]>([
    [{ status: 'done' }, 'status'],
    [{ limit: '0' }, 'limit'],
    [{ limit: '101' }, 'limit'],
    [{ cursor: 'bm9uZSBvZiBvdXJz' }, 'cursor'],
    [{ cursor: '"' }, 'cursor'],
    [{ status: ['running', 'lost'] }, 'status'],
    [{ owner: 'mia' }, 'owner'],
  ])('asked for with %j is a 400', async (query, field) => {
    const { status, json } = await bench.asAdmin('GET', '', { query });
    expect([status, json.details[0].field]).toEqual([400, field]);
  });

  test.each([
    ['GET', ''],
    ['GET', `/${jobId(1)}`],
    ['POST', '/terminate'],
    ['POST', `/${jobId(1)}/requeue`],
  ])('%s /jobs%s is for admins', async (method, path) => {
    const as = async (who: 'worker' | 'nobody') => (await bench.call(method, path, { as: who })).status;
    expect([await as('nobody'), await as('worker')]).toEqual([401, 403]);
  });

  test('a path that is none of ours, and a method that it does not take', async () => {
    expect((await bench.asAdmin('GET', '/a/b/c')).status).toBe(404);
    const { status, headers } = await bench.asAdmin('DELETE', `/${jobId(1)}`);
    expect([status, headers.Allow]).toEqual([405, 'GET, HEAD, OPTIONS']);
    expect((await bench.call('OPTIONS', '', { as: 'nobody' })).headers.Allow).toBe(
      'GET, POST, HEAD, OPTIONS',
    );
  });
});

describe('termination on request', () => {
  beforeEach(() =>
    keep(
      job({ id: jobId(1) }),
      job({ id: jobId(2) }),
      jobIn('completed', { id: jobId(3) }),
      jobIn('lost', { id: jobId(4) }),
    ),
  );

  test('asks all that run, with 10 s to stop by themselves', async () => {
    const { status, json } = await terminate();
    expect([status, API.terminateJobs.answer.safeParse(json).error?.issues]).toEqual([200, undefined]);
    expect(json).toEqual({
      deadline: '2026-01-15T10:00:10Z',
      asked: 2,
      terminated: 0,
      ended: 0,
      lost: 0,
      unknown: [],
      failed: [],
      failed_count: 0,
      remaining: 0,
    });
    expect(await statusOf(jobId(1))).toBe('cancelling');
    bench.time = NOW + 10_000;
    expect(await statusOf(jobId(1))).toBe('terminated');
  });

  test('without a grace period is at once, and told by a line for each', async () => {
    expect((await terminate({ grace_period: 0 })).json).toMatchObject({ deadline: null, terminated: 2 });
    expect(await statusOf(jobId(2))).toBe('terminated');
    expect(await statusOf(jobId(4))).toBe('lost');
    expect(bench.log.lines.filter(({ fields }) => fields.JobsTerminated === 1)).toHaveLength(2);
  });

  test('is of the jobs that are named; each is accounted for', async () => {
    const ids = [jobId(1), jobId(1), jobId(3), jobId(4), jobId(99), 'nonsense'];
    expect((await terminate({ ids, grace_period: 60 })).json).toMatchObject({
      asked: 1,
      ended: 1,
      lost: 1,
      unknown: expect.arrayContaining([jobId(99), 'nonsense']),
    });
    expect(await statusOf(jobId(2))).toBe('running');
  });

  test('a job that cannot be stopped does not keep the others from it', async () => {
    bench.registry.stuck.add(jobId(1));
    expect((await terminate({ grace_period: 0 })).json).toMatchObject({
      terminated: 1,
      failed: [{ id: jobId(1), reason: 'The state store gave no good answer.' }],
      failed_count: 1,
    });
    expect(bench.log.lines.find(({ fields }) => fields.event === 'job_stop_failed')?.level).toBe('WARN');
  });

  test('stops at its time limit, and says what is left', async () => {
    const { change } = bench.registry;
    bench.registry.change = (...given) => {
      bench.time += 20_000;
      return change.apply(bench.registry, given);
    };
    await keep(...Array.from({ length: 40 }, (_, n) => job({ id: jobId(100 + n) })));
    const { json } = await terminate({ grace_period: 900 });
    expect(json.remaining).toBeGreaterThan(0);
    expect(json.asked + json.remaining + json.lost).toBe(42);
  });

  test.each([
    [{ grace_period: -1 }, 'grace_period'],
    [{ grace_period: 901 }, 'grace_period'],
    [{ grace_period: '10' }, 'grace_period'],
    [{ ids: [] }, 'ids'],
    [{ ids: Array(101).fill(jobId(1)) }, 'ids'],
    [{ ids: [1] }, 'ids'],
    [{ all: true }, 'all'],
  ])('with %j is a 400, and nothing is asked', async (body, field) => {
    const { status, json } = await terminate(body);
    expect([status, json.details[0].field]).toEqual([400, field]);
    expect(await statusOf(jobId(1))).toBe('running');
  });
});

describe('a requeue', () => {
  test('is told over the bus, and happens once', async () => {
    await keep(jobIn('terminated'));
    const { status, json } = await requeue(jobId(1));
    expect([status, API.requeueJob.answer.safeParse(json).error?.issues]).toEqual([200, undefined]);
    expect(json).toMatchObject({ requeued_by: 'alice', requeued_at: '2026-01-15T10:00:00Z' });
    expect(bench.requeued.map(({ id }) => id)).toEqual([jobId(1)]);
    const again = await requeue(jobId(1));
    expect([again.status, again.json.error]).toEqual([409, 'job_requeued']);
    expect(again.json.message).toContain('by "alice"');
    expect(bench.requeued).toHaveLength(1);
  });

  test.each(['running', 'cancelling', 'completed', 'failed', 'lost'] as const)(
    'of a job that is %s is a 409',
    async (status) => {
      await keep(jobIn(status));
      const { status: answered, json } = await requeue(jobId(1));
      expect([answered, json.error]).toEqual([409, 'job_not_requeueable']);
      expect(bench.requeued).toEqual([]);
    },
  );

  test('that nobody could be told of has not happened, and can be tried again', async () => {
    await keep(jobIn('terminated'));
    bench.isBusDown = true;
    const { status, json, headers } = await requeue(jobId(1));
    expect([status, json.error, headers['Retry-After']]).toEqual([503, 'event_bus_unavailable', '5']);
    bench.isBusDown = false;
    expect((await requeue(jobId(1))).status).toBe(200);
  });

  test('of a job that nobody knows is a 404', async () => {
    expect((await requeue(jobId(9))).status).toBe(404);
  });
});

describe('the sweep', () => {
  test('writes down what the clock has done, tells of each once, and counts what is left', async () => {
    await keep(job({ id: jobId(1) }), job({ id: jobId(2) }), job({ id: jobId(3), lastSeenAt: NOW + 60_000 }));
    await terminate({ ids: [jobId(2)], grace_period: 5 });
    bench.log.lines.length = 0;
    bench.time = NOW + 60_000;
    await bench.sweep();
    expect((await bench.registry.find(jobId(1)))?.status).toBe('lost');
    expect((await bench.registry.find(jobId(2)))?.status).toBe('terminated');
    expect(bench.log.messages().toSorted()).toEqual(
      [
        'Jobs counted.',
        `[EMERGENCY] Job terminated: job_id="${jobId(2)}" reason="admin_request"`,
        `[MAINTENANCE] Job lost: job_id="${jobId(1)}"`,
      ].toSorted(),
    );
    expect(bench.log.lines.at(-1)?.fields).toMatchObject({ ActiveJobs: 1, lost: 1, terminated: 1 });
    bench.log.lines.length = 0;
    await bench.sweep();
    expect(bench.log.messages()).toEqual(['Jobs counted.']);
  });

  test('fails visibly where the store is away', async () => {
    bench.registry.isDown = true;
    await expect(bench.sweep()).rejects.toThrow('down');
  });
});
