import { describe, expect, test } from '@jest/globals';
import { matchesPattern } from '../../services/event-pattern.ts';
import { compileFilter } from '../../services/filter-pattern.ts';
import { parseSchedule } from '../../services/schedule.ts';
import { targetInput } from '../../services/target-input.ts';

const EVENT = {
  source: 'maintenance-mode',
  eventName: 'INSERT',
  detail: { state: 'active', version: 7, tags: ['a', 'b'], nothing: null },
};

describe('an event pattern', () => {
  test.each<[string, object, boolean]>([
    ['an exact value', { source: ['maintenance-mode'] }, true],
    ['one of several values', { source: ['other', 'maintenance-mode'] }, true],
    ['another value', { source: ['other'] }, false],
    ['a nested value', { detail: { state: ['active'] } }, true],
    ['a number', { detail: { version: [7] } }, true],
    ['a number written as text', { detail: { version: ['7'] } }, false],
    ['null', { detail: { nothing: [null] } }, true],
    ['a value of a list', { detail: { tags: ['b'] } }, true],
    ['a prefix', { source: [{ prefix: 'maint' }] }, true],
    ['another prefix', { source: [{ prefix: 'aws.' }] }, false],
    ['a suffix', { source: [{ suffix: '-mode' }] }, true],
    ['a field that exists', { detail: { state: [{ exists: true }] } }, true],
    ['a field that must not exist', { detail: { other: [{ exists: false }] } }, true],
    ['a field that is missing', { detail: { other: ['x'] } }, false],
    ['anything but a value', { detail: { state: [{ 'anything-but': 'inactive' }] } }, true],
    ['anything but a list', { detail: { state: [{ 'anything-but': ['active', 'x'] }] } }, false],
    ['anything but a prefix', { source: [{ 'anything-but': { prefix: 'aws.' } }] }, true],
    ['anything but, on a missing field', { detail: { other: [{ 'anything-but': 'x' }] } }, false],
    ['a range', { detail: { version: [{ numeric: ['>', 5, '<=', 7] }] } }, true],
    ['a range missed', { detail: { version: [{ numeric: ['<', 7] }] } }, false],
    ['another case', { source: [{ 'equals-ignore-case': 'MAINTENANCE-mode' }] }, true],
    ['a wildcard', { source: [{ wildcard: 'm*ance*e' }] }, true],
    ['a wildcard that overlaps itself', { eventName: [{ wildcard: 'INSERT*RT' }] }, false],
    ['one of two ways', { $or: [{ source: ['x'] }, { eventName: ['INSERT'] }] }, true],
    ['all fields at once', { source: ['maintenance-mode'], eventName: ['REMOVE'] }, false],
  ])('with %s', (_what, pattern, expected) => {
    expect(matchesPattern(pattern as Record<string, unknown>, EVENT)).toBe(expected);
  });

  test('with a rule nobody knows is refused by name', () => {
    expect(() => matchesPattern({ source: [{ cidr: '10.0.0.0/8' }] }, EVENT)).toThrow('cidr');
  });
});

describe('a log filter pattern', () => {
  const line = JSON.stringify({
    event: 'operation_blocked',
    version: 7,
    detail: { role: 'member', ok: true },
  });

  test.each<[string, string, boolean]>([
    ['nothing', '', true],
    ['a term', 'operation_blocked', true],
    ['two terms', 'operation_blocked member', true],
    ['a term that is missing', 'admin', false],
    ['a term left out', 'blocked -admin', true],
    ['a quoted term', '"\\"version\\":7"', false],
    ['equality', '{ $.event = "operation_blocked" }', true],
    ['inequality', '{ $.event != "operation_blocked" }', false],
    ['a wildcard', '{ $.event = "operation_*" }', true],
    ['a number', '{ $.version >= 7 }', true],
    ['a nested field and another', '{ $.detail.role = "member" && $.version < 7 }', false],
    ['one of two', '{ $.detail.role = "admin" || $.version = 7 }', true],
    ['truth', '{ $.detail.ok IS TRUE }', true],
    ['absence', '{ $.other NOT EXISTS }', true],
  ])('with %s', (_what, pattern, expected) => {
    expect(compileFilter(pattern)(line)).toBe(expected);
  });

  test('on fields does not match a line that is no JSON', () => {
    expect(compileFilter('{ $.event = "x" }')('event = x')).toBe(false);
  });

  test.each(['[ip, user]', '%regex%', '?ERROR ?WARN', '{ $.a LIKE "b" }'])(
    '%s is refused by name',
    (pattern) => {
      expect(() => compileFilter(pattern)).toThrow(pattern);
    },
  );
});

describe('a schedule', () => {
  test.each<[string, string, boolean]>([
    ['rate(1 minute)', '2026-01-15T10:07:00Z', true],
    ['rate(5 minutes)', '2026-01-15T10:05:00Z', true],
    ['rate(5 minutes)', '2026-01-15T10:07:00Z', false],
    ['rate(1 day)', '2026-01-15T00:00:00Z', true],
    ['cron(0 10 * * ? *)', '2026-01-15T10:00:00Z', true],
    ['cron(0 10 * * ? *)', '2026-01-15T10:01:00Z', false],
    ['cron(0/15 * * * ? *)', '2026-01-15T10:45:00Z', true],
    ['cron(0 8 ? * MON-FRI *)', '2026-01-15T08:00:00Z', true],
    ['cron(0 8 ? * MON-FRI *)', '2026-01-17T08:00:00Z', false],
    ['cron(0 0 1 JAN,JUL ? 2026)', '2026-07-01T00:00:00Z', true],
  ])('%s at %s: %s', (expression, minute, due) => {
    expect(parseSchedule(expression)(Date.parse(minute))).toBe(due);
  });

  test.each([
    'rate(0 minutes)',
    'rate(1 week)',
    'at(2026-01-01T00:00:00)',
    'cron(60 * * * ? *)',
    'cron(0 0 L * ? *)',
  ])('%s is refused by name', (expression) => {
    expect(() => parseSchedule(expression)).toThrow('does not know');
  });
});

describe('the input of a target', () => {
  test.each<[string, object, unknown]>([
    ['the whole event', {}, EVENT],
    ['a constant', { Input: '{"a":1}' }, { a: 1 }],
    ['a part', { InputPath: '$.detail.tags[1]' }, 'b'],
  ])('is %s', (_what, target, expected) => {
    expect(JSON.parse(targetInput(target, EVENT))).toEqual(expected);
  });
});
