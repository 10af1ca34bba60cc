import { beforeEach, describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { emergency, NOW, stateWith } from '../../../support/examples.ts';
import { jobId } from '../../../support/jobs.ts';
import { JobsBench } from '../../../support/jobs-bench.ts';

let bench: JobsBench;
let id: string;
beforeEach(async () => {
  bench = new JobsBench();
  id = await bench.register();
});

const report = (what: string, body: unknown = {}, of = id) => bench.call('POST', `/${of}/${what}`, { body });
const shown = async () => (await bench.asAdmin('GET', `/${id}`)).json;

describe('a heartbeat', () => {
  test('keeps the job alive and says how far it is', async () => {
    bench.time = NOW + 15_000;
    const { status, json } = await report('heartbeat', { progress: 40, step: 'image 4 of 10' });
    expect([status, json]).toEqual([200, { cancel_requested: false, deadline: null, status: 'running' }]);
    expect(API.heartbeat.answer.safeParse(json).success).toBe(true);
    expect(await shown()).toMatchObject({
      progress: 40,
      step: 'image 4 of 10',
      last_seen_at: '2026-01-15T10:00:15Z',
    });
    await report('heartbeat', { progress: 41 });
    expect(await shown()).toMatchObject({ progress: 41, step: 'image 4 of 10' });
  });

  test.each([
    [{ progress: -1 }, 'progress'],
    [{ progress: 100.5 }, 'progress'],
    [{ progress: '50' }, 'progress'],
    [{ step: '' }, 'step'],
    [{ step: 'x'.repeat(201) }, 'step'],
    [{ cancel: true }, 'cancel'],
  ])('with %j is a 400', async (body, field) => {
    const { status, json } = await report('heartbeat', body);
    expect([status, json.details[0].field]).toEqual([400, field]);
  });

  test('may be empty', async () => {
    expect((await bench.call('POST', `/${id}/heartbeat`)).status).toBe(200);
  });

  test('brings a lost job back', async () => {
    bench.time = NOW + 60_000;
    expect(await shown()).toMatchObject({ status: 'lost', ended_at: '2026-01-15T10:00:45Z' });
    await bench.sweep();
    expect((await report('heartbeat')).json.status).toBe('running');
    expect(await shown()).toMatchObject({ status: 'running', ended_at: null });
  });

  test('of a lost job is answered by what an emergency wants', async () => {
    bench.state = stateWith(emergency({ declaredAt: NOW + 50_000 }));
    bench.time = NOW + 60_000;
    expect((await report('heartbeat')).json).toEqual({
      cancel_requested: true,
      deadline: '2026-01-15T10:01:30Z',
      status: 'cancelling',
    });
  });

  test('of a lost job lets it run on where the state cannot be read', async () => {
    bench.time = NOW + 60_000;
    bench.state = null;
    expect((await report('heartbeat')).json.status).toBe('running');
  });

  test.each([
    ['complete', {}, { cancel_requested: false, deadline: null, status: 'completed' }],
    ['fail', { error: 'x' }, { cancel_requested: false, deadline: null, status: 'failed' }],
  ])('after %s changes nothing', async (what, body, answer) => {
    await report(what, body);
    const before = await shown();
    expect(await report('heartbeat', { progress: 1 })).toMatchObject({ status: 200, json: answer });
    expect(await shown()).toEqual(before);
  });

  test('after termination says that the job has to stop', async () => {
    await bench.asAdmin('POST', '/terminate', { body: { grace_period: 0 } });
    expect(await report('heartbeat', { progress: 1 })).toMatchObject({
      status: 200,
      json: { cancel_requested: true, status: 'terminated' },
    });
  });

  test('past the deadline writes down that the job was terminated by it, and tells of it once', async () => {
    await bench.asAdmin('POST', '/terminate', { body: { grace_period: 10 } });
    bench.time = NOW + 12_000;
    const answer = { cancel_requested: true, deadline: '2026-01-15T10:00:10Z', status: 'terminated' };
    expect((await report('heartbeat')).json).toEqual(answer);
    expect((await report('heartbeat')).json).toEqual(answer);
    expect(bench.log.messages().filter((message) => message.startsWith('[EMERGENCY]'))).toEqual([
      `[EMERGENCY] Job terminated: job_id="${id}" reason="admin_request"`,
    ]);
  });
});

describe('the end of a job', () => {
  test('is told with its result', async () => {
    bench.time = NOW + 20_000;
    const { status, json } = await report('complete', { result: { captions: [1, 'x', null] } });
    expect(status).toBe(200);
    expect(API.completeJob.answer.safeParse(json).error?.issues).toBeUndefined();
    expect(json).toMatchObject({
      status: 'completed',
      result: { captions: [1, 'x', null] },
      ended_at: '2026-01-15T10:00:20Z',
    });
  });

  test('is told with its error', async () => {
    expect((await report('fail', { error: 'No model\nat line 1' })).json).toMatchObject({
      status: 'failed',
      error: 'No model\nat line 1',
    });
  });

  test.each([
    ['complete', { result: 'x'.repeat(4096) }, 'result'],
    ['complete', { result: JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`) }, 'result'],
    ['complete', { answer: 1 }, 'answer'],
    ['fail', {}, 'error'],
    ['fail', { error: ' ' }, 'error'],
    ['fail', { error: 'x'.repeat(2001) }, 'error'],
  ])('%s is refused with what does not fit', async (what, body, field) => {
    const { status, json } = await report(what, body);
    expect([status, json.details[0].field]).toEqual([400, field]);
    expect((await shown()).status).toBe('running');
  });

  test('may be told twice, and only in one way', async () => {
    await report('complete', { result: 1 });
    expect(await report('complete', { result: 2 })).toMatchObject({ status: 200, json: { result: 1 } });
    const { status, json } = await report('fail', { error: 'late' });
    expect([status, json.error]).toEqual([409, 'job_ended']);
    expect(json.message).toBe('The job is completed since 2026-01-15T10:00:00Z; that cannot be changed.');
  });

  test('counts when the job was asked to stop or thought lost, and not when it was terminated', async () => {
    await bench.asAdmin('POST', '/terminate', { body: { grace_period: 30 } });
    expect((await report('complete')).json.status).toBe('completed');
    const lost = await bench.register();
    bench.time = NOW + 60_000;
    await bench.sweep();
    expect((await report('complete', {}, lost)).json.status).toBe('completed');
    const terminated = await bench.register();
    await bench.asAdmin('POST', '/terminate', { body: { grace_period: 0 } });
    expect((await report('complete', {}, terminated)).json.error).toBe('job_ended');
  });
});

describe('unknown jobs', () => {
  test.each(['heartbeat', 'complete', 'fail'])('%s is a 404', async (what) => {
    const body = what === 'fail' ? { error: 'x' } : {};
    for (const job of [jobId(99), 'x', '..', `${id}x`, '%27', id.replace('8', 'A')]) {
      const { status, json } = await report(what, body, job);
      expect([job, status, json.error]).toEqual([job, 404, 'job_not_found']);
    }
  });
});

describe('access', () => {
  test.each(['heartbeat', 'complete', 'fail'])('%s is for workers and admins', async (what) => {
    const body = what === 'fail' ? { error: 'x' } : {};
    const as = async (who: 'member' | 'nobody' | 'alice') =>
      (await bench.call('POST', `/${id}/${what}`, { body, as: who })).status;
    expect([await as('nobody'), await as('member'), await as('alice')]).toEqual([401, 403, 200]);
  });

  test('a refusal is told in one line', async () => {
    await bench.call('POST', `/${id}/heartbeat`, { as: 'member' });
    expect(bench.log.lines.at(-1)).toMatchObject({
      level: 'WARN',
      fields: { event: 'access_refused', user: 'mia', code: 'insufficient_privileges' },
    });
  });
});
