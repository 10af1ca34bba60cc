import { describe, expect, test } from '@jest/globals';
import { ControlBench } from '../../../support/control-bench.ts';

const BODY = { reason: 'Database upgrade', duration: 1800, auto_end: true };

async function validated(body: unknown, mode: 'inactive' | 'normal' | 'emergency' | 'test' = 'inactive') {
  const bench = new ControlBench();
  await bench.bringInto(mode);
  const written = bench.events.items.size;
  const answer = await bench.call('POST', '/validate', { body });
  expect(bench.events.items.size).toBe(written);
  return answer;
}

describe('a body that fits', () => {
  test('is valid, and its impact is told', async () => {
    expect(await validated(BODY)).toMatchObject({
      status: 200,
      headers: { 'X-Maintenance-Version': '0' },
      json: {
        valid: true,
        errors: [],
        warnings: [],
        impact: { score: 75, level: 'high', ends_sessions: true, duration: 1800 },
      },
    });
  });

  test('carries the warnings that enable would carry', async () => {
    const body = { reason: 'Upgrade', blocked_operations: ['job_creation'] };
    const { json } = await validated(body);
    const enabled = await new ControlBench().call('POST', '/enable', { body });
    expect(json.valid).toBe(true);
    expect(json.warnings).toEqual(enabled.json.warnings);
    expect(json.warnings).toHaveLength(2);
  });

  test('says so when sessions are left alone', async () => {
    const { json } = await validated({ ...BODY, invalidate_sessions: false });
    expect(json.impact).toMatchObject({ score: 55, ends_sessions: false });
  });

  test('is valid during a test run, which it would complete', async () => {
    const { json } = await validated(BODY, 'test');
    expect(json).toMatchObject({
      valid: true,
      warnings: ['The test run that was active has been completed.'],
    });
  });
});

describe('a body that does not fit', () => {
  test.each<[body: unknown, fields: string[]]>([
    [{}, ['reason']],
    [{ reason: '', duration: '60' }, ['reason', 'duration']],
    [{ ...BODY, mode: 'NORMAL' }, ['mode']],
    [{ ...BODY, colour: 'red' }, ['colour']],
    [{ ...BODY, ends_at: '2026-01-15T12:00:00Z' }, ['ends_at']],
    [{ reason: 'a', auto_end: true }, ['auto_end']],
    [{ reason: 'a', ends_at: '2020-01-01T00:00:00Z' }, ['ends_at']],
    [{ reason: 'a', mode: 'test', blocked_operations: ['unknown'] }, ['blocked_operations']],
    [[], ['body']],
    ['"text"', ['body']],
  ])('%j', async (body, fields) => {
    const answer = await validated(body);
    const refused = await new ControlBench().call('POST', '/enable', { body });
    expect(answer).toMatchObject({ status: 200, json: { valid: false, warnings: [], impact: null } });
    expect(answer.json.errors.map(({ field }: { field: string }) => field)).toEqual(fields);
    const told = answer.json.errors.map(({ field, message }: Record<string, string>) => ({ field, message }));
    expect(told).toEqual(refused.json.details);
  });

  test('that is not even JSON is a 400', async () => {
    expect(await validated('{')).toMatchObject({ status: 400, json: { error: 'malformed_json' } });
  });
});

describe('a state that is in the way', () => {
  test.each(['normal', 'emergency'] as const)('%s', async (mode) => {
    const { status, json } = await validated(BODY, mode);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      valid: false,
      errors: [
        {
          field: null,
          code: 'maintenance_already_active',
          message: expect.stringContaining(`${mode} mode, held by "alice"`),
          remedy: expect.stringContaining('POST /api/maintenance/disable'),
        },
      ],
      impact: { score: 75 },
    });
  });

  test('is told beside the fields that do not fit', async () => {
    const { json } = await validated({ reason: 'a', auto_end: true }, 'normal');
    expect(json.errors.map(({ field }: { field: string }) => field)).toEqual([null, 'auto_end']);
    expect(json.impact).toBeNull();
  });

  test('that the clock has ended is not in the way, and its end is not written', async () => {
    const bench = new ControlBench();
    await bench.call('POST', '/enable', { body: { ...BODY, duration: 60 } });
    bench.time += 61_000;
    expect((await bench.call('POST', '/validate', { body: BODY })).json.valid).toBe(true);
    expect(bench.events.items.size).toBe(1);
  });
});
