import { beforeEach, expect, test } from '@jest/globals';
import { activeJobs } from '../../../../lambdas/http/active-jobs.ts';
import { NOW } from '../../../support/examples.ts';
import { InMemoryJobRegistry } from '../../../support/in-memory-job-registry.ts';
import { job, jobId } from '../../../support/jobs.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

let registry: InMemoryJobRegistry;
let log: RecordingLog;
let time: number;
beforeEach(async () => {
  [registry, log, time] = [new InMemoryJobRegistry(), new RecordingLog(), NOW];
  await registry.register(job());
});
const counting = () => activeJobs({ registry, log, now: () => time });

test('active jobs are counted once a second, however many ask', async () => {
  const count = counting();
  expect(await Promise.all([count(), count()])).toEqual([1, 1]);
  await registry.register(job({ id: jobId(2) }));
  expect(await count()).toBe(1);
  time += 1000;
  expect(await count()).toBe(2);
});

test('a registry that is away is told of, and makes no error', async () => {
  registry.isDown = true;
  expect(await counting()()).toBeNull();
  expect(log.lines).toMatchObject([{ level: 'WARN', fields: { event: 'jobs_count_failed' } }]);
});

test('a registry that does not answer is not waited for', async () => {
  registry.countActive = () => new Promise(() => {});
  expect(await counting()()).toBeNull();
});
