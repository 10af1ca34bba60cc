import { describe, expect, test } from '@jest/globals';
import { StoreUnavailableError } from '../../../../core/errors.ts';
import { HealthBench } from '../../../support/health-bench.ts';

const DAY = 24 * 3600 * 1000;
const never = () => new Promise<never>(() => {});
const fails = async () => {
  throw new StoreUnavailableError('arn:aws:dynamodb:secret-table');
};

describe('health', () => {
  test('of a system that works', async () => {
    expect(await new HealthBench().call('GET', '/health')).toMatchObject({
      status: 200,
      headers: { 'Cache-Control': 'public, max-age=5', ETag: expect.any(String) },
      json: {
        status: 'healthy',
        components: {
          event_log: { status: 'healthy', latency_ms: expect.any(Number), age_ms: null },
          issuer_keys: { status: 'healthy', age_ms: 60_000 },
          state: { status: 'healthy', age_ms: 0, source: 'event_log' },
          session_store: { status: 'healthy', message: 'It can be read.', age_ms: null },
        },
        as_of: '2026-01-15T10:00:00Z',
      },
    });
  });

  test.each<[what: string, change: (bench: HealthBench) => void, worst: string, expected: object]>([
    [
      'the event log is away',
      (bench) => {
        bench.head = fails;
      },
      'unhealthy',
      {
        event_log: { status: 'unhealthy' },
        issuer_keys: { status: 'healthy' },
        state: { status: 'healthy' },
      },
    ],
    [
      'the event log does not answer',
      (bench) => {
        bench.head = never;
      },
      'unhealthy',
      {
        event_log: { status: 'unhealthy', message: 'It did not answer in time.' },
        issuer_keys: { status: 'healthy' },
        state: { status: 'healthy' },
      },
    ],
    [
      'keys were never fetched',
      (bench) => {
        bench.issuerKeys = async () => null;
      },
      'degraded',
      { issuer_keys: { status: 'degraded', age_ms: null }, event_log: { status: 'healthy' } },
    ],
    [
      'keys are a day old',
      (bench) => {
        bench.issuerKeys = async () => ({ fetchedAt: bench.time - DAY - 1 });
      },
      'degraded',
      { issuer_keys: { status: 'degraded', age_ms: DAY + 1 } },
    ],
    [
      'keys can not be read',
      (bench) => {
        bench.issuerKeys = fails;
      },
      'degraded',
      { issuer_keys: { status: 'degraded' } },
    ],
    [
      'the state is the last known one',
      (bench) => {
        bench.source = 'last_known';
      },
      'degraded',
      { state: { status: 'degraded', source: 'last_known' } },
    ],
    [
      'no state has ever been read',
      (bench) => {
        bench.state = null;
      },
      'unhealthy',
      { state: { status: 'unhealthy' }, event_log: { status: 'healthy' } },
    ],
    [
      'Redis is away',
      (bench) => {
        bench.sessions.isDown = true;
      },
      'degraded',
      { session_store: { status: 'degraded', age_ms: null }, state: { status: 'healthy' } },
    ],
    [
      'Redis does not answer',
      (bench) => {
        bench.sessions.before = never;
      },
      'degraded',
      { session_store: { status: 'degraded', message: 'It did not answer in time.' } },
    ],
    [
      'everything is away at once',
      (bench) => {
        bench.head = fails;
        bench.issuerKeys = () => {
          throw new TypeError('secret');
        };
        bench.state = null;
      },
      'unhealthy',
      {
        event_log: { status: 'unhealthy' },
        issuer_keys: { status: 'degraded' },
        state: { status: 'unhealthy' },
      },
    ],
  ])('when %s', async (_, change, worst, components) => {
    const bench = new HealthBench();
    change(bench);
    const answer = await bench.call('GET', '/health');
    expect(answer.status).toBe(worst === 'unhealthy' ? 503 : 200);
    expect(answer.json).toMatchObject({ status: worst, components });
    if (worst === 'unhealthy') expect(answer.headers['Cache-Control']).toBe('no-store');
    expect(answer.text).not.toContain('secret');
    expect(bench.log.lines.filter(({ level }) => level === 'ERROR')).toEqual([]);
  });

  test('is looked at once in 5 s, whoever asks and however many at a time', async () => {
    const bench = new HealthBench();
    let looks = 0;
    bench.head = async () => {
      looks += 1;
      return null;
    };
    await Promise.all([bench.call('GET', '/health'), bench.call('HEAD', '/health')]);
    bench.time += 4999;
    await bench.call('GET', '/health', { as: 'alice' });
    expect(looks).toBe(1);
    bench.time += 1;
    await bench.call('GET', '/health');
    expect(looks).toBe(2);
  });

  test('is not sent again to whoever has it', async () => {
    const bench = new HealthBench();
    const { headers } = await bench.call('GET', '/health');
    const again = await bench.call('GET', '/health', { headers: { 'If-None-Match': headers.ETag ?? '' } });
    expect([again.status, again.text]).toEqual([304, '']);
  });
});

describe('the component health_check', () => {
  const finding = { section: 'services', check: 'redis', seen: 'x', remedy: null, latency_ms: 1 } as const;
  test.each([
    ['has not run yet', null, 'healthy'],
    ['has found nothing', { age: 60_000, status: 'ok' as const }, 'healthy'],
    ['has found a failure', { age: 60_000, status: 'failed' as const }, 'degraded'],
    ['has a warning only', { age: 60_000, status: 'warning' as const }, 'healthy'],
    ['has been silent', { age: 180_001, status: 'ok' as const }, 'degraded'],
  ])('%s', async (_what, record, expected) => {
    const bench = new HealthBench();
    if (record !== null) {
      const checkedAt = bench.time - record.age;
      bench.record = async () => ({
        checkedAt,
        findings: [{ ...finding, status: record.status }],
        alarms: [],
      });
    }
    const { json } = await bench.call('GET', '/health');
    expect(json.components.health_check).toMatchObject({ status: expected });
  });
});
