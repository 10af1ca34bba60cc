import { describe, expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';

type Mode = 'inactive' | 'normal' | 'emergency' | 'test';
type Outcome = { mode: string } | { error: string };

const CALLS = {
  'enable normal': ['/enable', { reason: 'Next' }],
  'enable test': ['/enable', { reason: 'Next', mode: 'test' }],
  emergency: ['/emergency', { reason: 'Next' }],
  deescalate: ['/deescalate', undefined],
  disable: ['/disable', undefined],
} as const;

const into = (mode: string): Outcome => ({ mode });
const refused = (error: string): Outcome => ({ error });
const ACTIVE = refused('maintenance_already_active');
const INACTIVE = refused('maintenance_not_active');
const NO_EMERGENCY = refused('not_in_emergency');

const TABLE: Record<Mode, Record<keyof typeof CALLS, Outcome>> = {
  inactive: {
    'enable normal': into('normal'),
    'enable test': into('test'),
    emergency: into('emergency'),
    deescalate: INACTIVE,
    disable: INACTIVE,
  },
  normal: {
    'enable normal': ACTIVE,
    'enable test': ACTIVE,
    emergency: into('emergency'),
    deescalate: NO_EMERGENCY,
    disable: into('inactive'),
  },
  emergency: {
    'enable normal': ACTIVE,
    'enable test': ACTIVE,
    emergency: ACTIVE,
    deescalate: into('normal'),
    disable: into('inactive'),
  },
  test: {
    'enable normal': into('normal'),
    'enable test': ACTIVE,
    emergency: into('emergency'),
    deescalate: NO_EMERGENCY,
    disable: into('inactive'),
  },
};

const rows = Object.entries(TABLE).flatMap(([mode, row]) =>
  Object.entries(row).map(([call, outcome]) => [mode, call, outcome] as const),
) as [Mode, keyof typeof CALLS, Outcome][];

describe('the transition table, through the API', () => {
  test.each(rows)('%s, %s', async (mode, call, expected) => {
    const bench = new ControlBench();
    await bench.bringInto(mode);
    const events = bench.events.items.size;
    const [path, body] = CALLS[call];

    const answer = await bench.call('POST', path, { body });

    if ('error' in expected) {
      expect(answer).toMatchObject({
        status: 409,
        headers: { 'Content-Type': 'application/problem+json', 'X-Maintenance-Version': String(events) },
        json: {
          error: expected.error,
          version: events,
          maintenance: mode === 'inactive' ? null : { mode, held_by: 'alice', since: '2026-01-15T10:00:00Z' },
          remedy: expect.stringContaining('POST /api/maintenance/'),
        },
      });
      expect(bench.events.items.size).toBe(events);
      expect(bench.log.lines).toEqual([]);
    } else {
      const isActive = expected.mode !== 'inactive';
      expect(answer).toMatchObject({
        status: 200,
        headers: { 'X-Maintenance-Version': String(events + 1) },
        json: { is_active: isActive, mode: isActive ? expected.mode : 'normal', version: events + 1 },
      });
      expect(bench.events.items.size).toBe(events + 1);
    }
  });

  test('a refusal names who holds the maintenance, since when, and the call that would work', async () => {
    const bench = new ControlBench();
    await bench.bringInto('normal');
    const { json } = await bench.call('POST', '/enable', { as: 'bob', body: { reason: 'Mine' } });
    expect(json.message).toContain('normal mode, held by "alice" since 2026-01-15T10:00:00Z');
    expect(json.remedy).toContain('POST /api/maintenance/disable');
    expect(json.detail).toBe(json.message);
  });

  test('nothing is refused because of a maintenance that the clock has ended', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { body: { reason: 'Short', duration: 60, auto_end: true } });
    bench.log.lines.length = 0;
    bench.time += 61_000;

    const answer = await bench.call('POST', '/enable', { as: 'bob', body: { reason: 'Next' } });

    expect(answer).toMatchObject({ status: 200, json: { version: 3, enabled_by: 'bob' } });
    expect(bench.log.messages()).toEqual([
      '[MAINTENANCE] Maintenance mode deactivated: duration="60s" admin="clock"',
      '[MAINTENANCE] Maintenance mode activated: reason="Next" admin="bob"',
    ]);
  });
});

describe('answers', () => {
  test('enable answers with the status and its warnings', async () => {
    const bench = new ControlBench();
    const { status, json } = await bench.call('POST', '/enable', {
      body: { reason: 'Database upgrade', duration: 1800, blocked_operations: ['job_creation'] },
    });
    expect(status).toBe(200);
    expect(json).toMatchObject({
      is_active: true,
      mode: 'normal',
      reason: 'Database upgrade',
      estimated_duration: 1800,
      started_at: '2026-01-15T10:00:00Z',
      estimated_completion: '2026-01-15T10:30:00Z',
      blocked_operations: ['job_creation'],
      enabled_by: 'alice',
      version: 1,
      state_source: 'event_log',
    });
    expect(json.warnings).toEqual([
      expect.stringContaining('leaves out "unknown"'),
      expect.stringContaining('set auto_end'),
    ]);
  });

  test('emergency says what it suspends, and de-escalation brings it back', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { body: { reason: 'Planned', duration: 3600, auto_end: true } });
    bench.time += 60_000;
    const emergency = await bench.call('POST', '/emergency', { as: 'bob', body: { reason: 'Leak' } });
    expect(emergency.json).toMatchObject({
      mode: 'emergency',
      enabled_by: 'bob',
      estimated_completion: null,
      warnings: [expect.stringContaining('suspended')],
    });
    const normal = await bench.call('POST', '/deescalate');
    expect(normal.json).toMatchObject({ mode: 'normal', reason: 'Planned', estimated_duration: 3600 });
  });

  test('de-escalating after the planned end closes at once', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { body: { reason: 'Planned', duration: 60, auto_end: true } });
    await bench.call('POST', '/emergency', { body: { reason: 'Leak' } });
    bench.time += 61_000;
    const answer = await bench.call('POST', '/deescalate');
    expect(answer.json).toMatchObject({ is_active: false, version: 3 });
    expect(bench.log.messages().slice(-2)).toEqual([
      '[EMERGENCY] Emergency maintenance ended: duration="61s" admin="alice"',
      '[MAINTENANCE] Maintenance mode deactivated: duration="61s" admin="clock"',
    ]);
  });

  test('disable tells how long it took, what resumes, and where the report is', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', {
      body: { reason: 'Short', blocked_operations: ['job_creation', 'unknown'] },
    });
    bench.time += 90_000;
    const { json } = await bench.call('POST', '/disable');
    expect(json).toMatchObject({
      is_active: false,
      duration: 90,
      operations_resumed: ['job_creation', 'unknown'],
      report_id: 'm-1',
    });
    const history = await bench.call('GET', '/history');
    expect(history.json.items.map((item: { maintenance_id: string }) => item.maintenance_id)).toEqual([
      'm-1',
      'm-1',
    ]);
  });

  test('disabling a test run resumes nothing, for nothing was blocked', async () => {
    const bench = new ControlBench();
    await bench.bringInto('test');
    expect((await bench.call('POST', '/disable')).json.operations_resumed).toEqual([]);
  });

  test.each([[''], ['/']])('PATCH %j changes what is given and keeps the rest', async (path) => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { body: { reason: 'Planned', duration: 3600 } });
    const { json } = await bench.call('PATCH', path, {
      as: 'bob',
      body: { reason: 'Longer', auto_end: true },
    });
    expect(json).toMatchObject({
      reason: 'Longer',
      estimated_duration: 3600,
      enabled_by: 'alice',
      version: 2,
    });
    expect(bench.log.messages().at(-1)).toBe(
      '[MAINTENANCE] Maintenance mode updated: changed="reason,auto_end" admin="bob"',
    );
  });

  test('what the present state makes impossible is a 400 that names the field', async () => {
    const bench = new ControlBench();
    const { status, json } = await bench.call('POST', '/enable', { body: { reason: 'a', auto_end: true } });
    expect([status, json.details]).toEqual([
      400,
      [{ field: 'auto_end', message: expect.stringContaining('needs an end') }],
    ]);
    expect(bench.events.items.size).toBe(0);
  });
});
