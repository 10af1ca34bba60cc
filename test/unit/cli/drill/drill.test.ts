import { describe, expect, test } from '@jest/globals';
import {
  CLASSIFIED_EXAMPLES,
  criticalAlarms,
  DRILL_REQUESTS,
  judgeChecks,
  judgeClassified,
  judgeRestored,
} from '../../../../cli/drill/judge-drill.ts';
import { BUILT_IN_RULES } from '../../../../core/decision/built-in-rules.ts';
import { createClassifier } from '../../../../core/decision/classify.ts';
import { classificationView } from '../../../../core/rules/classification-view.ts';
import { cliBench } from '../../../support/cli-bench.ts';
import { stateWith } from '../../../support/examples.ts';
import { json, type StubAnswer } from '../../../support/stub-server.ts';

const NOW = Date.parse('2026-01-15T10:00:00Z');
const bench = cliBench(NOW);

const viewOf = ({ method, path }: { readonly method: string; readonly path: string }) =>
  classificationView({ method, path, state: stateWith(null), rules: [], alwaysAllowed: [], now: NOW });

describe('what a drill sends and asks', () => {
  const classify = createClassifier([BUILT_IN_RULES]);

  test('real requests are reads of a path that no rule names: one passes, one would be blocked', () => {
    expect(classify('GET', DRILL_REQUESTS.read)).toMatchObject({ operation: 'read_operations', rule: null });
    expect(classify('GET', DRILL_REQUESTS.blocked)).toMatchObject({ canonicalPath: null });
  });

  test('there is one example of each type, and the real rules treat each as they should', () => {
    const types = CLASSIFIED_EXAMPLES.map(({ operation }) => operation);
    expect(new Set(types)).toEqual(new Set(BUILT_IN_RULES.map(({ operation }) => operation)));
    const found = CLASSIFIED_EXAMPLES.map((example) => [example, viewOf(example)] as const);
    expect(found.map(([{ operation }, { operation_type }]) => [operation, operation_type])).toEqual(
      types.map((type) => [type, type]),
    );
    expect(judgeClassified(found).outcome).toBe('passed');
  });

  test('a type that is not blocked any more is named', () => {
    const [example] = CLASSIFIED_EXAMPLES.filter(({ operation }) => operation === 'job_creation');
    if (example === undefined) throw new Error('There is no example of job_creation.');
    const view = viewOf(example);
    const open = {
      ...view,
      decisions: { ...view.decisions, normal: { ...view.decisions.normal, member: 'allow' } },
    };
    expect(judgeClassified([[example, open]])).toMatchObject({
      outcome: 'failed',
      said: expect.stringContaining('job_creation'),
    });
  });
});

describe('judgement', () => {
  const status = {
    is_active: false,
    mode: 'normal',
    reason: null,
    started_at: null,
    estimated_completion: null,
    version: 43,
    state_source: 'event_log',
    session_purge: null,
    next_window: null,
    as_of: '2026-01-15T10:00:00Z',
  };
  const passed = { status: 200, version: null, mode: null };
  const failure = {
    section: 'services',
    check: 'alarms',
    status: 'failed',
    seen: '',
    remedy: '',
    latency_ms: null,
  } as const;

  test.each([
    ['all is well', [], status, 'passed'],
    ['something has failed', [failure], status, 'failed'],
    ['maintenance is active', [], { ...status, is_active: true }, 'failed'],
    ['nobody knows', [], null, 'failed'],
  ])('a drill begins or not: %s', (_, findings, seen, outcome) => {
    expect(judgeChecks(findings, seen).outcome).toBe(outcome);
  });

  test.each([
    ['as before', status, passed, 'passed'],
    ['still active', { ...status, is_active: true, mode: 'test' }, passed, 'failed'],
    ['an older state', { ...status, version: 41 }, passed, 'failed'],
    ['the canary is blocked', status, { status: 503, version: 43, mode: 'normal' }, 'failed'],
  ])('restored or not: %s', (_, seen, canary, outcome) => {
    expect(judgeRestored(seen, canary, 42).outcome).toBe(outcome);
  });

  test('only critical alarms that are raised end a drill', () => {
    const alarm = { name: 'a', state: 'alarm', severity: 'critical' };
    expect(criticalAlarms({ alarms: null })).toEqual([]);
    expect(
      criticalAlarms({ alarms: [alarm, { ...alarm, state: 'ok' }, { ...alarm, severity: 'high' }] }),
    ).toEqual(['a']);
  });
});

describe('a drill', () => {
  /** An API that does what a drill asks of it, but for what a test says. */
  function api(own: Readonly<Record<string, () => StubAnswer>>): {
    readonly answer: StubAnswer;
    active: boolean;
  } {
    const world = { active: false, version: 41, reason: '' };
    const status = () => ({
      is_active: world.active,
      mode: world.active ? 'test' : 'normal',
      reason: world.active ? world.reason : null,
      started_at: null,
      estimated_completion: null,
      version: world.version,
      state_source: 'event_log',
      as_of: '2026-01-15T10:00:00Z',
    });
    const fine = { status: 'healthy', message: 'Fine.', latency_ms: 1 };
    const report = () => ({
      id: 'run-1',
      reason: world.reason,
      status: world.active ? 'in_progress' : 'completed',
      version: world.version,
      test_run: { calls: { would_block: 1, would_allow: 1 } },
    });
    const change = (active: boolean) => {
      world.active = active;
      world.version += 1;
      return json(200, status());
    };
    const sessions = {
      total: 3,
      by_role: { admin: 1, worker: 0, member: 2 },
      without_role: 0,
      unreadable: 0,
      exact: true,
    };
    const routes: Record<string, (body: string) => StubAnswer> = {
      'HEAD /status': () => json(200, ''),
      'GET /status': () => json(200, status()),
      'GET /health': () =>
        json(200, {
          status: 'healthy',
          components: { event_log: fine, issuer_keys: fine, state: fine, session_store: fine },
        }),
      'GET /whoami': () => json(200, { id: 'alice', role: 'admin', fresh_sign_in: true }),
      'GET /diagnostics': () => json(200, { age_seconds: 30, findings: [], alarms: [] }),
      'GET /history': () => json(200, { items: [] }),
      'GET /rules': () => json(200, { items: [], next_cursor: null }),
      'GET /windows': () => json(200, { items: [], next_cursor: null }),
      'GET /sessions/statistics': () => json(200, sessions),
      'GET /jobs': () => json(200, { items: [], next_cursor: null }),
      'GET /reports': () => json(200, { items: [report()] }),
      'GET /reports/run-1': () => json(200, report()),
      'GET /canary': () => json(200, { canary: 'passed', version: String(world.version) }),
      'POST /enable': (body) => {
        world.reason = JSON.parse(body).reason;
        return change(true);
      },
      'POST /disable': () => change(false),
      'POST /classify': (body) => json(200, viewOf(JSON.parse(body))),
    };
    return {
      get active() {
        return world.active;
      },
      answer: (request, response) => {
        const { pathname } = new URL(request.url, 'http://stub');
        const route = `${request.method} ${pathname.replace('/api/maintenance', '')}`;
        const answer = own[route]?.() ?? routes[route]?.(request.body) ?? json(404, {});
        answer(request, response);
      },
    };
  }

  const asked = (route: string) =>
    bench.stub.requests.filter(
      ({ method, url }) => `${method} ${url}` === `${route.replace(' ', ' /api/maintenance')}`,
    ).length;

  async function drilled() {
    const { exitCode, stdout } = await bench.sandbox.run('drill', '--yes', '--json');
    const { verdict, steps } = JSON.parse(stdout);
    const outcomes = Object.fromEntries(
      steps.map(({ step, outcome }: { step: string; outcome: string }) => [step, outcome]),
    );
    return { exitCode, verdict, outcomes };
  }

  test('passes where all goes well, and ends what it began', async () => {
    const stub = api({});
    bench.stub.answer = stub.answer;
    expect(await drilled()).toMatchObject({
      exitCode: 0,
      verdict: 'passed',
      outcomes: { contacts: 'skipped', disable: 'passed' },
    });
    expect(stub.active).toBe(false);
  });

  test('a critical alarm aborts it; what it began is ended all the same', async () => {
    const alarm = { name: 'enforcement-mismatch', state: 'alarm', severity: 'critical' };
    const stub = api({
      'GET /diagnostics': () =>
        json(200, { age_seconds: 30, findings: [], alarms: stub.active ? [alarm] : [] }),
    });
    bench.stub.answer = stub.answer;
    expect(await drilled()).toMatchObject({
      exitCode: 1,
      verdict: 'aborted',
      outcomes: { in_force: 'failed', classify: 'skipped', disable: 'passed', restored: 'passed' },
    });
    expect(stub.active).toBe(false);
  });

  test('a step that fails fails the drill, and the others go on', async () => {
    const stub = api({ 'GET /sessions/statistics': () => json(stub.active ? 503 : 200, STATISTICS) });
    bench.stub.answer = stub.answer;
    expect(await drilled()).toMatchObject({
      verdict: 'failed',
      outcomes: { would_purge: 'failed', would_drain: 'passed', disable: 'passed' },
    });
  });

  test('never ends a maintenance that is not its own', async () => {
    const stub = api({
      'GET /reports/run-1': () =>
        json(200, {
          id: 'run-1',
          status: 'completed',
          ended_how: 'replaced',
          test_run: { calls: { would_block: 1, would_allow: 1 } },
        }),
    });
    bench.stub.answer = stub.answer;
    expect(await drilled()).toMatchObject({ verdict: 'failed', outcomes: { disable: 'failed' } });
    expect(asked('POST /disable')).toBe(0);
  });

  test('does not begin where something has failed, or is refused', async () => {
    const broken = api({ 'GET /history': () => json(500, { error: 'internal_error', message: 'Oh.' }) });
    bench.stub.answer = broken.answer;
    expect(await drilled()).toMatchObject({
      verdict: 'failed',
      outcomes: { checks: 'failed', enable: 'skipped' },
    });
    expect(asked('POST /enable')).toBe(0);
    const refusing = api({
      'POST /enable': () => json(409, { error: 'maintenance_already_active', message: 'No.' }),
    });
    bench.stub.answer = refusing.answer;
    expect(await drilled()).toMatchObject({
      verdict: 'failed',
      outcomes: { enable: 'failed', disable: 'skipped' },
    });
    expect(asked('POST /disable')).toBe(0);
  });
});

const STATISTICS = {
  total: 3,
  by_role: { admin: 1, worker: 0, member: 2 },
  without_role: 0,
  unreadable: 0,
  exact: true,
};
