import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Finding } from '../../../../core/health/finding.ts';
import { escalationNotice } from '../../../../core/oncall/escalation.ts';
import { diagnosticsAnswer, escalationAnswer, statisticsAnswer } from '../../../../core/oncall/schemas.ts';
import { rangeOf } from '../../../../core/oncall/statistics.ts';
import { emergency, NOW, normalMaintenance, stateWith } from '../../../support/examples.ts';
import { OperationsBench } from '../../../support/operations-bench.ts';

const FINDING: Finding = {
  section: 'services',
  check: 'redis',
  status: 'failed',
  seen: 'Redis did not answer in 1500 ms.',
  remedy: 'Look at the cache.',
  latency_ms: 1500,
};
const RECORD = {
  checkedAt: NOW - 20_000,
  findings: [FINDING],
  alarms: [
    {
      name: 'health-check-failing',
      state: 'alarm',
      severity: 'high',
      since: NOW - 60_000,
      runbook: 'docs/troubleshooting.md#health-check-failing',
    },
  ],
} as const;

let bench: OperationsBench;
beforeEach(() => {
  bench = new OperationsBench();
});

test.each([
  ['GET', '/diagnostics'],
  ['GET', '/statistics'],
  ['POST', '/escalations'],
])('%s %s is for admins', async (method, path) => {
  for (const [as, status] of [
    ['nobody', 401],
    ['member', 403],
    ['worker', 403],
  ] as const) {
    expect((await bench.call(method, path, { as, body: { level: 1, test: true } })).status).toBe(status);
  }
  expect(bench.published).toEqual([]);
});

describe('diagnostics', () => {
  const diagnostics = async () => diagnosticsAnswer.parse((await bench.call('GET', '/diagnostics')).json);

  test('are what the newest health check found', async () => {
    bench.record = RECORD;
    expect(await diagnostics()).toEqual({
      status: 'unhealthy',
      as_of: '2026-01-15T09:59:40Z',
      age_seconds: 20,
      findings: [FINDING],
      alarms: [{ ...RECORD.alarms[0], since: '2026-01-15T09:59:00Z' }],
    });
  });

  test('say so when the check is old, and not before', async () => {
    bench.record = { ...RECORD, findings: [{ ...FINDING, status: 'ok' }] };
    bench.time = RECORD.checkedAt + 180_000;
    expect((await diagnostics()).status).toBe('healthy');
    bench.time += 1;
    expect(await diagnostics()).toMatchObject({
      status: 'unhealthy',
      findings: [{ check: 'health_check', status: 'failed' }, { check: 'redis' }],
    });
  });

  test.each([
    ['no check has run', null, 'health_check'],
    ['the record cannot be read', 'down', 'health_record'],
  ] as const)('say so when %s', async (_when, record, check) => {
    bench.record = record;
    expect(await diagnostics()).toMatchObject({
      status: 'unhealthy',
      as_of: null,
      findings: [{ check, status: 'failed', remedy: expect.any(String) }],
      alarms: null,
    });
  });
});

describe('statistics', () => {
  const statistics = async (query = {}) =>
    statisticsAnswer.parse((await bench.call('GET', '/statistics', { query })).json);

  test('add up what is counted, and take the worst of what is measured', async () => {
    const { from, step } = rangeOf(60, NOW);
    const second = from + step * 1000;
    await statistics();
    const query = bench.asked[0]?.queries.find(
      ({ dimensions }) => dimensions.Mode === 'normal' && dimensions.Operation === 'job_creation',
    );
    bench.metrics = new Map([
      [
        query?.id ?? '',
        new Map([
          [from, 2],
          [second, 3],
        ]),
      ],
      [
        'latency_p95',
        new Map([
          [from, 4],
          [second, 9],
        ]),
      ],
      ['errors', new Map([[second, 1]])],
      [
        'redis_memory',
        new Map([
          [from, 1000],
          [second, 900],
        ]),
      ],
    ]);
    const found = await statistics();
    expect(found).toMatchObject({
      minutes: 60,
      step_seconds: 60,
      decisions: { blocked: 5, blocked_by_type: { job_creation: 5 }, latency_ms: { p50: null, p95: 9 } },
      authorizer: { errors: 1, throttles: 0, concurrency: null },
      redis: { memory_bytes: 1000, evictions: 0 },
      maintenance: null,
    });
    expect(found.series?.at).toHaveLength(61);
    expect(found.series?.blocked.job_creation?.slice(0, 3)).toEqual([2, 3, 0]);
    expect(found.series?.latency_p95_ms.slice(0, 3)).toEqual([4, 9, null]);
  });

  test('name the types that the owner has added, and the clients by their number', async () => {
    const rules = { name: 'r', operations: ['newsletter'] };
    bench.state = { ...stateWith(normalMaintenance()), rules };
    expect((await statistics()).maintenance).toEqual({ id: 'm-1', blocked_calls: 0, distinct_clients: 0 });
    expect(bench.asked[0]?.queries.map(({ dimensions }) => dimensions.Operation)).toContain('newsletter');
  });

  test('do without whatever is down', async () => {
    bench.metrics = null;
    bench.state = stateWith(normalMaintenance());
    bench.attempts.isDown = true;
    expect(await statistics()).toMatchObject({
      decisions: null,
      series: null,
      maintenance: { id: 'm-1', blocked_calls: null },
    });
    bench.state = null;
    expect(await statistics()).toMatchObject({ decisions: null, maintenance: null });
  });

  test.each(['4', '1441', '60.5', 'x', ''])('minutes=%s is refused', async (minutes) => {
    expect(await bench.call('GET', '/statistics', { query: { minutes } })).toMatchObject({
      status: 400,
      json: { error: 'invalid_request', details: [{ field: 'minutes' }] },
    });
  });

  test('are asked for by whole steps, that hold all the minutes and the present one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 5, max: 1440 }), fc.nat(1e9), (minutes, later) => {
        const now = NOW + later;
        const { from, to, step } = rangeOf(minutes, now);
        expect([from % (step * 1000), to % (step * 1000), step % 60]).toEqual([0, 0, 0]);
        expect(from).toBeLessThanOrEqual(now - minutes * 60_000);
        expect(to).toBeGreaterThan(now);
        expect((to - from) / (step * 1000)).toBeLessThanOrEqual(61);
      }),
    );
  });

  test('have ids that CloudWatch takes, each once, and few enough for one call', async () => {
    await statistics();
    const ids = bench.asked[0]?.queries.map(({ id }) => id) ?? [];
    expect(ids.filter((id) => !/^[a-z]\w*$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeLessThan(500);
  });
});

const FACTS = {
  level: 2,
  description: 'Sessions are not ended',
  impact: 'Members go on working',
  steps_taken: ['maintenance doctor'],
  urgency: 'high',
  contact: 'alice, +49 30 1234567',
} as const;

describe('an escalation', () => {
  const escalate = (body: unknown) => bench.call('POST', '/escalations', { body });

  test('tells its level the six facts, with the state of the system', async () => {
    bench.record = RECORD;
    bench.state = stateWith(emergency());
    const { status, json } = await escalate(FACTS);
    expect([status, escalationAnswer.parse(json)]).toEqual([
      200,
      { message_id: 'message-1', level: 2, test: false, sent_at: '2026-01-15T10:00:00Z' },
    ]);
    const [{ level, notice } = { level: 0, notice: null }] = bench.published;
    expect(level).toBe(2);
    expect(notice?.subject).toBe('[Level 2] Escalation, high urgency: maintenance mode (default)');
    for (const part of [
      FACTS.description,
      FACTS.impact,
      '- maintenance doctor',
      'active, mode emergency',
      'services/redis',
      'Alarms: health-check-failing',
      'Version: 7',
      FACTS.contact,
    ]) {
      expect(notice?.body).toContain(part);
    }
    expect(bench.log.lines).toMatchObject([
      { fields: { event: 'escalated', escalation_level: 2, admin: 'alice' } },
    ]);
  });

  test('goes out while nothing can be read', async () => {
    bench.record = 'down';
    bench.state = null;
    expect((await escalate(FACTS)).status).toBe(200);
    expect(bench.published[0]?.notice.body).toContain('the state cannot be read');
  });

  test('that is a test needs nothing but the level, and says what it is', async () => {
    expect((await escalate({ level: 3, test: true })).json).toMatchObject({ level: 3, test: true });
    expect(bench.published[0]?.notice.subject).toMatch(/^\[TEST\]/);
  });

  test('that nobody has taken claims nothing', async () => {
    bench.areTopicsDown = true;
    expect(await escalate(FACTS)).toMatchObject({ status: 503, json: { error: 'escalation_unavailable' } });
    expect(bench.log.lines.filter(({ fields }) => fields.event === 'escalated')).toEqual([]);
    expect(bench.log.lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        fields: expect.objectContaining({ event: 'escalation_failed', escalation_level: 2 }),
      }),
    );
  });

  test.each<[field: string, body: object]>([
    ['level', { ...FACTS, level: 4 }],
    ['level', { ...FACTS, level: '2' }],
    ['level', { test: true }],
    ['description', { ...FACTS, description: undefined }],
    ['description', { ...FACTS, description: ' ' }],
    ['description', { ...FACTS, description: 'x'.repeat(2001) }],
    ['impact', { ...FACTS, impact: 'a\u0000b' }],
    ['urgency', { ...FACTS, urgency: 'soon' }],
    ['contact', { ...FACTS, contact: undefined }],
    ['steps_taken', { ...FACTS, steps_taken: 'none' }],
    ['pager', { ...FACTS, pager: 1 }],
  ])('is refused by its %s: %j', async (field, body) => {
    expect(await escalate(body)).toMatchObject({ status: 400, json: { details: [{ field }] } });
    expect(bench.published).toEqual([]);
  });

  test('has a subject that Amazon SNS takes, whatever the deployment is called', () => {
    const diagnostics = {
      status: 'healthy',
      as_of: null,
      age_seconds: null,
      findings: [],
      alarms: null,
    } as const;
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (deployment, isTest) => {
        const asked = { ...FACTS, steps_taken: [], test: isTest };
        const from = { by: 'alice', at: '2026-01-15T10:00:00Z', deployment };
        const { subject } = escalationNotice(asked, from, { status: null, diagnostics });
        expect(subject).toMatch(/^[ -~]{1,99}$/);
      }),
    );
  });
});
