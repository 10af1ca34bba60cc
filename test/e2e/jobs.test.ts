import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { JobStoppedError, MaintenanceError, type RunningJob, runJob } from '../../client/index.ts';
import { API } from '../../core/api/api.ts';
import { Cloud } from '../support/cloud.ts';
import { eventually } from '../support/eventually.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await Cloud.start();
});
afterAll(() => cloud?.stop());
afterEach(async () => {
  await cloud.reset();
  await cloud.as('admin', 'POST', '/jobs/terminate', { grace_period: 0 });
});

const JOB = { type: 'caption_generation', owner: 'mia' };

async function register(as: 'worker' | 'admin' = 'worker'): Promise<string> {
  const { status, text, json } = await cloud.as(as, 'POST', '/jobs', JOB);
  if (status !== 201) throw new Error(`Not registered: ${status} ${text}`);
  return json.id;
}

const report = (id: string, what: string, body: object = {}) =>
  cloud.as('worker', 'POST', `/jobs/${id}/${what}`, body);
const shown = async (id: string) => (await cloud.as('admin', 'GET', `/jobs/${id}`)).json;
const activeJobs = async () => (await cloud.control('GET', '/status')).json.active_jobs_count;
const fits = (action: keyof typeof API, json: unknown) => API[action].answer.safeParse(json).error?.issues;

describe('a job', () => {
  test('lives from registration to completion, as described', async () => {
    const registered = await cloud.as('worker', 'POST', '/jobs', JOB);
    expect([registered.status, fits('registerJob', registered.json)]).toEqual([201, undefined]);
    const { id } = registered.json;
    const beat = await report(id, 'heartbeat', { progress: 40, step: 'image 4 of 10' });
    expect([beat.status, fits('heartbeat', beat.json)]).toEqual([200, undefined]);
    expect(await shown(id)).toMatchObject({ status: 'running', progress: 40, step: 'image 4 of 10' });
    const completed = await report(id, 'complete', { result: { captions: 10 } });
    expect([completed.status, fits('completeJob', completed.json)]).toEqual([200, undefined]);
    const { json } = await cloud.as('admin', 'GET', '/jobs?status=completed');
    expect(fits('jobs', json)).toBeUndefined();
    expect(json.items[0]).toMatchObject({ id, status: 'completed', result: { captions: 10 } });
  });

  test('counts in the status while it runs', async () => {
    const before = await activeJobs();
    const ids = [await register(), await register()];
    await cloud.enforced();
    expect(await activeJobs()).toBe(before + 2);
    await report(ids[0] ?? '', 'complete');
    await cloud.enforced();
    expect(await activeJobs()).toBe(before + 1);
    expect((await cloud.enable()).json.active_jobs_count).toBe(before + 1);
  });

  test.each([
    ['member', 403],
    [undefined, 401],
  ] as const)('is nothing for a %s', async (user, status) => {
    const token = user && (await cloud.signIn(user));
    const calls = [
      ['POST', '/jobs'],
      ['GET', '/jobs'],
      ['POST', '/jobs/terminate'],
    ] as const;
    for (const [method, path] of calls) {
      const answer = await cloud.control(method, path, {
        token,
        ...(method === 'POST' ? { body: JOB } : {}),
      });
      expect([path, answer.status]).toEqual([path, status]);
    }
  });

  test('of which nothing is heard is lost, told of once, and comes back by a heartbeat', async () => {
    const id = await register();
    await cloud.advanceClock(44_000);
    expect((await shown(id)).status).toBe('running');
    await cloud.advanceClock(1000);
    expect((await shown(id)).status).toBe('lost');
    await cloud.tick();
    await cloud.tick();
    const { json } = await cloud.call('GET', '/_local/logs?function=job-sweep');
    const told = json.lines.filter(({ message }: { message: string }) =>
      message.includes(`Job lost: job_id=\\"${id}\\"`),
    );
    expect(told).toHaveLength(1);
    expect((await report(id, 'heartbeat')).json).toMatchObject({ status: 'running' });
    expect((await shown(id)).status).toBe('running');
  });
});

describe('while maintenance is active', () => {
  test('a worker is refused as any caller of the application, and nothing is written', async () => {
    const id = await register();
    const before = (await cloud.as('admin', 'GET', '/jobs')).json.items.length;
    await cloud.enable({ duration: 1800 });
    const token = await cloud.token('worker');
    const refused = await cloud.control('POST', '/jobs', { token, body: JOB });
    const elsewhere = await cloud.call('POST', '/start_caption_generation', { token });
    expect([refused.status, elsewhere.status]).toEqual([503, 503]);
    expect(Object.keys(refused.json)).toEqual(Object.keys(elsewhere.json));
    expect(refused.json).toMatchObject({
      error: 'maintenance_active',
      operation: { type: 'job_creation' },
      instance: '/api/maintenance/jobs',
      maintenance: elsewhere.json.maintenance,
    });
    for (const name of Object.keys(elsewhere.headers)) {
      if (/^(?:date|content-length|x-amz|x-amzn)/.test(name)) continue;
      expect([name, refused.headers[name]]).toEqual([name, elsewhere.headers[name]]);
    }
    expect((await cloud.as('admin', 'GET', '/jobs')).json.items).toHaveLength(before);
    // What runs may say how it is, and end.
    expect((await report(id, 'heartbeat', { progress: 50 })).status).toBe(200);
    expect((await report(id, 'complete')).status).toBe(200);
    expect((await cloud.as('admin', 'POST', '/jobs', JOB)).status).toBe(201);
  });

  test('blocked registrations are counted as attempts', async () => {
    await cloud.enable();
    for (let call = 0; call < 3; call += 1) await cloud.as('worker', 'POST', '/jobs', JOB);
    await eventually(async () => {
      const { json } = await cloud.control('GET', '/blocked-operations');
      const found = json.items.find(
        ({ operation_type: type }: { operation_type: string }) => type === 'job_creation',
      );
      return found?.attempt_count === 3;
    });
  });

  test('a maintenance that leaves job_creation open lets workers register', async () => {
    await cloud.enable({ blocked_operations: ['image_processing'] });
    expect((await cloud.as('worker', 'POST', '/jobs', JOB)).status).toBe(201);
  });

  test('a test run lets them, and records it', async () => {
    await cloud.enable({ mode: 'test' });
    expect((await cloud.as('worker', 'POST', '/jobs', JOB)).status).toBe(201);
    await eventually(async () => {
      const { json } = await cloud.call('GET', '/_local/logs?function=jobs');
      return json.lines.some(({ message }: { message: string }) => message.includes('would_block'));
    });
  });
});

describe('termination', () => {
  test('asks, waits, and has terminated what is left; each job ends once', async () => {
    const [obedient, deaf] = [await register(), await register()];
    const { status, json } = await cloud.as('admin', 'POST', '/jobs/terminate', { grace_period: 20 });
    expect([status, fits('terminateJobs', json)]).toEqual([200, undefined]);
    expect(json.asked).toBeGreaterThanOrEqual(2);
    expect((await report(obedient, 'heartbeat')).json).toMatchObject({
      cancel_requested: true,
      deadline: json.deadline,
      status: 'cancelling',
    });
    expect((await report(obedient, 'complete')).status).toBe(200);
    await cloud.advanceClock(20_000);
    expect((await shown(deaf)).status).toBe('terminated');
    expect((await report(deaf, 'complete')).json).toMatchObject({ status: 409, error: 'job_ended' });
    expect((await report(deaf, 'heartbeat')).json).toMatchObject({
      cancel_requested: true,
      status: 'terminated',
    });
    // Told by whoever sees it first: the function that is asked, or the sweep of the minute.
    const told = async () => {
      const logs = await Promise.all(
        ['jobs', 'job-sweep'].map((name) => cloud.call('GET', `/_local/logs?function=${name}`)),
      );
      return logs
        .flatMap(({ json: { lines } }) => lines)
        .filter(({ message }: { message: string }) =>
          message.includes(`[EMERGENCY] Job terminated: job_id=\\"${deaf}\\" reason=\\"admin_request\\"`),
        );
    };
    await eventually(async () => (await told()).length > 0);
    const lines = await told();
    expect(lines).toHaveLength(1);
    expect((await shown(obedient)).status).toBe('completed');
  });

  test('is followed by a requeue, once; none where nobody can be told of it', async () => {
    const id = await register();
    await cloud.as('admin', 'POST', '/jobs/terminate', { grace_period: 0, ids: [id] });
    const requeue = () => cloud.as('admin', 'POST', `/jobs/${id}/requeue`, {});
    await cloud.fault('events', 'down');
    try {
      expect((await requeue()).json).toMatchObject({ status: 503, error: 'event_bus_unavailable' });
    } finally {
      await cloud.fault('events', 'none');
    }
    const answers = await Promise.all([requeue(), requeue(), requeue()]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409]);
    expect((await shown(id)).requeued_by).toBe(cloud.local.users.admin.username);
    expect((await report(id, 'requeue')).status).toBe(403);
  });
});

describe('the worker’s client', () => {
  const run = async <T>(work: (job: RunningJob) => Promise<T>) =>
    runJob(
      {
        api: cloud.local.url,
        token: await cloud.token('worker'),
        owner: 'mia',
        heartbeatInterval: 200,
      },
      'caption_generation',
      work,
    );

  test('runs work as a job', async () => {
    let id = '';
    const result = await run(async (job) => {
      id = job.id;
      expect((await shown(id)).status).toBe('running');
      return { captions: 3 };
    });
    expect(await shown(id)).toMatchObject({ status: 'completed', result });
  });

  test('tells of maintenance in a worker’s words', async () => {
    await cloud.enable({ reason: 'Database upgrade', duration: 1800 });
    const error = await run(async () => 1).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MaintenanceError);
    expect(error.maintenance).toMatchObject({ mode: 'normal', reason: 'Database upgrade' });
    expect(error.retryAfter).toBeGreaterThan(1700);
  });

  test('stops work that is asked to stop', async () => {
    let id = '';
    const stopped = await run(async (job) => {
      id = job.id;
      await cloud.as('admin', 'POST', '/jobs/terminate', { grace_period: 900, ids: [id] });
      return new Promise((_resolve, reject) => {
        job.signal.addEventListener('abort', () => reject(job.signal.reason));
      });
    }).catch((thrown) => thrown);
    expect(stopped).toBeInstanceOf(JobStoppedError);
    expect(await shown(id)).toMatchObject({ status: 'failed', cancel_requested: true });
    expect((await cloud.as('admin', 'POST', `/jobs/${id}/requeue`, {})).status).toBe(200);
  });
});
