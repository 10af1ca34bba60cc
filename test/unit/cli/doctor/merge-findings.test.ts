import { expect, test } from '@jest/globals';
import { mergeFindings } from '../../../../cli/doctor/merge-findings.ts';
import type { Finding } from '../../../../core/health/finding.ts';

const finding = (
  check: string,
  status: Finding['status'],
  section: Finding['section'] = 'services',
): Finding => ({
  section,
  check,
  status,
  seen: `${check} is ${status}.`,
  remedy: null,
  latency_ms: null,
});

const merged = (own: readonly Finding[], findings: readonly Finding[], age_seconds: number | null = 40) =>
  mergeFindings(own, { age_seconds, findings }).map(({ check, status, seen }) => [check, status, seen]);

test('what the doctor saw itself goes before what was seen a while ago', () => {
  expect(merged([finding('redis', 'ok')], [finding('redis', 'failed')])).toEqual([
    ['redis', 'ok', 'redis is ok.'],
  ]);
});

test('what it could not look at, it takes from the health check, and says so', () => {
  expect(merged([finding('redis', 'unknown')], [finding('redis', 'failed')])).toEqual([
    ['redis', 'failed', 'redis is failed. (health check, 40 s ago)'],
  ]);
});

test('what was measured over a quarter of an hour hides nothing that is wrong now', () => {
  const own = (status: Finding['status']) => [finding('redis_memory', status, 'performance')];
  expect(merged(own('ok'), own('warning'))).toEqual([
    ['redis_memory', 'warning', 'redis_memory is warning. (health check, 40 s ago)'],
  ]);
  expect(merged(own('warning'), own('ok'))).toEqual([
    ['redis_memory', 'warning', 'redis_memory is warning.'],
  ]);
  expect(merged(own('ok'), own('ok'))).toEqual([['redis_memory', 'ok', 'redis_memory is ok.']]);
});

test('what neither knows stays one finding, and what the health check alone looks at comes too', () => {
  const own = [finding('redis', 'unknown')];
  expect(merged(own, [finding('redis', 'unknown'), finding('publication', 'ok')])).toEqual([
    ['redis', 'unknown', 'redis is unknown.'],
    ['publication', 'ok', 'publication is ok. (health check, 40 s ago)'],
  ]);
});

test('good news of a health check that has fallen silent is no news', () => {
  expect(merged([], [finding('redis', 'ok'), finding('publication', 'failed')], 181)).toEqual([
    ['publication', 'failed', 'publication is failed. (health check, 181 s ago)'],
  ]);
  expect(merged([], [finding('redis', 'ok')], null)).toEqual([]);
  expect(mergeFindings([finding('a', 'ok')], null)).toHaveLength(1);
});

test('they come in the order of the checklist, the gravest of a section first', () => {
  const own = [finding('c', 'ok', 'logs'), finding('a', 'ok', 'status'), finding('b', 'failed', 'status')];
  expect(merged(own, []).map(([check]) => check)).toEqual(['b', 'a', 'c']);
});
