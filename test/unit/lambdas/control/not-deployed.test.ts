import { describe, expect, test } from '@jest/globals';
import type { DeployedParts } from '../../../../core/deployed-parts.ts';
import { ControlBench } from '../../../support/control-bench.ts';

const SMALLEST: DeployedParts = { sessions: false, jobs: false, monitoring: 'none' };
const ESSENTIAL: DeployedParts = { sessions: false, jobs: false, monitoring: 'essential' };

describe('calls of parts that are not deployed', () => {
  test.each([
    ['GET', '/sessions', 'sessions=cache'],
    ['GET', '/sessions/statistics', 'sessions=cache'],
    ['GET', '/sessions/abc', 'sessions=cache'],
    ['POST', '/sessions/purge', 'sessions=cache'],
    ['GET', '/jobs', 'jobs=true'],
    ['POST', '/jobs', 'jobs=true'],
    ['POST', '/jobs/j-1/heartbeat', 'jobs=true'],
    ['POST', '/jobs/terminate', 'jobs=true'],
  ])('%s %s is 404, and says how to switch it on', async (method, path, how) => {
    const bench = new ControlBench({ deployed: SMALLEST });
    const { status, json: body } = await bench.call(method, path);
    expect(status).toBe(404);
    expect(body).toMatchObject({ error: 'not_deployed', message: expect.stringContaining(`-c ${how}`) });
  });

  test('are told only to those who could make them', async () => {
    const bench = new ControlBench({ deployed: SMALLEST });
    expect((await bench.call('GET', '/sessions', { as: 'nobody' })).status).toBe(401);
  });

  test('are nowhere at this function where another serves them', async () => {
    const { status, json: body } = await new ControlBench().call('GET', '/sessions');
    expect([status, body.error]).toEqual([404, 'not_found']);
  });
});

describe('fields that ask for what is not deployed', () => {
  test.each<[path: string, body: object, deployed: DeployedParts, field: string]>([
    ['/emergency', { reason: 'r', terminate_jobs: true }, ESSENTIAL, 'terminate_jobs'],
    ['/enable', { reason: 'r', drain_deadline: 60 }, ESSENTIAL, 'drain_deadline'],
    ['/enable', { reason: 'r', notify_users: true }, ESSENTIAL, 'notify_users'],
    ['/enable', { reason: 'r', mode: 'test' }, SMALLEST, 'mode'],
    ['/validate', { reason: 'r', notify_users: true }, SMALLEST, 'notify_users'],
  ])('%s %j is 400, and nothing is changed', async (path, body, deployed, field) => {
    const bench = new ControlBench({ deployed });
    const answer = await bench.call('POST', path, { body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: 'not_deployed', status: 400, details: [{ field }] });
    expect(await bench.events.head()).toBeNull();
  });

  test.each<[path: string, body: object, deployed: DeployedParts]>([
    ['/emergency', { reason: 'r' }, SMALLEST],
    ['/emergency', { reason: 'r', terminate_jobs: false }, SMALLEST],
    ['/enable', { reason: 'r', invalidate_sessions: true }, SMALLEST],
    ['/enable', { reason: 'r', notify_users: false }, SMALLEST],
    ['/enable', { reason: 'r', mode: 'test' }, ESSENTIAL],
  ])('what asks for nothing is taken: %s %j', async (path, body, deployed) => {
    expect((await new ControlBench({ deployed }).call('POST', path, { body })).status).toBe(200);
  });
});

test('the answers of commands leave out what is not deployed', async () => {
  const bench = new ControlBench({ deployed: SMALLEST });
  const absent = { invalidated_sessions: null, session_purge: null, job_drain: null };
  expect((await bench.call('POST', '/enable', { body: { reason: 'r' } })).json).toMatchObject(absent);
  expect((await bench.call('POST', '/disable')).json).toMatchObject(absent);
});
