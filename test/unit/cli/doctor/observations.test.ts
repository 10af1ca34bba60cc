import { describe, expect, test } from '@jest/globals';
import type { HealthFacts, StatusFacts } from '../../../../cli/doctor/api-facts.ts';
import type { CanaryFacts } from '../../../../cli/doctor/canary.ts';
import { observationsOf } from '../../../../cli/doctor/observations.ts';
import type { Sources } from '../../../../cli/doctor/sources.ts';
import { type CheckName, findingOf } from '../../../../core/health/checks/checks.ts';
import { type Observation, observed, unable } from '../../../../core/health/observation.ts';

const STATUS: StatusFacts = {
  is_active: false,
  mode: 'normal',
  reason: null,
  started_at: null,
  estimated_completion: null,
  version: 42,
  state_source: 'event_log',
  session_purge: null,
  next_window: null,
  as_of: '2026-01-15T10:00:00Z',
};
const ACTIVE: StatusFacts = { ...STATUS, is_active: true, started_at: '2026-01-15T09:00:00Z' };
const EMERGENCY: StatusFacts = { ...ACTIVE, mode: 'emergency' };
const FINE = { status: 'healthy', message: 'It can be read.', latency_ms: 4, age_ms: null } as const;
const HEALTH: HealthFacts = {
  status: 'healthy',
  components: { event_log: FINE, session_store: FINE, issuer_keys: { ...FINE, age_ms: 120_000 } },
};
const NO_ANSWER = { outcome: 'failed', why: 'No answer within 3 s.', latency: 3000 } as const;
const NO_CREDENTIALS = unable('There are no AWS credentials.', 'Set AWS_PROFILE.');
const SIGNED_OUT = unable('You are not signed in.', 'Sign in.');

type Parts<T> = { readonly [K in keyof T]?: unknown };
type Api = NonNullable<Sources['api']>;

/** What the doctor finds by sources of which a few are given; `null` for an API: it is not asked. */
async function find(
  check: CheckName,
  {
    api = {},
    log = {},
    ...others
  }: { api?: Parts<Api> | null; log?: Parts<Sources['log']> } & Parts<Omit<Sources, 'api' | 'log'>>,
) {
  const asked = (parts: object) =>
    Object.fromEntries(Object.entries(parts).map(([name, value]) => [name, async () => value]));
  const standard = {
    status: observed(STATUS),
    health: observed(HEALTH),
    whoAmI: SIGNED_OUT,
    report: observed(null),
    stopping: observed({ items: [] }),
  };
  const sources = {
    api: api && asked({ ...standard, ...api }),
    log: asked({ write: NO_CREDENTIALS, head: NO_CREDENTIALS, newest: NO_CREDENTIALS, ...log }),
    aws: {},
    origin: null,
    ...others,
  } as unknown as Sources;
  return await findingOf(check, observationsOf(sources));
}

describe('the clock of the API says how late something is', () => {
  test.each<[check: CheckName, status: StatusFacts, seen: RegExp]>([
    ['maintenance_overdue', { ...ACTIVE, estimated_completion: '2026-01-15T09:50:00Z' }, /passed 10 min ago/],
    ['maintenance_overdue', { ...STATUS, estimated_completion: '2026-01-15T09:50:00Z' }, /No planned end/],
    [
      'session_purge',
      {
        ...ACTIVE,
        session_purge: { status: 'running', updated_at: '2026-01-15T09:50:00Z', error: null },
      },
      /nothing has moved for 10 min/,
    ],
    [
      'session_purge',
      { ...ACTIVE, session_purge: { status: 'pending', updated_at: null, error: null } },
      /being deleted/,
    ],
  ])('%s', async (check, status, seen) => {
    expect((await find(check, { api: { status: observed(status) } }))?.seen).toMatch(seen);
  });

  test('of a window', async () => {
    const next_window = { id: 'w1', starts_at: '2026-01-15T09:50:00Z' };
    const windows = observed({ items: [{ id: 'w1' }], next_cursor: null });
    const status = observed({ ...STATUS, next_window });
    expect((await find('windows', { api: { windows, status } }))?.seen).toContain('10 min ago');
    expect((await find('windows', { api: { windows, status: NO_ANSWER } }))?.seen).toBe('1 scheduled.');
  });
});

describe('what the scheduled health check says', () => {
  const told = (value: object) => ({
    diagnostics: async () => observed({ findings: [], alarms: [], ...value }),
  });
  const own = { check: 'health_record', seen: 'It cannot be read.', remedy: 'Try again.' };

  test.each<[what: string, value: object, expected: object]>([
    ['it ran', { age_seconds: 30 }, { status: 'ok' }],
    ['it is silent', { age_seconds: 181 }, { status: 'failed' }],
    [
      'it has not run',
      { age_seconds: null },
      { status: 'failed', seen: expect.stringContaining('not run yet') },
    ],
    [
      'its record cannot be read',
      { age_seconds: null, findings: [own] },
      { status: 'failed', seen: own.seen, remedy: own.remedy },
    ],
  ])('%s', async (_what, value, expected) => {
    expect(await find('health_check', told(value))).toMatchObject(expected);
  });

  test('may say nothing of the alarms', async () => {
    expect(await find('alarms', told({ age_seconds: 1, alarms: null }))).toMatchObject({ status: 'unknown' });
    expect(await find('alarms', told({ age_seconds: 1 }))).toMatchObject({ status: 'ok' });
  });
});

test('the event log is read past the API where that can be, else by it', async () => {
  const history = observed({ items: [{ number: 1 }] });
  const both = { api: { history }, log: { newest: observed(7) } };
  expect((await find('event_log_read', both))?.seen).toContain('7 newest events');
  expect((await find('event_log_read', { api: { history } }))?.seen).toContain('1 newest event');
  expect(await find('event_log_read', { api: { history }, log: { newest: NO_ANSWER } })).toMatchObject({
    status: 'failed',
  });
  expect(await find('event_log_read', { api: null })).toMatchObject({ status: 'unknown' });
});

describe('the state store', () => {
  test.each<[what: string, health: Observation<HealthFacts>, head: Observation<null>, expected: object]>([
    [
      'is judged from inside',
      observed(HEALTH),
      NO_ANSWER,
      { status: 'ok', seen: 'From inside: It can be read.' },
    ],
    [
      'is judged from outside where nobody inside can be asked',
      unable('Away.', 'See head_status.'),
      observed(null, 9),
      { status: 'ok', seen: 'The state table answers.', latency_ms: 9 },
    ],
    ['does not answer', unable('Away.', 'See head_status.'), NO_ANSWER, { status: 'failed' }],
    [
      'is not known',
      unable('Away.', 'See head_status.'),
      NO_CREDENTIALS,
      { status: 'unknown', seen: 'Away.' },
    ],
    [
      'is not among the components',
      observed({ status: 'healthy', components: {} }),
      NO_CREDENTIALS,
      { status: 'unknown', seen: 'The health call says nothing of event_log.' },
    ],
  ])('%s', async (_what, health, head, expected) => {
    expect(await find('state_store', { api: { health }, log: { head } })).toMatchObject(expected);
  });
});

test("the issuer's keys: without an age, the health check knows whether there are none", async () => {
  expect(await find('issuer_keys', {})).toMatchObject({ status: 'ok' });
  const components = { issuer_keys: { ...FINE, status: 'degraded', message: 'No keys are kept.' } };
  expect(
    await find('issuer_keys', { api: { health: observed({ status: 'degraded', components }) } }),
  ).toMatchObject({
    status: 'unknown',
    seen: 'No keys are kept.',
  });
});

describe('the ways to act', () => {
  const admin = observed({ id: 'alice', role: 'admin', fresh_sign_in: true });
  const member = observed({ id: 'bob', role: 'member', fresh_sign_in: true });
  test.each<[what: string, whoAmI: Observation<unknown>, write: Observation<null>, status: string]>([
    ['both', admin, observed(null), 'ok'],
    ['an admin without AWS credentials', admin, NO_CREDENTIALS, 'ok'],
    ['a member with AWS credentials', member, observed(null), 'ok'],
    ['a member without', member, NO_CREDENTIALS, 'failed'],
    ['nothing was tried', SIGNED_OUT, NO_CREDENTIALS, 'unknown'],
    ['the only way that was tried is closed', SIGNED_OUT, NO_ANSWER, 'failed'],
    ['the API does not answer', NO_ANSWER, NO_CREDENTIALS, 'failed'],
  ])('%s', async (_what, whoAmI, write, status) => {
    expect(await find('admin_path', { api: { whoAmI }, log: { write } })).toMatchObject({ status });
  });
});

describe('the canary', () => {
  const passed: CanaryFacts = { status: 200, version: 42, mode: null };
  const blocked: CanaryFacts = { status: 503, version: 42, mode: 'normal' };
  const judged = async (status: Observation<StatusFacts>, canary: CanaryFacts) => {
    const sources = { api: { enforcement: { status, canary: observed(canary) } } };
    return [(await find('enforcement', sources))?.status, (await find('decided_version', sources))?.status];
  };
  test.each<[what: string, status: StatusFacts, canary: CanaryFacts, enforcement: string, version: string]>([
    ['inactive, passes', STATUS, passed, 'ok', 'ok'],
    ['inactive, blocked', STATUS, blocked, 'failed', 'ok'],
    ['active, blocked', ACTIVE, blocked, 'ok', 'ok'],
    ['active, passes', ACTIVE, passed, 'failed', 'ok'],
    ['emergency, passes', EMERGENCY, passed, 'failed', 'ok'],
    ['test run, passes', { ...ACTIVE, mode: 'test' }, passed, 'ok', 'ok'],
    ['blocked by an old version', { ...ACTIVE, version: 43 }, blocked, 'ok', 'failed'],
    ['passes by an old version', STATUS, { ...passed, version: 40 }, 'ok', 'failed'],
    ['no version is named', STATUS, { ...passed, version: null }, 'ok', 'unknown'],
    ['no decision', ACTIVE, { status: 503, version: null, mode: null }, 'failed', 'unknown'],
  ])('%s', async (_what, status, canary, enforcement, version) => {
    expect(await judged(observed(status), canary)).toEqual([enforcement, version]);
  });

  test('says nothing where the state is not known', async () => {
    expect(await judged(NO_ANSWER, passed)).toEqual(['unknown', 'unknown']);
  });
});

test('without its address the application is not asked', async () => {
  expect(await find('origin_closed', {})).toMatchObject({
    status: 'unknown',
    remedy: 'Give it with --origin URL.',
  });
});

describe('an emergency', () => {
  const step = { step: 'sessions', outcome: 'failed', error: 'Redis is away' };
  const on = { declared_at: '2026-01-15T05:00:00Z', ended_at: null, steps: [step] };
  const over = { ...on, ended_at: '2026-01-15T06:00:00Z' };
  const report = (...emergencies: readonly object[]) => observed({ jobs: null, emergencies });
  const status = observed(EMERGENCY);

  test.each<[check: CheckName, api: Parts<Api>, expected: object]>([
    ['emergency_steps', { report: report(on) }, { seen: 'No emergency is active.' }],
    ['emergency_steps', { status, report: report(over, on) }, { status: 'failed' }],
    ['emergency_steps', { status, report: report(over) }, { status: 'unknown' }],
    ['emergency_steps', { status: NO_ANSWER, report: NO_ANSWER }, { status: 'failed' }],
    ['emergency_left_on', { status, report: report(on) }, { seen: 'The emergency has been on for 5 h.' }],
    ['emergency_left_on', { status, report: NO_ANSWER }, { seen: 'The emergency has been on for 60 min.' }],
    ['emergency_left_on', { status: observed(ACTIVE) }, { seen: 'No emergency is active.' }],
  ])('%s', async (check, api, expected) => {
    expect(await find(check, { api })).toMatchObject(expected);
  });

  test('leaves no jobs behind', async () => {
    const stopping = observed({ items: [{ id: 'j1', deadline: '2026-01-15T09:30:00Z' }] });
    expect(await find('stuck_jobs', { api: { stopping } })).toMatchObject({ status: 'warning' });
    expect(await find('stuck_jobs', { api: { stopping, status: NO_ANSWER } })).toMatchObject({
      status: 'ok',
    });
    const failed = observed({
      jobs: { failed_to_terminate: [{ id: 'j2', reason: 'denied' }] },
      emergencies: [],
    });
    expect(await find('stuck_jobs', { api: { stopping, report: failed } })).toMatchObject({
      status: 'failed',
    });
  });
});
