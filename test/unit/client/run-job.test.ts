import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  JobStoppedError,
  MaintenanceError,
  RefusedError,
  type RunJobOptions,
  type RunningJob,
  runJob,
  UnreachableError,
} from '../../../client/index.ts';
import { runJobIn } from '../../../client/run-job.ts';
import { blocked, FakeJobsApi } from '../../support/fake-jobs-api.ts';
import { json } from '../../support/stub-server.ts';

let api: FakeJobsApi;
beforeEach(async () => {
  api = await FakeJobsApi.start();
});
afterEach(() => api.server.stop());

function run<T>(work: (job: RunningJob) => Promise<T>, options: Partial<RunJobOptions> = {}): Promise<T> {
  const usual = { api: api.server.url, token: 't-1', owner: 'mia', longestPause: 10 };
  return runJob({ ...usual, ...options }, 'captions', work);
}

const called = () => api.calls.map(({ what }) => what).filter((what) => what !== 'heartbeat');

describe('a job', () => {
  test('registers, does its work and completes with its result', async () => {
    const result = await run(async (job) => ({ id: job.id, captions: 3 }));
    expect(result).toEqual({ id: 'job-1', captions: 3 });
    expect(called()).toEqual(['register', 'complete']);
    expect(api.bodies('register')).toEqual([{ type: 'captions', owner: 'mia' }]);
    expect(api.bodies('complete')).toEqual([{ result: { id: 'job-1', captions: 3 } }]);
    expect(api.calls[0]?.request.headers).toMatchObject({
      authorization: 'Bearer t-1',
      'idempotency-key': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  test('sends heartbeats with its newest progress while it works, and none afterwards', async () => {
    await run(async (job) => {
      job.report(10, 'one');
      job.report(20);
      await api.next('heartbeat');
      await api.next('heartbeat');
      job.report(250, ' two\nlines ');
      await api.next('heartbeat');
    });
    const beats = api.bodies('heartbeat');
    expect(beats.slice(0, 2)).toEqual([{ progress: 20, step: 'one' }, {}]);
    expect(beats).toContainEqual({ progress: 100, step: ' two lines ' });
    const before = api.calls.length;
    await new Promise((resolve) => setImmediate(resolve));
    expect(api.calls).toHaveLength(before);
  });

  test('sends heartbeats more often where that is wanted, and never less', async () => {
    const beats = (job: RunningJob) => api.next('heartbeat').then(() => job.id);
    await run(beats, { heartbeatInterval: 60_000 });
    api.interval = 60;
    await run(beats, { heartbeatInterval: 10 });
    expect(api.count('heartbeat')).toBeGreaterThanOrEqual(2);
  });

  test('that throws fails with its message, and throws on', async () => {
    await expect(run(() => Promise.reject(new Error('No model')))).rejects.toThrow('No model');
    expect(called()).toEqual(['register', 'fail']);
    expect(api.bodies('fail')).toEqual([{ error: 'No model' }]);
  });

  test.each([
    [new Error(''), 'Error'],
    ['a text', 'a text'],
    [undefined, 'undefined'],
    [new Error('x'.repeat(3000)), 'x'.repeat(2000)],
    [new Error(`${'x'.repeat(1999)}😀`), `${'x'.repeat(1999)}\ufffd`],
  ])('that throws %p says something that the API takes', async (thrown, error) => {
    await expect(run(() => Promise.reject(thrown))).rejects.toBe(thrown);
    expect(api.bodies('fail')).toEqual([{ error }]);
  });

  test.each([
    ['nothing', undefined, {}],
    ['more than is kept', 'x'.repeat(5000), {}],
    ['what is no JSON', 1n, {}],
    ['null', null, { result: null }],
  ])('that resolves to %s completes all the same', async (_what, result, body) => {
    expect(await run(async () => result)).toBe(result);
    expect(api.bodies('complete')).toEqual([body]);
  });

  test('shows a token that is fresh at each call', async () => {
    let calls = 0;
    const token = async (): Promise<string> => {
      calls += 1;
      return `t-${calls}`;
    };
    await run(async () => {}, { token });
    expect(api.calls.map(({ request }) => request.headers.authorization)).toEqual([
      'Bearer t-1',
      'Bearer t-2',
    ]);
  });
});

describe('a job that has to stop', () => {
  const stopped = (job: RunningJob) =>
    new Promise<never>((_resolve, reject) => {
      job.signal.addEventListener('abort', () => reject(job.signal.reason));
    });

  test('learns of it and of its deadline by its signal', async () => {
    api.heartbeat = { cancel_requested: true, deadline: '2026-01-15T10:00:30Z', status: 'cancelling' };
    let seen: RunningJob | undefined;
    const done = run((job) => {
      seen = job;
      return stopped(job);
    });
    await expect(done).rejects.toMatchObject({
      name: 'JobStoppedError',
      why: 'cancelled',
      deadline: new Date('2026-01-15T10:00:30Z'),
    });
    expect(seen?.deadline).toEqual(new Date('2026-01-15T10:00:30Z'));
    expect(api.bodies('fail')).toEqual([
      { error: 'The job has been asked to stop by 2026-01-15T10:00:30.000Z.' },
    ]);
  });

  test('may finish all the same, and goes on sending heartbeats until then', async () => {
    api.heartbeat = { cancel_requested: true, deadline: '2026-01-15T10:00:30Z', status: 'cancelling' };
    await run(async (job) => {
      await api.next('heartbeat', 3);
      expect(job.signal.reason).toBeInstanceOf(JobStoppedError);
    });
    expect(called()).toEqual(['register', 'complete']);
  });

  test('learns that it was terminated', async () => {
    api.heartbeat = { cancel_requested: true, deadline: '2026-01-15T10:00:30Z', status: 'terminated' };
    api.instead.set('fail', [json(409, { error: 'job_ended', message: 'The job is terminated.' })]);
    await expect(run(stopped)).rejects.toMatchObject({ name: 'JobStoppedError', why: 'ended' });
  });

  test('is stopped by the signal of whoever runs it', async () => {
    const controller = new AbortController();
    const done = run(stopped, { signal: controller.signal });
    await api.next('heartbeat');
    controller.abort(new Error('Shutting down'));
    await expect(done).rejects.toThrow('Shutting down');
    expect(called()).toEqual(['register', 'fail']);
  });

  test('does not even begin where that signal has been aborted before', async () => {
    const signal = AbortSignal.abort(new Error('Before'));
    await expect(run(async () => 1, { signal })).rejects.toThrow('Before');
    expect(called()).toEqual([]);
  });
});

describe('while maintenance keeps jobs from being started', () => {
  test('it throws, with what maintenance says', async () => {
    api.instead.set('register', [blocked(300)]);
    const error: unknown = await run(async () => 1).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(MaintenanceError);
    expect(error).toMatchObject({
      retryAfter: 300,
      maintenance: { mode: 'normal', reason: 'Upgrade', estimatedCompletion: '2026-01-15T10:30:00Z' },
    });
    expect(called()).toEqual(['register']);
  });

  test('it waits as long as it is told to, where that is wanted, and registers once', async () => {
    api.instead.set('register', [blocked(0), blocked(0)]);
    expect(await run(async () => 'done', { duringMaintenance: 'wait' })).toBe('done');
    expect(called()).toEqual(['register', 'register', 'register', 'complete']);
    const keys = api.calls.map(({ request }) => request.headers['idempotency-key']).filter(Boolean);
    expect(new Set(keys).size).toBe(1);
  });

  test('it begins within a minute after maintenance is over, however long it was told to wait', async () => {
    api.instead.set('register', [blocked(7200)]);
    let time = 0;
    const waits = {
      now: () => time,
      random: () => 0.5,
      pause: async (milliseconds: number) => {
        time += milliseconds;
        if (time >= 90_000) api.status = { is_active: false, version: 2 };
      },
    };
    const options = { api: api.server.url, token: 't', owner: 'mia', duringMaintenance: 'wait' } as const;
    expect(await runJobIn(waits, options, 'x', async () => 'done')).toBe('done');
    expect(time).toBe(90_000);
    expect(called()).toEqual(['register', 'register', 'complete']);
  });

  test('the waiting can be ended', async () => {
    api.instead.set('register', [blocked(3600)]);
    const controller = new AbortController();
    const done = run(async () => 1, { duringMaintenance: 'wait', signal: controller.signal });
    await api.next('register');
    controller.abort(new Error('Enough'));
    await expect(done).rejects.toThrow('Enough');
  });
});

describe('where the API fails', () => {
  const unavailable = json(503, { error: 'state_store_unavailable', message: 'Not now.' });

  test.each(['register', 'complete', 'fail'])('%s is tried again, with what passes', async (what) => {
    api.instead.set(what, [unavailable, 'cut', json(502, 'no object'), json(429, {})]);
    const work = what === 'fail' ? () => Promise.reject(new Error('x')) : async () => 1;
    await run(work).catch(() => {});
    expect(api.count(what)).toBe(5);
    expect(new Set(api.bodies(what).map((body) => JSON.stringify(body))).size).toBe(1);
  });

  test('a registration that never gets an answer ends in an error', async () => {
    api.instead.set('register', Array(20).fill('cut'));
    await expect(run(async () => 1)).rejects.toThrow(UnreachableError);
    expect(called()).toEqual(Array(6).fill('register'));
  });

  test.each([
    [401, 'unauthenticated'],
    [403, 'insufficient_privileges'],
    [400, 'invalid_request'],
  ])('%i is not tried again', async (status, code) => {
    api.instead.set('register', [json(status, { error: code, message: 'No.' })]);
    const error = await run(async () => 1).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(RefusedError);
    expect(error).toMatchObject({ status, code, message: 'No.' });
    expect(called()).toEqual(['register']);
  });

  test('a redirect is not followed: it could carry the token elsewhere', async () => {
    api.instead.set('register', [
      (_request, response) => response.writeHead(307, { location: 'http://127.0.0.1:1/' }).end(),
    ]);
    await expect(run(async () => 1)).rejects.toMatchObject({ name: 'RefusedError', status: 307 });
  });

  test('something that is no such API is told as such', async () => {
    api.instead.set('register', Array(20).fill(json(200, { hello: 'world' })));
    await expect(run(async () => 1)).rejects.toThrow('not as an API behind maintenance mode');
  });

  test('heartbeats that fail are told of, and what they said is said again', async () => {
    const failures: unknown[] = [];
    api.instead.set('heartbeat', ['cut', json(500, {})]);
    await run(
      async (job) => {
        job.report(30, 'three');
        await api.next('heartbeat', 3);
      },
      { onHeartbeatFailed: (error) => failures.push(error) },
    );
    expect(api.bodies('heartbeat').slice(0, 3)).toEqual(Array(3).fill({ progress: 30, step: 'three' }));
    expect(failures).toHaveLength(2);
  });

  test('a completion that comes too late is told, for its result counts no more', async () => {
    api.instead.set('complete', [json(409, { error: 'job_ended', message: 'The job is terminated.' })]);
    await expect(run(async () => 1)).rejects.toMatchObject({ name: 'RefusedError', code: 'job_ended' });
    expect(called()).toEqual(['register', 'complete']);
  });
});
