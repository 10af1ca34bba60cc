import { describe, expect, test } from '@jest/globals';
import { MovableClock } from '../../clock.ts';
import { Drift } from '../../drift.ts';
import { FaultRegistry } from '../../faults.ts';
import { RoleAccess } from '../../iam.ts';
import { LogStore } from '../../log-store.ts';
import { Alarms } from '../../services/alarms.ts';
import { embeddedMetrics, Metrics } from '../../services/metrics.ts';
import { handmadeStack } from '../support/handmade-stack.ts';

const line = (values: object, definition: object = {}) =>
  JSON.stringify({
    _aws: {
      Timestamp: 1_000,
      CloudWatchMetrics: [
        {
          Namespace: 'N',
          Dimensions: [['Mode'], []],
          Metrics: [{ Name: 'Blocked', Unit: 'Count' }, { Name: 'Latency' }],
          ...definition,
        },
      ],
    },
    Mode: 'normal',
    ...values,
  });

describe('a log line of the embedded metric format', () => {
  test('gives a datapoint per metric and set of dimensions', () => {
    const point = { namespace: 'N', timestamp: 1_000 };
    expect(embeddedMetrics(line({ Blocked: 2, Latency: 1.5 }))).toEqual([
      { ...point, name: 'Blocked', dimensions: { Mode: 'normal' }, value: 2, unit: 'Count' },
      { ...point, name: 'Latency', dimensions: { Mode: 'normal' }, value: 1.5, unit: 'None' },
      { ...point, name: 'Blocked', dimensions: {}, value: 2, unit: 'Count' },
      { ...point, name: 'Latency', dimensions: {}, value: 1.5, unit: 'None' },
    ]);
  });

  test('gives each value of a list, and nothing for a value that is missing', () => {
    const values = embeddedMetrics(line({ Blocked: [1, 2] }, { Dimensions: [] })).map(({ value }) => value);
    expect(values).toEqual([1, 2]);
  });

  test.each(['', 'plain text', '{"a":1}', '{"CloudWatchMetrics"', '{"_aws":{"CloudWatchMetrics":[]}}'])(
    'is not seen in %p',
    (text) => {
      expect(embeddedMetrics(text)).toEqual([]);
    },
  );
});

describe('an alarm', () => {
  const SETTINGS = {
    AlarmName: 'Too many',
    Namespace: 'N',
    MetricName: 'Blocked',
    Dimensions: [{ Name: 'Mode', Value: 'normal' }],
    Statistic: 'Sum',
    Period: 60,
    EvaluationPeriods: 1,
    Threshold: 3,
    ComparisonOperator: 'GreaterThanThreshold',
    AlarmActions: ['arn:aws:sns:us-east-1:000000000000:Warnings'],
  };

  function alarms(settings: object = {}) {
    const stack = handmadeStack({
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { ...SETTINGS, ...settings } },
    });
    const clock = new MovableClock();
    const context = {
      stack,
      clock,
      faults: new FaultRegistry(),
      logs: new LogStore(),
      access: new RoleAccess(stack),
      drift: new Drift(),
    };
    const metrics = new Metrics();
    const sent: { target: string; state: string }[] = [];
    const judged = new Alarms(context, metrics, async (target, payload) => {
      sent.push({ target, state: JSON.parse(payload).NewStateValue });
    });
    const state = async () => (await judged.evaluate())[0]?.state;
    const measure = (value: number, dimensions: Record<string, string> = { Mode: 'normal' }) =>
      metrics.add({
        namespace: 'N',
        name: 'Blocked',
        dimensions,
        value,
        unit: 'Count',
        timestamp: clock.now(),
      });
    return { clock, state, measure, sent };
  }

  test('is raised beyond its threshold, and tells its topic once', async () => {
    const { state, measure, sent } = alarms();
    expect(await state()).toBe('INSUFFICIENT_DATA');
    measure(3);
    expect(await state()).toBe('OK');
    measure(1);
    expect(await state()).toBe('ALARM');
    expect(await state()).toBe('ALARM');
    expect(sent).toEqual([{ target: 'arn:aws:sns:us-east-1:000000000000:Warnings', state: 'ALARM' }]);
  });

  test('looks at its own dimensions only', async () => {
    const { state, measure } = alarms();
    measure(9, { Mode: 'emergency' });
    measure(9, {});
    expect(await state()).toBe('INSUFFICIENT_DATA');
  });

  test('ends when its period has passed by the movable clock', async () => {
    const { clock, state, measure } = alarms({ TreatMissingData: 'notBreaching' });
    measure(9);
    expect(await state()).toBe('ALARM');
    clock.advance(120_000);
    expect(await state()).toBe('OK');
  });

  test.each([
    ['breaching', 'ALARM'],
    ['notBreaching', 'OK'],
    ['missing', 'INSUFFICIENT_DATA'],
  ])('takes missing data for %s: %s', async (TreatMissingData, expected) => {
    expect(await alarms({ TreatMissingData }).state()).toBe(expected);
  });

  test('of a percentile sorts the values', async () => {
    const { state, measure } = alarms({ Statistic: undefined, ExtendedStatistic: 'p90', Threshold: 50 });
    for (const value of [...Array.from({ length: 9 }, () => 1), 100]) measure(value);
    expect(await state()).toBe('OK');
    measure(100);
    expect(await state()).toBe('ALARM');
  });

  test.each([
    ['the statistic TM(50%:)', { Statistic: 'TM(50%:)' }],
    ['the comparison LessThanLowerThreshold', { ComparisonOperator: 'LessThanLowerThreshold' }],
  ])('with %s is refused by name', (what, settings) => {
    expect(() => alarms(settings)).toThrow(what);
  });
});
