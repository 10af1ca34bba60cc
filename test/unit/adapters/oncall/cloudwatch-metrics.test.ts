import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import { beforeEach, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { cloudWatchMetrics } from '../../../../adapters/oncall/cloudwatch-metrics.ts';
import { NOW } from '../../../support/examples.ts';

const cloudWatch = mockClient(CloudWatchClient);
const metrics = cloudWatchMetrics(new CloudWatchClient({ region: 'eu-central-1' }));
const range = { from: NOW, to: NOW + 120_000, step: 60 };
const query = (id: string) => ({
  id,
  namespace: 'N',
  metric: 'Blocked',
  dimensions: { Mode: 'normal' },
  statistic: 'Sum',
});
const at = (minute: number) => new Date(NOW + minute * 60_000);

beforeEach(() => {
  cloudWatch.reset();
});

test('asks for each series by its dimensions, step and statistic', async () => {
  cloudWatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
  expect(await metrics.read([query('a')], range)).toEqual(new Map());
  expect(cloudWatch.commandCalls(GetMetricDataCommand)[0]?.args[0].input).toEqual({
    StartTime: at(0),
    EndTime: at(2),
    ScanBy: 'TimestampAscending',
    NextToken: undefined,
    MetricDataQueries: [
      {
        Id: 'a',
        MetricStat: {
          Metric: {
            Namespace: 'N',
            MetricName: 'Blocked',
            Dimensions: [{ Name: 'Mode', Value: 'normal' }],
          },
          Period: 60,
          Stat: 'Sum',
        },
      },
    ],
  });
});

test('puts the pages of a series together, and keeps series apart', async () => {
  cloudWatch
    .on(GetMetricDataCommand, { NextToken: undefined })
    .resolves({
      NextToken: 'more',
      MetricDataResults: [
        { Id: 'a', Timestamps: [at(0)], Values: [1] },
        { Id: 'b', Timestamps: [at(0)], Values: [7] },
      ],
    })
    .on(GetMetricDataCommand, { NextToken: 'more' })
    .resolves({ MetricDataResults: [{ Id: 'a', Timestamps: [at(1)], Values: [2] }] });
  const found = await metrics.read([query('a'), query('b')], range);
  expect([...(found.get('a') ?? [])]).toEqual([
    [at(0).getTime(), 1],
    [at(1).getTime(), 2],
  ]);
  expect([...(found.get('b')?.values() ?? [])]).toEqual([7]);
});

test('follows no more than ten pages, should they never end', async () => {
  cloudWatch.on(GetMetricDataCommand).resolves({ NextToken: 'again', MetricDataResults: [] });
  await metrics.read([query('a')], range);
  expect(cloudWatch.commandCalls(GetMetricDataCommand)).toHaveLength(10);
});

test('rejects where CloudWatch refuses', async () => {
  cloudWatch.on(GetMetricDataCommand).rejects(new Error('AccessDenied'));
  await expect(metrics.read([query('a')], range)).rejects.toThrow('AccessDenied');
});
