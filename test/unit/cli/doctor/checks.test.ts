import { describe, expect, test } from '@jest/globals';
import { type ConfigurationLooks, judgeConfiguration } from '../../../../cli/doctor/checks/configuration.ts';
import { judgeConnectivity } from '../../../../cli/doctor/checks/connectivity.ts';
import { judgeEmergency } from '../../../../cli/doctor/checks/emergency.ts';
import { type CanaryFacts, judgeEnforcement } from '../../../../cli/doctor/checks/enforcement.ts';
import type {
  DiagnosticsFacts,
  HealthFacts,
  StatusFacts,
  WhoAmIFacts,
} from '../../../../cli/doctor/checks/facts.ts';
import { judgeLogs } from '../../../../cli/doctor/checks/logs.ts';
import { judgePerformance } from '../../../../cli/doctor/checks/performance.ts';
import { judgePermissions } from '../../../../cli/doctor/checks/permissions.ts';
import { judgeServices, type ServicesLooks } from '../../../../cli/doctor/checks/services.ts';
import { judgeStatus } from '../../../../cli/doctor/checks/status.ts';
import { type Look, seen, unable } from '../../../../cli/doctor/observation.ts';
import type { Finding } from '../../../../core/health/finding.ts';

const INACTIVE: StatusFacts = {
  is_active: false,
  mode: 'normal',
  reason: null,
  started_at: null,
  estimated_completion: null,
  version: 41,
  state_source: 'event_log',
  session_purge: null,
  next_window: null,
  as_of: '2026-01-15T10:00:00Z',
};
const ACTIVE: StatusFacts = {
  ...INACTIVE,
  is_active: true,
  reason: 'Upgrade',
  started_at: '2026-01-15T09:00:00Z',
  version: 42,
};
const EMERGENCY: StatusFacts = { ...ACTIVE, mode: 'emergency' };
const FINE = { status: 'healthy', message: 'It can be read.', latency_ms: 4 } as const;
const HEALTHY: HealthFacts = {
  status: 'healthy',
  components: { event_log: FINE, issuer_keys: FINE, state: FINE, session_store: FINE },
};
const NO_CREDENTIALS = unable('There are no AWS credentials.', 'Set AWS_PROFILE.');
const NO_ANSWER: Look<never> = { outcome: 'failed', why: 'No answer within 3 s.', latency: 3000 };

/** The statuses by check, for those that are named. */
function statuses(findings: readonly Finding[], ...checks: readonly string[]) {
  return Object.fromEntries(
    findings.filter(({ check }) => checks.includes(check)).map(({ check, status }) => [check, status]),
  );
}

const find = (findings: readonly Finding[], check: string) => findings.find((found) => found.check === check);

describe('status', () => {
  const late = { ...ACTIVE, estimated_completion: '2026-01-15T09:50:00Z' };
  test.each<[string, Look<StatusFacts>, Look<HealthFacts>, object]>([
    [
      'nothing is active',
      seen(INACTIVE),
      seen(HEALTHY),
      { status_read: 'ok', state_source: 'ok', health: 'ok', maintenance_overdue: 'ok' },
    ],
    ['the end is not known', seen(ACTIVE), seen(HEALTHY), { maintenance_overdue: 'ok' }],
    ['the end has passed', seen(late), seen(HEALTHY), { maintenance_overdue: 'warning' }],
    [
      'the state is old',
      seen({ ...ACTIVE, state_source: 'last_known' }),
      seen(HEALTHY),
      { state_source: 'warning' },
    ],
    ['a part is degraded', seen(INACTIVE), seen({ ...HEALTHY, status: 'degraded' }), { health: 'warning' }],
    ['a part does not work', seen(INACTIVE), seen({ ...HEALTHY, status: 'unhealthy' }), { health: 'failed' }],
    [
      'nobody answers',
      NO_ANSWER,
      unable('The API does not answer.'),
      { status_read: 'failed', health: 'unknown' },
    ],
  ])('%s', (_, status, health, expected) => {
    expect(statuses(judgeStatus(status, health), ...Object.keys(expected))).toEqual(expected);
  });

  test('how late it is, is told by the clock of the API', () => {
    expect(find(judgeStatus(seen(late), seen(HEALTHY)), 'maintenance_overdue')?.seen).toContain(
      'passed 10 min ago',
    );
  });
});

describe('configuration', () => {
  const looks: ConfigurationLooks = {
    log: seen(42, 12.4),
    write: seen(null),
    chain: seen({ events: 42, fault: null }),
    status: seen(INACTIVE),
    windows: seen({ items: [], next_cursor: null }),
    rules: seen({ items: [], next_cursor: null }),
    alwaysAllowed: seen(['/static/{proxy+}', '/favicon.ico']),
    methods: seen([{ method: 'ANY', path: '/{proxy+}', isGuarded: true }]),
    resultTtls: seen([{ name: 'Authorizer', seconds: 0 }]),
  };
  const rule = { id: 'r1', method: 'POST', path: '/reports', operation: 'read_operations' };

  test('all is well', () => {
    expect(judgeConfiguration(looks).every(({ status }) => status === 'ok')).toBe(true);
    expect(find(judgeConfiguration(looks), 'event_log_read')?.latency_ms).toBe(12);
  });

  test.each<[string, Partial<ConfigurationLooks>, string, Finding['status'], RegExp]>([
    ['the log does not answer', { log: NO_ANSWER }, 'event_log_read', 'failed', /No answer within 3 s/],
    ['nobody may look', { write: NO_CREDENTIALS }, 'event_log_write', 'unknown', /no AWS credentials/],
    [
      'an event was altered',
      { chain: seen({ events: 9, fault: { number: 7, fault: 'altered' } }) },
      'event_chain',
      'failed',
      /Event 7 is altered/,
    ],
    [
      'a window is late',
      { status: seen({ ...INACTIVE, next_window: { id: 'w1', starts_at: '2026-01-15T09:50:00Z' } }) },
      'windows',
      'warning',
      /w1 should have begun 10 min ago/,
    ],
    [
      'a window is about to begin',
      { status: seen({ ...INACTIVE, next_window: { id: 'w1', starts_at: '2026-01-15T09:59:00Z' } }) },
      'windows',
      'ok',
      /next begins/,
    ],
    [
      'a rule opens a write',
      { rules: seen({ items: [rule], next_cursor: null }) },
      'rules',
      'warning',
      /POST \/reports \(r1\)/,
    ],
    [
      'a rule opens a read',
      { rules: seen({ items: [{ ...rule, method: ['GET', 'HEAD'] }], next_cursor: null }) },
      'rules',
      'ok',
      /can be read: 1/,
    ],
    [
      'everything is always allowed',
      { alwaysAllowed: seen(['/{proxy+}']) },
      'always_allowed',
      'failed',
      /by \/\{proxy\+\}/,
    ],
    [
      'a method is open',
      { methods: seen([{ method: 'POST', path: '/jobs', isGuarded: false }]) },
      'api_methods',
      'failed',
      /POST \/jobs/,
    ],
    [
      'decisions are kept',
      { resultTtls: seen([{ name: 'A', seconds: 300 }]) },
      'authorizer_cache',
      'failed',
      /A for 300 s/,
    ],
  ])('%s', (_, changed, check, status, said) => {
    const found = find(judgeConfiguration({ ...looks, ...changed }), check);
    expect(found).toMatchObject({ status, seen: expect.stringMatching(said) });
    if (status === 'failed' || status === 'warning') expect(found?.remedy).toBeTruthy();
  });
});

describe('services', () => {
  const alarm = {
    name: 'stack-drain-stuck',
    state: 'alarm',
    severity: 'warning',
    runbook: 'docs/troubleshooting.md#drain-stuck',
  };
  const diagnostics: DiagnosticsFacts = { age_seconds: 30, findings: [], alarms: [] };
  const authorizer = { name: 'authorizer', state: 'Active', lastUpdate: 'Successful', reason: null };
  const purge = { status: 'running', updated_at: '2026-01-15T09:59:30Z', error: null };
  const looks: ServicesLooks = {
    diagnostics: seen(diagnostics),
    functions: seen([authorizer]),
    errors: seen([{ name: 'authorizer', count: 0 }]),
    caches: seen([{ name: 'sessions', status: 'available' }]),
    health: seen(HEALTHY),
    queues: seen([{ name: 'dead-letters', messages: 0 }]),
    status: seen(INACTIVE),
  };

  test('all is well', () => {
    expect(judgeServices(looks).every(({ status }) => status === 'ok')).toBe(true);
  });

  const withAlarm = (severity: string) => seen({ ...diagnostics, alarms: [{ ...alarm, severity }] });
  test.each<[string, Partial<ServicesLooks>, string, Finding['status'], RegExp]>([
    [
      'the health check is silent',
      { diagnostics: seen({ ...diagnostics, age_seconds: 181 }) },
      'health_check',
      'failed',
      /181 s ago/,
    ],
    [
      'it has not run',
      { diagnostics: seen({ ...diagnostics, age_seconds: null }) },
      'health_check',
      'failed',
      /not run yet/,
    ],
    ['an alarm for information', { diagnostics: withAlarm('info') }, 'alarms', 'ok', /for information/],
    ['a warning alarm', { diagnostics: withAlarm('warning') }, 'alarms', 'warning', /drain-stuck/],
    ['a high alarm', { diagnostics: withAlarm('high') }, 'alarms', 'failed', /drain-stuck \(high\)/],
    [
      'alarms were not told',
      { diagnostics: seen({ ...diagnostics, alarms: null }) },
      'alarms',
      'unknown',
      /could not ask/,
    ],
    [
      'a function cannot start',
      { functions: seen([{ ...authorizer, state: 'Failed', reason: 'EniLimitExceeded' }]) },
      'functions',
      'failed',
      /EniLimitExceeded/,
    ],
    [
      'an idle function',
      { functions: seen([{ ...authorizer, state: 'Inactive' }]) },
      'functions',
      'ok',
      /1 functions/,
    ],
    [
      'an update hangs',
      { functions: seen([{ ...authorizer, lastUpdate: 'InProgress' }]) },
      'functions',
      'warning',
      /InProgress/,
    ],
    [
      'invocations fail',
      { errors: seen([{ name: 'tick', count: 3 }]) },
      'function_errors',
      'warning',
      /tick 3/,
    ],
    [
      'the cache changes',
      { caches: seen([{ name: 'sessions', status: 'modifying' }]) },
      'cache_status',
      'warning',
      /modifying/,
    ],
    [
      'the cache is gone',
      { caches: seen([{ name: 'sessions', status: 'deleting' }]) },
      'cache_status',
      'failed',
      /deleting/,
    ],
    [
      'letters lie there',
      { queues: seen([{ name: 'dead-letters', messages: 1 }]) },
      'dead_letters',
      'failed',
      /1 message in dead-letters/,
    ],
    [
      'a purge works',
      { status: seen({ ...ACTIVE, session_purge: purge }) },
      'session_purge',
      'ok',
      /being deleted/,
    ],
    [
      'a purge is silent',
      { status: seen({ ...ACTIVE, session_purge: { ...purge, updated_at: '2026-01-15T09:50:00Z' } }) },
      'session_purge',
      'warning',
      /10 min/,
    ],
    [
      'a purge failed',
      { status: seen({ ...ACTIVE, session_purge: { ...purge, status: 'failed', error: 'Redis is away' } }) },
      'session_purge',
      'warning',
      /Redis is away/,
    ],
  ])('%s', (_, changed, check, status, said) => {
    expect(find(judgeServices({ ...looks, ...changed }), check)).toMatchObject({
      status,
      seen: expect.stringMatching(said),
    });
  });
});

describe('connectivity', () => {
  const sessions = {
    total: 10,
    by_role: { admin: 1, worker: 0, member: 9 },
    without_role: 0,
    unreadable: 0,
    exact: true,
  };
  const looks = {
    head: seen(200, 80),
    health: seen(HEALTHY),
    ownRead: NO_CREDENTIALS,
    sessions: seen(sessions),
  };
  const ill = (status: 'degraded' | 'unhealthy') =>
    seen({ ...HEALTHY, components: { ...HEALTHY.components, event_log: { ...FINE, status } } });

  test.each<[string, Partial<Parameters<typeof judgeConnectivity>[0]>, object]>([
    ['all is well', {}, { head_status: 'ok', state_store: 'ok', issuer_keys: 'ok', sessions: 'ok' }],
    ['the authorizer is away', { head: seen(503, 9) }, { head_status: 'failed' }],
    ['it is another address', { head: seen(404, 9) }, { head_status: 'failed' }],
    ['the answer is slow', { head: seen(200, 2100) }, { head_status: 'warning' }],
    ['the log is slow', { health: ill('degraded') }, { state_store: 'warning' }],
    ['the log is away', { health: ill('unhealthy') }, { state_store: 'failed' }],
    [
      'only the doctor can look',
      { health: unable('Away.'), ownRead: seen(1, 9) },
      { state_store: 'ok', issuer_keys: 'unknown' },
    ],
    ['roles are not found', { sessions: seen({ ...sessions, without_role: 9 }) }, { sessions: 'warning' }],
  ])('%s', (_, changed, expected) => {
    expect(statuses(judgeConnectivity({ ...looks, ...changed }), ...Object.keys(expected))).toEqual(expected);
  });
});

describe('permissions', () => {
  const admin: WhoAmIFacts = { id: 'alice', role: 'admin', fresh_sign_in: true };
  const arn = seen('arn:aws:iam::1:user/alice');
  const signedOut = unable('You are not signed in.');
  test.each<[string, Look<WhoAmIFacts>, Look<null>, object]>([
    ['both ways', seen(admin), seen(null), { identity: 'ok', admin_path: 'ok' }],
    [
      'a member',
      seen({ ...admin, role: 'member' }),
      NO_CREDENTIALS,
      { identity: 'warning', admin_path: 'failed' },
    ],
    ['a member with credentials', seen({ ...admin, role: 'member' }), seen(null), { admin_path: 'ok' }],
    ['neither way was tried', signedOut, NO_CREDENTIALS, { identity: 'unknown', admin_path: 'unknown' }],
    ['the only way is closed', signedOut, NO_ANSWER, { admin_path: 'failed' }],
  ])('%s', (_, whoAmI, write, expected) => {
    expect(statuses(judgePermissions({ whoAmI, iam: arn, write }), ...Object.keys(expected))).toEqual(
      expected,
    );
  });
});

test('logs', () => {
  const groups = seen([
    { name: 'a', exists: true },
    { name: 'b', exists: false },
  ]);
  const lines = (count: number) => seen([{ name: 'a', count }]);
  expect(judgeLogs({ groups, errors: lines(2), security: lines(101) })).toMatchObject([
    { check: 'log_groups', status: 'failed', seen: 'Log groups are gone: b.' },
    { check: 'log_errors', status: 'warning', seen: expect.stringContaining('2 in a') },
    { check: 'security_lines', status: 'warning' },
  ]);
  expect(judgeLogs({ groups: NO_CREDENTIALS, errors: lines(0), security: lines(1) })).toMatchObject([
    { status: 'unknown' },
    { status: 'ok' },
    { status: 'ok' },
  ]);
});

describe('enforcement', () => {
  const passed = { status: 200, version: 42, mode: null };
  const blocked = { status: 503, version: 42, mode: 'normal' };
  const judge = (status: Look<StatusFacts>, canary: Look<CanaryFacts>) =>
    statuses(
      judgeEnforcement({ status, canary, origin: seen(403) }),
      'enforcement',
      'decided_version',
      'origin_closed',
    );
  test.each<[string, StatusFacts, CanaryFacts, object]>([
    ['inactive, passes', INACTIVE, passed, { enforcement: 'ok', decided_version: 'ok', origin_closed: 'ok' }],
    ['inactive, blocked', INACTIVE, blocked, { enforcement: 'failed' }],
    ['active, blocked', ACTIVE, blocked, { enforcement: 'ok', decided_version: 'ok' }],
    ['active, passes', ACTIVE, passed, { enforcement: 'failed' }],
    ['emergency, passes', EMERGENCY, passed, { enforcement: 'failed' }],
    ['test run, passes', { ...ACTIVE, mode: 'test' }, passed, { enforcement: 'ok' }],
    [
      'by an old version',
      { ...ACTIVE, version: 43 },
      blocked,
      { enforcement: 'ok', decided_version: 'failed' },
    ],
    ['no decision', ACTIVE, { status: 503, version: null, mode: null }, { enforcement: 'failed' }],
    [
      'passes by an old version',
      INACTIVE,
      { ...passed, version: 40 },
      { enforcement: 'ok', decided_version: 'failed' },
    ],
    [
      'no version is told',
      INACTIVE,
      { status: 200, version: null, mode: null },
      { enforcement: 'ok', decided_version: 'unknown' },
    ],
  ])('%s', (_, status, canary, expected) => {
    expect(judge(seen(status), seen(canary))).toMatchObject(expected);
  });

  test('without a state nothing can be said', () => {
    expect(judge(NO_ANSWER, seen(passed))).toEqual({
      enforcement: 'unknown',
      decided_version: 'unknown',
      origin_closed: 'ok',
    });
  });

  test.each([
    [200, 'failed'],
    [302, 'failed'],
    [403, 'ok'],
    [null, 'ok'],
  ])('an origin that answers %s past the gateway: %s', (answer, status) => {
    const found = judgeEnforcement({ status: seen(INACTIVE), canary: seen(passed), origin: seen(answer) });
    expect(find(found, 'origin_closed')?.status).toBe(status);
  });
});

describe('emergency', () => {
  const step = { step: 'sessions', outcome: 'failed', error: 'Redis is away' };
  const emergency = { declared_at: '2026-01-15T09:00:00Z', ended_at: null, steps: [step] };
  const none = seen({ items: [] });
  const late = seen({ items: [{ id: 'job-1', deadline: '2026-01-15T09:30:00Z' }] });
  test.each<[string, Parameters<typeof judgeEmergency>[0], object]>([
    [
      'none',
      { status: seen(INACTIVE), report: seen(null), stopping: none },
      { emergency_steps: 'ok', emergency_left_on: 'ok', stuck_jobs: 'ok' },
    ],
    [
      'a step failed',
      { status: seen(EMERGENCY), report: seen({ jobs: null, emergencies: [emergency] }), stopping: none },
      { emergency_steps: 'failed', emergency_left_on: 'ok' },
    ],
    [
      'left on',
      {
        status: seen({ ...EMERGENCY, as_of: '2026-01-15T14:00:00Z' }),
        report: seen({ jobs: null, emergencies: [emergency] }),
        stopping: none,
      },
      { emergency_left_on: 'warning' },
    ],
    [
      'a job runs on',
      { status: seen(EMERGENCY), report: seen(null), stopping: late },
      { emergency_steps: 'unknown', stuck_jobs: 'warning' },
    ],
    [
      'a job will not die',
      {
        status: seen(EMERGENCY),
        report: seen({ jobs: { failed_to_terminate: [{ id: 'j', reason: 'denied' }] }, emergencies: [] }),
        stopping: none,
      },
      { stuck_jobs: 'failed' },
    ],
  ])('%s', (_, looks, expected) => {
    expect(statuses(judgeEmergency(looks), ...Object.keys(expected))).toEqual(expected);
  });
});

describe('performance', () => {
  const cache = { bytes: 1e6, limit: 1e9, evictions: 0, throttled: 0 };
  const looks = {
    decisionLatency: seen(3.2),
    throttles: seen([{ name: 'authorizer', count: 0 }]),
    concurrency: seen({ most: 10, limit: 1000 }),
    cache: seen(cache),
  };
  test.each<[string, Partial<Parameters<typeof judgePerformance>[0]>, object]>([
    [
      'all is well',
      {},
      {
        decision_latency: 'ok',
        throttles: 'ok',
        concurrency: 'ok',
        redis_memory: 'ok',
        redis_evictions: 'ok',
      },
    ],
    [
      'nothing was measured',
      { decisionLatency: seen(null), concurrency: seen({ most: null, limit: null }), cache: seen(null) },
      { decision_latency: 'ok', concurrency: 'ok', redis_memory: 'ok' },
    ],
    ['slow', { decisionLatency: seen(501) }, { decision_latency: 'warning' }],
    ['throttled', { throttles: seen([{ name: 'authorizer', count: 1 }]) }, { throttles: 'warning' }],
    ['near the limit', { concurrency: seen({ most: 800, limit: 1000 }) }, { concurrency: 'warning' }],
    ['nearly full', { cache: seen({ ...cache, bytes: 9e8 }) }, { redis_memory: 'warning' }],
    ['evicting', { cache: seen({ ...cache, evictions: 1 }) }, { redis_evictions: 'warning' }],
  ])('%s', (_, changed, expected) => {
    expect(statuses(judgePerformance({ ...looks, ...changed }), ...Object.keys(expected))).toEqual(expected);
  });
});
