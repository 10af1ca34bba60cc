import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import type { CanaryAnswer } from '../../../../core/health/agreement.ts';
import type { WatchRecord } from '../../../../core/health/enforcement-record.ts';
import type { Finding } from '../../../../core/health/finding.ts';
import type { HealthRecord } from '../../../../core/health/health-record.ts';
import type { RedisFacts } from '../../../../core/health/redis-facts.ts';
import type { HealthCheckParts } from '../../../../lambdas/health-check/check-health.ts';
import { createHealthCheckHandler } from '../../../../lambdas/health-check/health-check-handler.ts';
import type { JobProbes, SessionProbes } from '../../../../lambdas/health-check/observations.ts';
import { NOW } from '../../../support/examples.ts';
import { InMemoryEventLog } from '../../../support/in-memory-event-log.ts';
import { InMemoryPurgeRecord } from '../../../support/in-memory-purge-record.ts';
import { InMemoryVersionedItem } from '../../../support/in-memory-versioned-item.ts';
import { RecordingLog } from '../../../support/recording-log.ts';

const ALLOWED: CanaryAnswer = { decision: 'allowed', status: 200, version: 0 };
const fails = async (): Promise<never> => {
  throw new StoreUnavailableError('arn:aws:secret');
};

const REDIS: RedisFacts = {
  ping: 1,
  servers: 1,
  usedBytes: 10e6,
  maximumBytes: 100e6,
  evictionPolicy: 'volatile-lru',
  evictedKeys: 0,
  clients: 3,
  keys: { all: 10, expiring: 9 },
  mirror: null,
};
const sessions = (changed: Partial<SessionProbes> = {}): SessionProbes => ({
  redis: async () => REDIS,
  purging: new InMemoryPurgeRecord(),
  restart: fails,
  ...changed,
});
const jobs = (changed: Partial<JobProbes> = {}): JobProbes => ({
  count: async () => 2,
  drains: () => new InMemoryVersionedItem(null),
  restart: fails,
  ...changed,
});

/** A run of the health check over parts that work, except those that are given. */
async function run(changed: Partial<HealthCheckParts> = {}) {
  const log = new RecordingLog();
  const lines: string[] = [];
  let record: HealthRecord | null = null;
  let time = NOW;
  const events = new InMemoryEventLog();
  const handler = createHealthCheckHandler({
    events,
    chain: async () => ({ events: 3, fault: null }),
    writeProbe: async () => {},
    takeThrottles: () => 0,
    records: {
      read: async () => record,
      write: async (written) => {
        record = written;
      },
    },
    watched: () => new InMemoryVersionedItem<WatchRecord | null>(null),
    sessions: sessions(),
    jobs: jobs(),
    published: async () => null,
    deadLetters: async () => 0,
    issuerKeys: async () => ({ fetchedAt: NOW - 60_000 }),
    canary: async () => ALLOWED,
    adminPath: async () => ({ signIn: 200, whoAmI: 401 }),
    origin: async () => 403,
    alarms: async () => [],
    log,
    write: (line) => lines.push(line),
    now: () => time,
    wait: async (milliseconds) => {
      time += milliseconds;
    },
    ...changed,
  });
  await handler({}, { awsRequestId: 'aws-1' });
  const { findings = [], alarms = null } = (record as HealthRecord | null) ?? {};
  const metrics = lines.map((line) => JSON.parse(line));
  return { findings, alarms, metrics, log };
}

const wrong = (findings: readonly Finding[]) =>
  Object.fromEntries(
    findings.filter(({ status }) => status !== 'ok').map(({ check, status }) => [check, status]),
  );
const component = (metrics: readonly Record<string, unknown>[], name: string) =>
  metrics.find(({ Component }) => Component === name)?.ComponentHealthy;

describe('a run in which all is well', () => {
  test('finds that of each check that it makes', async () => {
    const { findings, alarms, log } = await run();
    expect(wrong(findings)).toEqual({});
    expect(findings.map(({ check }) => check).sort()).toEqual([
      'active_jobs',
      'admin_path',
      'alarms',
      'dead_letters',
      'decided_version',
      'due_events',
      'emergency_left_on',
      'enforcement',
      'event_chain',
      'event_log_read',
      'event_log_throttles',
      'event_log_write',
      'issuer_keys',
      'job_drain',
      'maintenance_overdue',
      'origin_closed',
      'publication',
      'redis',
      'redis_eviction_policy',
      'redis_evictions',
      'redis_memory',
      'session_expiry',
      'session_purge',
      'state_copy',
    ]);
    expect(alarms).toEqual([]);
    expect(log.lines.map(({ fields }) => fields.event)).toEqual(['health_checked']);
  });

  test('measures each component, and what is active', async () => {
    const { metrics } = await run();
    expect(metrics[0]).toMatchObject({
      MaintenanceActive: 0,
      EmergencyActive: 0,
      MaintenanceOverdue: 0,
      ActiveJobs: 2,
      EnforcementMismatch: 0,
      LogTampered: 0,
    });
    const measured = metrics.slice(1).map(({ Component, ComponentHealthy }) => [Component, ComponentHealthy]);
    expect(Object.fromEntries(measured)).toEqual({
      state: 1,
      event_log: 1,
      session_store: 1,
      authorizer: 1,
      control: 1,
      origin: 1,
      issuer_keys: 1,
      publication: 1,
      background_work: 1,
      jobs: 1,
    });
  });
});

describe('what is not deployed', () => {
  test('is neither observed nor measured', async () => {
    const { findings, metrics } = await run({ sessions: undefined, jobs: undefined });
    expect(wrong(findings)).toEqual({});
    expect(findings.map(({ check }) => check).sort()).toEqual([
      'admin_path',
      'alarms',
      'dead_letters',
      'decided_version',
      'due_events',
      'emergency_left_on',
      'enforcement',
      'event_chain',
      'event_log_read',
      'event_log_throttles',
      'event_log_write',
      'issuer_keys',
      'maintenance_overdue',
      'origin_closed',
      'publication',
    ]);
    expect(metrics[0]).not.toHaveProperty('ActiveJobs');
    const measured = metrics.map(({ Component }) => Component);
    for (const absent of ['session_store', 'cache', 'background_work', 'jobs']) {
      expect(measured).not.toContain(absent);
    }
  });

  test('hides nothing of what is: jobs without sessions', async () => {
    const checks = (await run({ sessions: undefined })).findings.map(({ check }) => check);
    expect(checks).toEqual(expect.arrayContaining(['active_jobs', 'job_drain']));
    expect(checks).not.toContain('session_purge');
  });
});

describe('a part that fails', () => {
  test('Redis: one check says it, and what hangs on it says nothing', async () => {
    const { findings, metrics, log } = await run({ sessions: sessions({ redis: fails }) });
    expect(wrong(findings)).toEqual({ redis: 'failed' });
    expect(findings.some(({ check }) => check.startsWith('redis_') || check === 'state_copy')).toBe(false);
    expect(findings.find(({ check }) => check === 'redis')?.seen).toBe(
      'The probe of Redis gave no good answer.',
    );
    expect(component(metrics, 'session_store')).toBe(0);
    expect(component(metrics, 'event_log')).toBe(1);
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        fields: expect.objectContaining({ event: 'health_probe_failed', probe: 'redis' }),
      }),
    );
  });

  test('the event log: what is judged by the state is unknown, and nothing secret is said', async () => {
    const { findings, metrics } = await run({ events: { head: fails, page: fails }, chain: fails });
    expect(wrong(findings)).toEqual({
      event_chain: 'unknown',
      event_log_read: 'failed',
      due_events: 'unknown',
      state_copy: 'unknown',
      enforcement: 'unknown',
      decided_version: 'unknown',
      publication: 'unknown',
      session_purge: 'unknown',
      job_drain: 'unknown',
    });
    expect(JSON.stringify(findings)).not.toContain('secret');
    expect(metrics[0]).not.toHaveProperty('MaintenanceActive');
    expect(metrics[0]).not.toHaveProperty('EnforcementMismatch');
    expect(metrics[0]).not.toHaveProperty('LogTampered');
    expect([component(metrics, 'event_log'), component(metrics, 'authorizer')]).toEqual([0, undefined]);
  });

  test.each<[part: string, changed: Partial<HealthCheckParts>, expected: Record<string, string>]>([
    ['a write', { writeProbe: fails }, { event_log_write: 'failed' }],
    ['DynamoDB throttles', { takeThrottles: () => 3 }, { event_log_throttles: 'warning' }],
    ['the gateway', { canary: fails }, { enforcement: 'failed', decided_version: 'unknown' }],
    ['the control API', { adminPath: fails }, { admin_path: 'failed' }],
    ['sign-in', { adminPath: async () => ({ signIn: 503, whoAmI: 401 }) }, { admin_path: 'failed' }],
    ['the way round the gateway is open', { origin: async () => 404 }, { origin_closed: 'failed' }],
    ['nobody answers past the gateway', { origin: fails }, {}],
    ['there are no keys of the issuer', { issuerKeys: async () => null }, { issuer_keys: 'failed' }],
    ['the keys cannot be read', { issuerKeys: fails }, { issuer_keys: 'unknown' }],
    ['jobs cannot be counted', { jobs: jobs({ count: fails }) }, { active_jobs: 'failed' }],
    ['letters lie there', { deadLetters: async () => 2 }, { dead_letters: 'failed' }],
    ['the queue cannot be asked', { deadLetters: fails }, { dead_letters: 'unknown' }],
    ['CloudWatch', { alarms: fails }, { alarms: 'unknown' }],
    [
      'the cache is gone',
      { sessions: sessions({ cache: async () => ({ name: 'c', status: null }) }) },
      { cache_status: 'failed' },
    ],
    ['ElastiCache', { sessions: sessions({ cache: fails }) }, { cache_status: 'unknown' }],
  ])('%s: hides no other', async (_part, changed, expected) => {
    expect(wrong((await run(changed)).findings)).toEqual(expected);
  });

  test('an alarm or a dead letter does not fail a component: each has an alarm of its own', async () => {
    const raised = { name: 'x', state: 'alarm', severity: 'high', since: null, runbook: 'r' } as const;
    const { findings, metrics } = await run({ alarms: async () => [raised], deadLetters: async () => 1 });
    expect(wrong(findings)).toEqual({ alarms: 'failed', dead_letters: 'failed' });
    expect(metrics.filter(({ ComponentHealthy }) => ComponentHealthy === 0)).toEqual([]);
  });

  test('an event that is not what was written is measured, and fails no component', async () => {
    const chain = async () => ({ events: 3, fault: { number: 2, fault: 'altered' } });
    const { findings, metrics } = await run({ chain });
    expect(wrong(findings)).toEqual({ event_chain: 'failed' });
    expect(metrics[0]).toMatchObject({ LogTampered: 1 });
    expect(metrics.filter(({ ComponentHealthy }) => ComponentHealthy === 0)).toEqual([]);
  });

  test('a gateway that goes on differing from the log is a mismatch', async () => {
    const { findings, metrics } = await run({
      canary: async () => ({ decision: 'blocked', status: 503, version: 0 }),
    });
    expect(wrong(findings)).toEqual({ enforcement: 'failed' });
    expect(metrics[0]).toMatchObject({ EnforcementMismatch: 2 });
  });
});
