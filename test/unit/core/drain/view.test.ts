import { describe, expect, test } from '@jest/globals';
import { NOTHING_DONE } from '../../../../core/drain/decide-drain.ts';
import { type DrainRecord, newDrainRecord } from '../../../../core/drain/record.ts';
import { drainView } from '../../../../core/drain/view.ts';
import { statusAnswer } from '../../../../core/status/schemas.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';
import { StatusBench } from '../../../support/status-bench.ts';

const EVERYBODY = { now: NOW, forAdmin: false };
const RUNNING: DrainRecord = {
  ...newDrainRecord('m-1', NOTHING_DONE, NOW),
  waitingFor: { count: 2, ids: ['job-1', 'job-2'] },
  jobs: { found: 5, terminated: { job: 1, execution: 1 }, lost: 1, isExact: true },
};
const held = normalMaintenance({ drainDeadline: NOW + 60_000 });

describe('the drain in the status', () => {
  test.each([
    ['nothing is active', null, RUNNING],
    ['a test run is active', testRun(), RUNNING],
    ['nobody can tell', held, undefined],
  ])('is null where %s', (_, maintenance, record) => {
    expect(drainView(stateWith(maintenance), record, EVERYBODY)).toBeNull();
  });

  test.each([
    ['there is no record yet', null],
    ['the record is that of another maintenance', { ...RUNNING, maintenanceId: 'm-0' }],
  ])('is pending where %s', (_, record) => {
    expect(drainView(stateWith(held), record, EVERYBODY)).toEqual({
      status: 'pending',
      remaining: 0,
      terminated: 0,
      lost: 0,
      deadline: '2026-01-15T10:01:00Z',
      holding: null,
    });
  });

  test('tells what is left, and admins what that is', () => {
    const view = {
      status: 'draining',
      remaining: 2,
      terminated: 2,
      lost: 1,
      deadline: '2026-01-15T10:01:00Z',
      holding: null,
    };
    expect(drainView(stateWith(held), RUNNING, EVERYBODY)).toEqual(view);
    expect(drainView(stateWith(held), RUNNING, { now: NOW, forAdmin: true })).toEqual({
      ...view,
      holding: ['job-1', 'job-2'],
    });
  });

  test.each(['drained', 'terminated', 'incomplete'] as const)('tells the outcome %s', (outcome) => {
    const record = { ...RUNNING, finished: { phase: 'normal', outcome, at: NOW } };
    expect(drainView(stateWith(held), record, EVERYBODY)?.status).toBe(outcome);
  });

  test('of an emergency has its own deadline, and begins anew where the normal one has ended', () => {
    const declared = emergency();
    const finished = { phase: 'normal', outcome: 'drained', at: NOW } as const;
    const progress = { ...NOTHING_DONE, asked: { emergency: declared.declaredAt, deadline: NOW + 30_000 } };
    expect(drainView(stateWith(declared), { ...RUNNING, finished }, EVERYBODY)).toMatchObject({
      status: 'draining',
      deadline: null,
    });
    expect(drainView(stateWith(declared), { ...RUNNING, progress }, EVERYBODY)?.deadline).toBe(
      '2026-01-15T10:00:30Z',
    );
  });

  test('is part of the status, as it is described', async () => {
    const bench = new StatusBench();
    bench.state = stateWith(held);
    bench.drain = RUNNING;
    const { json } = await bench.call('GET', '/status', { as: 'alice' });
    expect(json.job_drain).toMatchObject({ status: 'draining', holding: ['job-1', 'job-2'] });
    expect(statusAnswer.safeParse(json).error?.issues).toBeUndefined();
    bench.state = stateWith(null);
    expect((await bench.call('GET', '/status')).json.job_drain).toBeNull();
  });
});
