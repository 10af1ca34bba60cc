import { describe, expect, test } from '@jest/globals';
import { API } from '../../../../core/api/api.ts';
import { BUILT_IN_RULES } from '../../../../core/decision/built-in-rules.ts';
import { attempt, blockedCalls } from '../../../support/attempts.ts';
import { emergency, NOW, normalMaintenance, stateWith, testRun } from '../../../support/examples.ts';
import { StatusBench } from '../../../support/status-bench.ts';

const PATH = '/blocked-operations';
const typesOf = (json: { items: { operation_type: string }[] }) =>
  json.items.map((item) => item.operation_type);

async function answerOf(bench: StatusBench) {
  const answer = await bench.call('GET', PATH);
  expect(API.blocked_operations.answer.safeParse(answer.json).error?.issues).toBeUndefined();
  return answer;
}

describe('blocked operations', () => {
  test('are told with their attempts, and may be kept for 5 s', async () => {
    const bench = new StatusBench();
    await bench.attempts.add('s', [
      ...blockedCalls(40, 4),
      attempt({ id: 'admin', operation: 'admin_operations', client: 'mia' }),
      attempt({ id: 'bypass', kind: 'bypassed', client: 'alice' }),
      attempt({ id: 'other', maintenanceId: 'm-0' }),
    ]);
    const { json, headers, status } = await answerOf(bench);
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'Cache-Control': 'public, max-age=5',
      ETag: expect.any(String),
      'X-Maintenance-Version': '7',
    });
    expect(json.items[0]).toEqual({
      operation_type: 'caption_generation',
      endpoint_patterns: expect.arrayContaining(['/start_caption_generation', '/caption/{path+}']),
      description: 'Generating captions for images.',
      blocked_since: '2026-01-15T10:00:00Z',
      attempt_count: 40,
      last_attempt: '2026-01-15T10:00:00.039Z',
      user_message: 'Caption generation is paused while we carry out maintenance.',
    });
    expect(json.items[1]).toMatchObject({ attempt_count: 0, last_attempt: null });
    expect(json.totals).toEqual({
      blocked_operations: 7,
      attempt_count: 41,
      last_attempt: '2026-01-15T10:00:00.039Z',
      client_count: 5,
      client_count_exact: true,
    });
  });

  test('are those of the status', async () => {
    const states = [
      normalMaintenance({ blockedOperations: ['image_processing', 'unknown'] }),
      normalMaintenance({ autoEnd: true, endsAt: NOW }),
      testRun(),
      emergency(),
      null,
    ];
    for (const maintenance of states) {
      const bench = new StatusBench();
      bench.state = stateWith(maintenance);
      const status = await bench.call('GET', '/status');
      expect(typesOf((await answerOf(bench)).json)).toEqual(status.json.blocked_operations);
    }
  });

  test("show the owner's types and paths", async () => {
    const bench = new StatusBench();
    bench.rules = [{ method: 'POST', path: '/orders/{id}', operation: 'orders' }, ...BUILT_IN_RULES];
    bench.state = { ...stateWith(normalMaintenance()), rules: { name: 'r', operations: ['orders'] } };
    const { json } = await answerOf(bench);
    expect(
      json.items.find((item: { operation_type: string }) => item.operation_type === 'orders'),
    ).toMatchObject({
      endpoint_patterns: ['/orders/{id}'],
    });
  });

  test('say that a type is any path where no rule decides', async () => {
    const bench = new StatusBench();
    bench.state = stateWith(emergency());
    const { json } = await answerOf(bench);
    const patterns = new Map(
      json.items.map((item: { operation_type: string; endpoint_patterns: string[] }) => [
        item.operation_type,
        item.endpoint_patterns,
      ]),
    );
    expect(patterns.get('unknown')).toEqual(['/{path+}']);
    expect(patterns.get('read_operations')).toContain('/{path+}');
  });

  test('were blocked since the maintenance began, or since the emergency where only that blocks them', async () => {
    const bench = new StatusBench();
    const suspended = {
      reason: 'Upgrade',
      endsAt: null,
      autoEnd: false,
      blockedOperations: ['job_creation'],
    };
    bench.state = stateWith(emergency({ declaredAt: NOW + 60_000, suspended }));
    const { json } = await answerOf(bench);
    const since = (operation: string) =>
      json.items.find((item: { operation_type: string }) => item.operation_type === operation).blocked_since;
    expect(since('job_creation')).toBe('2026-01-15T10:00:00Z');
    expect(since('image_processing')).toBe('2026-01-15T10:01:00Z');
    expect(since('read_operations')).toBe('2026-01-15T10:01:00Z');
  });

  test('are told without counts when these cannot be read, or with the last known ones', async () => {
    const bench = new StatusBench();
    bench.attempts.isDown = true;
    const without = await answerOf(bench);
    expect(without.json).toMatchObject({
      counts_source: 'unavailable',
      totals: { attempt_count: null, client_count: null },
    });
    expect(without.json.items[0]).toMatchObject({ attempt_count: null, last_attempt: null });
    bench.attempts.isDown = false;
    await bench.attempts.add('s', blockedCalls(3, 1));
    bench.time += 1000;
    expect((await answerOf(bench)).json).toMatchObject({
      counts_source: 'activity_table',
      totals: { attempt_count: 3 },
    });
    bench.attempts.isDown = true;
    bench.time += 1000;
    expect((await answerOf(bench)).json).toMatchObject({
      counts_source: 'last_known',
      totals: { attempt_count: 3 },
    });
  });

  test('keep their entity tag while nothing but the time has changed', async () => {
    const bench = new StatusBench();
    const { headers } = await answerOf(bench);
    bench.time += 5000;
    const known = await bench.call('GET', PATH, { headers: { 'If-None-Match': headers.ETag ?? '' } });
    expect(known.status).toBe(304);
    await bench.attempts.add('s', blockedCalls(1, 1));
    bench.time += 5000;
    expect((await answerOf(bench)).headers.ETag).not.toBe(headers.ETag);
  });
});

describe('the message', () => {
  const ask = (bench: StatusBench, operation?: string | string[]) =>
    bench.call('GET', '/message', operation === undefined ? {} : { query: { operation } });

  test.each(['normal', 'emergency', 'test', 'inactive'] as const)(
    'in general, %s, is that of the status',
    async (mode) => {
      const bench = new StatusBench();
      const modes = { normal: normalMaintenance(), emergency: emergency(), test: testRun(), inactive: null };
      bench.state = stateWith(modes[mode]);
      const status = await bench.call('GET', '/status');
      expect((await ask(bench)).json).toEqual({
        message: status.json.message,
        operation_type: null,
        maintenance_active: mode !== 'inactive',
        estimated_completion: null,
        alternative_actions: [],
      });
    },
  );

  test('about a blocked type says what can be done instead', async () => {
    expect(await ask(new StatusBench(), 'job_creation')).toMatchObject({
      status: 200,
      headers: { 'Cache-Control': 'public, max-age=5', ETag: expect.any(String) },
      json: {
        message: 'New jobs cannot be started while we carry out maintenance.',
        operation_type: 'job_creation',
        maintenance_active: true,
        estimated_completion: '2026-01-15T10:30:00Z',
        alternative_actions: ['Jobs that are running go on. Start new ones when maintenance is over.'],
      },
    });
  });

  test.each([
    ['read_operations', normalMaintenance()],
    ['job_creation', testRun()],
    ['authentication', emergency()],
  ])('about %s, which is not blocked, says so', async (operation, maintenance) => {
    const bench = new StatusBench();
    bench.state = stateWith(maintenance);
    expect((await ask(bench, operation)).json).toMatchObject({
      message: expect.stringMatching(/available/),
      alternative_actions: [],
    });
  });

  test("knows the owner's types", async () => {
    const bench = new StatusBench();
    bench.state = { ...stateWith(normalMaintenance()), rules: { name: 'r', operations: ['orders'] } };
    expect((await ask(bench, 'orders')).json.operation_type).toBe('orders');
  });

  test.each(['coffee', '', 'canary', '__proto__'])(
    'about "%s" is a 400 that names the known types',
    async (operation) => {
      const { status, json } = await ask(new StatusBench(), operation);
      expect(status).toBe(400);
      expect(json).toMatchObject({ error: 'invalid_request', details: [{ field: 'operation' }] });
      expect(json.message).toContain('caption_generation');
      expect(json.message).not.toContain('canary');
    },
  );

  test('is about one type at most, and takes no other parameter', async () => {
    expect((await ask(new StatusBench(), ['job_creation', 'unknown'])).status).toBe(400);
    expect((await new StatusBench().call('GET', '/message', { query: { type: 'unknown' } })).status).toBe(
      400,
    );
  });
});
