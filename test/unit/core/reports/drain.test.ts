import { beforeEach, describe, expect, test } from '@jest/globals';
import { readDrainRecord } from '../../../../core/drain/record.ts';
import { NO_NOTICES } from '../../../../core/notices/record.ts';
import type { ReportDrain } from '../../../../core/reports/drain.ts';
import { findReport } from '../../../../core/reports/find-reports.ts';
import type { ReportView } from '../../../../core/reports/schemas.ts';
import { reportAnswer } from '../../../../core/reports/schemas.ts';
import { reportMarkdown } from '../../../../core/reports/to-markdown.ts';
import { reportView } from '../../../../core/reports/view.ts';
import { DrainBench, FakeMappings } from '../../../support/drain-bench.ts';
import { declareEmergency, enable, NOW } from '../../../support/examples.ts';
import { job, jobId } from '../../../support/jobs.ts';

let bench: DrainBench;
beforeEach(() => {
  bench = new DrainBench();
});

async function register(count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await bench.registry.register(job({ id: jobId(n), startedAt: NOW - 1000, lastSeenAt: NOW - 1000 }));
  }
}

async function report(away?: ReportDrain): Promise<ReportView> {
  const found = await findReport(bench.events, 'm-1', bench.time);
  if (found === null) throw new Error('There is no report.');
  const record = await readDrainRecord((id) => bench.record(id), 'm-1');
  const view = reportView(found.facts, {
    counts: { source: 'unavailable' },
    rules: [],
    endedSessions: null,
    notices: NO_NOTICES,
    drain: away ?? (record === null ? { source: 'none' } : { source: 'recorded', record }),
    watched: { source: 'none' },
    newest: found.newest,
    now: bench.time,
  });
  expect(reportAnswer.safeParse(view).error?.issues).toBeUndefined();
  return view;
}

/** The outcome of each step of an emergency, the first one unless another is asked for. */
function outcomes({ emergencies }: ReportView, which = 0): Record<string, string> {
  return Object.fromEntries((emergencies[which]?.steps ?? []).map(({ step, outcome }) => [step, outcome]));
}

async function emergency(seconds = 30): Promise<void> {
  await bench.command(declareEmergency({ gracePeriod: 0 }));
  await bench.invokeStarter();
  await bench.runUntil(bench.time + seconds * 1000);
}

describe('a report', () => {
  test('before the first step of a drain has no jobs', async () => {
    await bench.command(declareEmergency());
    expect(await report()).toMatchObject({ jobs: null, jobs_source: 'none' });
    expect(outcomes(await report())).toMatchObject({ jobs: 'pending', pauses: 'pending' });
  });

  test('tells of a drain that goes on, and that it was stopped when maintenance is over first', async () => {
    await register(2);
    await bench.command(enable());
    await bench.invokeStarter();
    await bench.runUntil(NOW + 5000);
    const counts = { found: 2, drained: 0, terminated: 0, left: 2, counts_exact: false };
    expect((await report()).jobs).toMatchObject({ status: 'draining', ...counts });
    await bench.command({ type: 'disable' });
    expect((await report()).jobs).toMatchObject({ status: 'stopped', ...counts });
  });

  test('of an emergency tells what was terminated, and each step with its outcome', async () => {
    await register(3);
    bench.mappings = new FakeMappings({ one: 'enabled' });
    await emergency();
    const view = await report();
    expect(view).toMatchObject({ jobs_source: 'recorded' });
    expect(view.jobs).toEqual({
      status: 'terminated',
      found: 3,
      drained: 0,
      terminated: 3,
      lost: 0,
      left: 0,
      counts_exact: true,
      failed_to_terminate: [],
    });
    expect(outcomes(view)).toMatchObject({ block: 'done', jobs: 'done', pauses: 'done' });
    expect(reportMarkdown(view)).toContain('Of 3, 0 ended by themselves, 3 were terminated');
  });

  test('names jobs that could not be terminated', async () => {
    await register(3);
    bench.registry.stuck.add(jobId(1));
    await emergency();
    const view = await report();
    expect(view.jobs).toMatchObject({
      status: 'incomplete',
      terminated: 2,
      left: 1,
      failed_to_terminate: [{ kind: 'job', id: jobId(1) }],
    });
    const step = view.emergencies[0]?.steps.find((one) => one.step === 'jobs');
    expect(step).toMatchObject({ outcome: 'failed', error: expect.any(String) });
    expect(reportMarkdown(view)).toContain('- not terminated: job ');
  });

  test('takes a failure to pause for no failure to terminate', async () => {
    bench.mappings = new FakeMappings({ one: 'enabled' });
    bench.mappings.onSet = () => {
      throw new Error('throttled');
    };
    await emergency();
    const view = await report();
    expect(view.jobs).toMatchObject({ status: 'drained', failed_to_terminate: [] });
    expect(outcomes(view)).toMatchObject({ jobs: 'done', pauses: 'failed' });
  });

  test('of several emergencies knows the earlier ones by their receipts', async () => {
    await register(2);
    await bench.command(enable());
    await emergency();
    await bench.command({ type: 'deescalate' });
    await bench.runUntil(bench.time + 5000);
    await emergency();
    const view = await report();
    expect(view.jobs).toMatchObject({ status: 'drained', found: 2, terminated: 2, counts_exact: false });
    expect(outcomes(view, 0)).toMatchObject({ jobs: 'done', pauses: 'skipped' });
    expect(outcomes(view, 1)).toMatchObject({ jobs: 'done', pauses: 'skipped' });
  });

  test('says of an emergency that was over before its jobs that this step was stopped', async () => {
    await register(1);
    await bench.command(declareEmergency({ gracePeriod: 300 }));
    await bench.invokeStarter();
    await bench.runUntil(NOW + 5000);
    await bench.command({ type: 'disable' });
    expect(outcomes(await report())).toMatchObject({ jobs: 'stopped' });
  });

  test('has what receipts say where the record cannot be read, and why the rest is missing', async () => {
    await register(1);
    await emergency();
    const view = await report({ source: 'unavailable' });
    expect(view).toMatchObject({ jobs: null, jobs_source: 'unavailable' });
    expect(outcomes(view)).toMatchObject({ jobs: 'done' });
    expect(reportMarkdown(view)).toContain('What became of jobs could not be read.');
  });
});
