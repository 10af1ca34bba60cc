import { describe, expect, test } from '@jest/globals';
import type { Look } from '../../../../core/health/checks/components.ts';
import { componentValue, findingsOf } from '../../../../core/health/checks/components.ts';
import { originFindings } from '../../../../core/health/checks/enforcement.ts';
import { cacheFindings, type RedisFacts, redisFindings } from '../../../../core/health/checks/redis.ts';
import { eventLogFindings, stateFindings } from '../../../../core/health/checks/state.ts';
import { leftOver, publicationFindings } from '../../../../core/health/checks/work.ts';
import { withAlarms, withLag } from '../../../../core/health/enforcement-record.ts';
import { EMPTY_ENTRY } from '../../../../core/purge/record.ts';
import { emergency, NOW, normalMaintenance, purgeOrder, stateWith } from '../../../support/examples.ts';

const seen = <Facts>(facts: Facts, latency = 5): Look<Facts> => ({ answered: true, facts, latency });
const silent: Look<never> = { answered: false, isLate: true, latency: 3000 };
const statuses = ({ findings }: { findings: readonly { check: string; status: string }[] }) =>
  Object.fromEntries(findings.map(({ check, status }) => [check, status]));

describe('the event log', () => {
  test.each<
    [what: string, read: Look<never> | ReturnType<typeof seen>, write: Look<unknown>, expected: object]
  >([
    ['works', seen(null), seen(null), { event_log_read: 'ok', event_log_write: 'ok' }],
    ['is slow', seen(null, 900), seen(null), { event_log_read: 'warning', event_log_write: 'ok' }],
    ['can be read only', seen(null), silent, { event_log_read: 'ok', event_log_write: 'failed' }],
    ['is away', silent, silent, { event_log_read: 'failed', event_log_write: 'failed' }],
  ])('%s', (_what, read, write, expected) => {
    const reading = read.answered ? { ...read, facts: { state: stateWith(null), throttled: 0 } } : read;
    expect(statuses(eventLogFindings(reading, write))).toMatchObject(expected);
  });

  test('throttled requests are a warning', () => {
    const found = eventLogFindings(seen({ state: stateWith(null), throttled: 3 }), seen(null));
    expect(statuses(found)).toMatchObject({ event_log_throttles: 'warning' });
  });
});

describe('the state', () => {
  const minute = 60_000;
  const ended = (ago: number, autoEnd: boolean) =>
    stateWith(normalMaintenance({ endsAt: NOW - ago, autoEnd }));
  test.each([
    ['nothing is active', stateWith(null), {}],
    ['it goes on after its end', ended(minute, false), { maintenance_overdue: 'warning' }],
    ['its end is written within the minute', ended(minute, true), { due_events: 'ok' }],
    ['its end should have been written', ended(3 * minute, true), { due_events: 'failed' }],
    ['an emergency is new', stateWith(emergency({ declaredAt: NOW - minute })), { emergency_left_on: 'ok' }],
    [
      'an emergency was left on',
      stateWith(emergency({ declaredAt: NOW - 300 * minute })),
      { emergency_left_on: 'warning' },
    ],
  ])('%s', (_what, state, expected) => {
    const all = { due_events: 'ok', maintenance_overdue: 'ok', emergency_left_on: 'ok' };
    expect(statuses(stateFindings(seen({ state, throttled: 0 }), NOW))).toEqual({ ...all, ...expected });
  });
});

describe('Redis', () => {
  const facts: RedisFacts = {
    ping: 1,
    servers: 1,
    usedBytes: 10,
    maximumBytes: 100,
    evictionPolicy: 'volatile-lru',
    evictedKeys: 0,
    clients: 3,
    keys: { all: 10, expiring: 9 },
    mirror: { version: 7, keptAt: NOW },
  };
  test.each<[change: Partial<RedisFacts>, check: string, status: string]>([
    [{}, 'redis', 'ok'],
    [{ ping: 500 }, 'redis', 'warning'],
    [{ usedBytes: 90 }, 'redis_memory', 'warning'],
    [{ usedBytes: null, maximumBytes: null }, 'redis_memory', 'ok'],
    [{ evictedKeys: 1 }, 'redis_evictions', 'warning'],
    [{ evictionPolicy: 'allkeys-lru' }, 'redis_eviction_policy', 'warning'],
    [{ evictionPolicy: null }, 'redis_eviction_policy', 'ok'],
    [{ keys: { all: 1000, expiring: 100 } }, 'session_expiry', 'warning'],
    [{ mirror: { version: 6, keptAt: NOW } }, 'state_copy', 'warning'],
    [{ mirror: null }, 'state_copy', 'warning'],
  ])('%j: %s is %s', (change, check, status) => {
    const log = { state: stateWith(null, 7), writtenAt: NOW - 300_000 };
    expect(statuses(redisFindings(seen({ ...facts, ...change }), log, NOW))[check]).toBe(status);
  });

  test('a copy that is behind an event of this moment is on its way', () => {
    const log = { state: stateWith(null, 8), writtenAt: NOW - 1000 };
    expect(statuses(redisFindings(seen(facts), log, NOW)).state_copy).toBe('ok');
  });

  test.each([
    ['available', 'ok'],
    ['modifying', 'warning'],
    ['create-failed', 'failed'],
    [null, 'failed'],
  ])('a cache that is %s is %s', (status, expected) => {
    expect(statuses(cacheFindings(seen({ status, events: [] })))).toEqual({ cache_status: expected });
  });

  test('of which ElastiCache says nothing, nothing is known', () => {
    expect(statuses(cacheFindings(silent))).toEqual({ cache_status: 'unknown' });
  });
});

test.each([
  [200, 'failed'],
  [302, 'failed'],
  [404, 'failed'],
  [401, 'ok'],
  [403, 'ok'],
  [502, 'unknown'],
])('an application that answers %d past the gate: %s', (status, expected) => {
  expect(statuses(originFindings(seen({ status })))).toEqual({ origin_closed: expected });
});

describe('what is left over', () => {
  test('is a purge that nobody has taken up, and a drain that has not begun', () => {
    const at = NOW - 200_000;
    const state = { ...stateWith(normalMaintenance({ startedAt: at })), purge: purgeOrder({ at }) };
    expect(leftOver({ state, purging: EMPTY_ENTRY, drain: null }, NOW)).toEqual(['purge', 'starter']);
    expect(leftOver({ state, purging: EMPTY_ENTRY, drain: null }, at + 1000)).toEqual([]);
  });

  test('are events that nobody was told of', () => {
    const facts = { settled: 9, published: 7, deadLetters: 2 };
    expect(statuses(publicationFindings(seen(facts)))).toEqual({
      publication: 'warning',
      dead_letters: 'warning',
    });
    expect(statuses(publicationFindings(seen({ ...facts, published: 9, deadLetters: null })))).toEqual({
      publication: 'ok',
      dead_letters: 'unknown',
    });
  });
});

test('a component has failed when one of its findings has; of one that nobody could look at, nothing is measured', () => {
  const finding = findingsOf('services', null);
  const of = (...all: ('ok' | 'warning' | 'failed' | 'unknown')[]) =>
    componentValue(all.map((status) => finding('check', status, '')));
  expect([of('ok'), of('ok', 'warning'), of('ok', 'failed'), of('unknown'), of('ok', 'unknown')]).toEqual([
    1,
    1,
    0,
    null,
    1,
  ]);
});

test('a lag is kept as it was measured first, and an alarm once', () => {
  const lag = { version: 3, type: 'activated', at: NOW, milliseconds: 300 } as const;
  const record = withAlarms(withLag({ lags: [], alarms: [] }, lag), ['one']);
  expect(withLag(record, { ...lag, milliseconds: 900 })).toBe(record);
  expect(withAlarms(record, ['one'])).toBe(record);
  expect(withAlarms(record, ['one', 'two']).alarms).toEqual(['one', 'two']);
});
