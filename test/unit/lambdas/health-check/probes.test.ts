import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import {
  DescribeEventsCommand,
  DescribeServerlessCachesCommand,
  ElastiCacheClient,
  ServerlessCacheNotFoundFault,
} from '@aws-sdk/client-elasticache';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { mockClient } from 'aws-sdk-client-mock';
import { askCloudWatch } from '../../../../lambdas/health-check/probes/alarms.ts';
import { askElastiCache } from '../../../../lambdas/health-check/probes/cache.ts';
import { countMessages } from '../../../../lambdas/health-check/probes/dead-letters.ts';
import { askRedisProbe, restart } from '../../../../lambdas/health-check/probes/invoke.ts';
import { NOW } from '../../../support/examples.ts';

const region = { region: 'eu-central-1' };
const cloudWatch = mockClient(CloudWatchClient);
const elastiCache = mockClient(ElastiCacheClient);
const lambda = mockClient(LambdaClient);
const sqs = mockClient(SQSClient);
const denied = new Error('AccessDenied');

beforeEach(() => {
  for (const mock of [cloudWatch, elastiCache, lambda, sqs]) mock.reset();
});

describe('the alarms', () => {
  const ask = () => askCloudWatch(new CloudWatchClient(region), 'Shop-');

  test('are those of all pages that are ours, escalation alarms too, with severity and link', async () => {
    cloudWatch
      .on(DescribeAlarmsCommand, { NextToken: undefined })
      .resolves({
        NextToken: 'more',
        MetricAlarms: [
          {
            AlarmName: 'Shop-dead-letters',
            StateValue: 'ALARM',
            StateUpdatedTimestamp: new Date(NOW),
            AlarmDescription: 'What to do: https://wiki.test/troubleshooting.md#dead-letters',
          },
          { AlarmName: 'Shop-of-somebody-else', StateValue: 'ALARM' },
        ],
      })
      .on(DescribeAlarmsCommand, { NextToken: 'more' })
      .resolves({ MetricAlarms: [{ AlarmName: 'Shop-drain-stuck-escalated', StateValue: 'NEW' as 'OK' }] });
    expect(await ask()).toEqual([
      {
        name: 'Shop-dead-letters',
        state: 'alarm',
        severity: 'high',
        since: NOW,
        runbook: 'https://wiki.test/troubleshooting.md#dead-letters',
      },
      {
        name: 'Shop-drain-stuck-escalated',
        state: 'insufficient_data',
        severity: 'warning',
        since: null,
        runbook: 'docs/troubleshooting.md#drain-stuck',
      },
    ]);
    expect(cloudWatch.commandCalls(DescribeAlarmsCommand)[0]?.args[0].input).toMatchObject({
      AlarmNamePrefix: 'Shop-',
      AlarmTypes: ['MetricAlarm'],
    });
  });

  test('are unknown where a page is refused: half of them would be taken for all', async () => {
    cloudWatch.on(DescribeAlarmsCommand).resolvesOnce({ NextToken: 'more' }).rejects(denied);
    await expect(ask()).rejects.toThrow('AccessDenied');
  });
});

describe('the cache', () => {
  const ask = () => askElastiCache(new ElastiCacheClient(region), 'cache-1');

  test('is described by its status and by what happened to it last', async () => {
    elastiCache
      .on(DescribeServerlessCachesCommand, { ServerlessCacheName: 'cache-1' })
      .resolves({ ServerlessCaches: [{ Status: 'modifying' }] })
      .on(DescribeEventsCommand, { SourceIdentifier: 'cache-1', SourceType: 'serverless-cache' })
      .resolves({
        Events: [
          { Date: new Date(NOW), Message: 'older' },
          { Date: new Date(NOW + 1), Message: 'newer' },
          { Date: new Date(NOW + 2) },
        ],
      });
    expect(await ask()).toEqual({ name: 'cache-1', status: 'modifying', event: 'newer' });
  });

  test('may be gone, which is an answer', async () => {
    elastiCache
      .on(DescribeServerlessCachesCommand)
      .rejects(new ServerlessCacheNotFoundFault({ message: 'gone', $metadata: {} }))
      .on(DescribeEventsCommand)
      .resolves({});
    expect(await ask()).toEqual({ name: 'cache-1', status: null, event: undefined });
  });

  test.each<[call: string, prepare: () => void]>([
    ['its status', () => elastiCache.on(DescribeServerlessCachesCommand).rejects(denied)],
    ['its events', () => elastiCache.on(DescribeEventsCommand).rejects(denied)],
  ])('is unknown where %s may not be seen', async (_call, prepare) => {
    elastiCache.on(DescribeServerlessCachesCommand).resolves({}).on(DescribeEventsCommand).resolves({});
    prepare();
    await expect(ask()).rejects.toThrow('AccessDenied');
  });
});

describe('the dead letters', () => {
  const count = () => countMessages(new SQSClient(region), 'https://queue.test');

  test('are those that wait and those that somebody is reading', async () => {
    sqs.on(GetQueueAttributesCommand, { QueueUrl: 'https://queue.test' }).resolves({
      Attributes: { ApproximateNumberOfMessages: '2', ApproximateNumberOfMessagesNotVisible: '1' },
    });
    expect(await count()).toBe(3);
  });

  test('are not none where SQS refuses', async () => {
    sqs.on(GetQueueAttributesCommand).rejects(denied);
    await expect(count()).rejects.toThrow('AccessDenied');
  });
});

describe('a function', () => {
  const client = new LambdaClient(region);
  const payload = (text: string) => ({
    Payload: Object.assign(new TextEncoder().encode(text), { transformToString: () => text }),
  });

  test('that looks at Redis gives what it found', async () => {
    lambda.on(InvokeCommand, { FunctionName: 'probe' }).resolves(payload('{"ping": 3}'));
    expect(await askRedisProbe(client, 'probe')).toEqual({ ping: 3 });
  });

  test.each<[what: string, prepare: () => void, why: RegExp]>([
    [
      'fails',
      () =>
        lambda.on(InvokeCommand).resolves({ ...payload('{"errorMessage":"x"}'), FunctionError: 'Unhandled' }),
      /probe failed: .*"x"/,
    ],
    ['answers nothing', () => lambda.on(InvokeCommand).resolves({}), /JSON/],
    ['may not be invoked', () => lambda.on(InvokeCommand).rejects(denied), /AccessDenied/],
  ])('that %s gives no facts', async (_what, prepare, why) => {
    prepare();
    await expect(askRedisProbe(client, 'probe')).rejects.toThrow(why);
  });

  test('that takes up what is left over is not waited for', async () => {
    lambda.on(InvokeCommand).resolves({});
    await restart(client, 'purge');
    expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toMatchObject({
      FunctionName: 'purge',
      InvocationType: 'Event',
    });
  });
});
