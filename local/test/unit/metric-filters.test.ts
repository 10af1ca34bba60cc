import { expect, test } from '@jest/globals';
import type { RunningCloud } from '../../local-services.ts';
import { LogStore } from '../../log-store.ts';
import { startMetricFilters } from '../../services/metric-filters.ts';
import { Metrics } from '../../services/metrics.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const filter = (pattern: string, value: string, logGroup: string, more: object = {}) => ({
  Type: 'AWS::Logs::MetricFilter',
  Properties: {
    FilterPattern: pattern,
    LogGroupName: logGroup,
    MetricTransformations: [{ MetricNamespace: 'N', MetricName: 'Counted', MetricValue: value, ...more }],
  },
});
const logging = (group: string) => ({
  Type: 'AWS::Lambda::Function',
  Properties: { LoggingConfig: { LogGroup: group } },
  Metadata: { 'maintenance:function': group },
});

/** What these lines measure, each given as the log's name and what was written. */
function measured(filters: Parameters<typeof handmadeStack>[0], ...lines: [group: string, line: unknown][]) {
  const stack = handmadeStack({ Gate: logging('gate'), Other: logging('other'), ...filters });
  const logs = new LogStore();
  const metrics = new Metrics();
  const stop = startMetricFilters({ stack, logs } as unknown as RunningCloud, metrics);
  const write = ([group, line]: [string, unknown], timestamp: number) =>
    logs.append({
      group,
      timestamp,
      message: typeof line === 'string' ? line : JSON.stringify(line),
    });
  lines.forEach(write);
  stop();
  if (lines[0]) write(lines[0], 99);
  return metrics.find({ name: 'Counted' });
}

test('a line that matches is measured by its own field, at its own time, without dimensions', () => {
  const blocked = { event: 'operation_blocked', operation: 'unknown', calls: 3 };
  expect(
    measured(
      { Blocked: filter('{ $.event = "operation_blocked" && $.operation != "canary" }', '$.calls', 'gate') },
      ['gate', { event: 'admin_bypass', calls: 1 }],
      ['gate', blocked],
      ['gate', { ...blocked, operation: 'canary' }],
      ['other', blocked],
      ['gate', 'START RequestId: plain text'],
    ),
  ).toEqual([{ namespace: 'N', name: 'Counted', dimensions: {}, value: 3, unit: 'None', timestamp: 1 }]);
});

test('a fixed value counts lines, with the unit that is named', () => {
  const found = measured(
    { Bypasses: filter('{ $.event = "admin_bypass" }', '1', 'gate', { Unit: 'Count' }) },
    ['gate', { event: 'admin_bypass' }],
    ['gate', { event: 'admin_bypass' }],
  );
  expect(found.map(({ value, unit }) => [value, unit])).toEqual([
    [1, 'Count'],
    [1, 'Count'],
  ]);
});

test('a line without the field, or with one that is no number, measures nothing', () => {
  const found = measured(
    { Blocked: filter('{ $.event = "x" }', '$.calls', 'gate') },
    ['gate', { event: 'x' }],
    ['gate', { event: 'x', calls: 'many' }],
  );
  expect(found).toEqual([]);
});

test('the access log of a stage is a log as well, and no other group without a function is', () => {
  const stage = {
    Type: 'AWS::ApiGateway::Stage',
    Properties: { AccessLogSetting: { DestinationArn: 'arn:aws:logs:us-east-1:1:log-group:entries:*' } },
  };
  const lines: [string, unknown][] = [
    ['access', { status: '401' }],
    ['access', { status: '200' }],
    ['gate', { status: '401' }],
  ];
  const refused = (group: string) => filter('{ $.status = "401" || $.status = "403" }', '1', group);
  expect(measured({ Stage: stage, Refused: refused('entries') }, ...lines)).toHaveLength(1);
  expect(measured({ Stage: stage, Refused: refused('elsewhere') }, ...lines)).toEqual([]);
});
