import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ALARMS, alarmOf, anchorOf, levelOf, nextLevel } from '../../core/health/alarms.ts';
import {
  functionOf,
  onlyId,
  type Resource,
  resourcesOf,
  statementsOf,
  synthesise,
  testApp,
  testStack,
} from './synthesise.ts';

const template = synthesise();
const alarms = Object.values(resourcesOf(template, 'AWS::CloudWatch::Alarm'));
const topics = Object.keys(resourcesOf(template, 'AWS::SNS::Topic'));
const topicOf = (name: string) => ({ Ref: topics.find((id) => id.includes(name)) });

function named(name: string): Resource['Properties'] {
  const found = alarms.find(({ Properties }) => Properties.AlarmName === `Test-${name}`);
  if (found === undefined) throw new Error(`There is no alarm ${name}.`);
  return found.Properties;
}

describe('alarms', () => {
  test.each(ALARMS.map((alarm) => [alarm.name, alarm] as const))('%s tells whom it should', (name, alarm) => {
    const level = levelOf(alarm.severity);
    const topic = topicOf(level === null ? 'Notices' : `Level${level}`);
    const found = named(name);
    expect(found.AlarmActions).toEqual([topic]);
    expect(found.OKActions).toEqual(level === null ? undefined : [topic]);
    expect(found.AlarmDescription).toContain(`docs/troubleshooting.md#${anchorOf(alarm)}`);
    const next = nextLevel(alarm.severity);
    const escalation = alarms.find(({ Properties }) => Properties.AlarmName === `Test-${name}-escalated`);
    expect(escalation === undefined).toBe(next === null);
    if (escalation === undefined) return;
    const { AlarmName, AlarmDescription, AlarmActions, OKActions, EvaluationPeriods, ...same } =
      escalation.Properties;
    expect(found).toMatchObject(same);
    expect(EvaluationPeriods).toBe(Number(found.EvaluationPeriods) + 15);
    expect([AlarmActions, OKActions]).toEqual([[topicOf(`Level${next}`)], [topicOf(`Level${next}`)]]);
  });

  test('are those of the table, and no others', () => {
    for (const { Properties } of alarms)
      expect(alarmOf('Test-', String(Properties.AlarmName))).not.toBeNull();
    expect(alarms).toHaveLength(24);
  });

  test('have a heading each in the guide, with description, investigation and resolution, and the guide has no others', () => {
    const guide = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
    const [, chapter = ''] = /^## Alarms$(.*?)(?=^## |$(?![\s\S]))/ms.exec(guide) ?? [];
    const parts = chapter.split(/^### /m).slice(1);
    expect(parts.map((part) => part.split('\n')[0])).toEqual(ALARMS.map(({ title }) => title));
    for (const [index, part] of parts.entries()) {
      expect(part).toContain(`*${ALARMS[index]?.severity}.*`);
      expect(part).toMatch(/\*\*Investigation\.\*\* .*\*\*Resolution\.\*\* /s);
    }
  });

  test('silence is breaching for the health check alone, and overdue is measured by the minute', () => {
    expect(named('health-check-silent')).toMatchObject({
      MetricName: 'MaintenanceActive',
      Statistic: 'SampleCount',
      EvaluationPeriods: 3,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
    expect(named('maintenance-overdue')).toMatchObject({
      Namespace: 'EnhancedMaintenanceMode/Test/default',
      MetricName: 'MaintenanceOverdue',
      Statistic: 'Maximum',
      Threshold: 1,
      Period: 60,
      TreatMissingData: 'notBreaching',
    });
  });

  test('silence means nothing before anything is there to be silent', () => {
    const silent = alarms.filter(({ Properties }) => String(Properties.AlarmName).includes('-silent'));
    expect(silent).toHaveLength(2);
    for (const { DependsOn } of silent) {
      expect(DependsOn).toContainEqual(expect.stringContaining('HealthCheckEveryMinute'));
    }
  });

  test('take thresholds, and refuse those that do not exist or cannot work', () => {
    const changed = synthesise({ alarmThresholds: { blockedCallsPerMinute: 7 } });
    const found = Object.values(resourcesOf(changed, 'AWS::CloudWatch::Alarm'));
    expect(
      found
        .filter(({ Properties }) => Properties.MetricName === 'BlockedCalls')
        .map(({ Properties }) => Properties.Threshold),
    ).toEqual([7, 7]);
    const wrong = (thresholds: object) => () => synthesise({ alarmThresholds: thresholds });
    expect(wrong({ blocked: 7 })).toThrow('Unknown option "alarmThresholds.blocked"');
    expect(wrong({ deadLetters: 0 })).toThrow('"alarmThresholds.deadLetters" must be a whole number from 1');
    expect(wrong({ authorizerMilliseconds: 3001 })).toThrow('from 1 to 3000');
  });
});

describe('metrics', () => {
  interface Measured {
    readonly Namespace?: string;
    readonly MetricName?: string;
    readonly Dimensions?: unknown;
  }

  test('of two deployments in one account and region are never the same', () => {
    const app = testApp();
    const deployments = [
      testStack({}, app, 'Staging'),
      testStack({}, app, 'Production'),
      testStack({ scope: 'blue' }, app, 'Other'),
    ].map((stack) => Template.fromStack(stack));
    const ownMetrics = deployments.map((each) => [
      ...Object.values(resourcesOf(each, 'AWS::CloudWatch::Alarm')).map(({ Properties }) => {
        const { Namespace, MetricName, Dimensions } = Properties as Measured;
        return JSON.stringify([Namespace, MetricName, Dimensions]);
      }),
      ...Object.values(resourcesOf(each, 'AWS::Logs::MetricFilter')).map(({ Properties }) =>
        JSON.stringify(Properties.MetricTransformations),
      ),
    ]);
    const own = ownMetrics.map((metrics) => new Set(metrics.filter((metric) => !metric.includes('"AWS/'))));
    for (const metrics of own) expect(metrics.size).toBeGreaterThan(5);
    const all = own.flatMap((metrics) => [...metrics]);
    expect(new Set(all).size).toBe(all.length);
  });

  test('belong where the functions write them', () => {
    const names = ['authorizer', 'jobs', 'purge', 'drain', 'health-check'].map((folder) => {
      const { Environment } = functionOf(template, folder)[1].Properties;
      return (Environment as { Variables: Record<string, unknown> }).Variables.METRIC_NAMESPACE;
    });
    expect(new Set(names)).toEqual(new Set([named('maintenance-overdue').Namespace]));
  });
});

describe('topics', () => {
  interface PolicyStatement {
    readonly Principal?: { readonly Service?: string };
    readonly Condition?: unknown;
  }
  const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const ofService = (statements: readonly PolicyStatement[], service: string) =>
    statements.filter(({ Principal }) => Principal?.Service === `${service}.amazonaws.com`);

  test('are encrypted with a key that alarms of this account and rules may use', () => {
    const keys = Object.entries(resourcesOf(template, 'AWS::KMS::Key')).filter(([id]) =>
      id.includes('Topics'),
    );
    if (keys[0] === undefined) throw new Error('There is no key.');
    const [id, { Properties: key }] = keys[0];
    expect(key).toMatchObject({ EnableKeyRotation: true });
    const { Statement } = key.KeyPolicy as { Statement: PolicyStatement[] };
    const Action = ['kms:Decrypt', 'kms:GenerateDataKey*'];
    expect(ofService(Statement, 'cloudwatch')).toEqual([
      expect.objectContaining({ Effect: 'Allow', Action, Condition: account }),
    ]);
    expect(ofService(Statement, 'events')).toEqual([expect.objectContaining({ Effect: 'Allow', Action })]);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::SNS::Topic'))) {
      expect(Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    }
  });

  test('let alarms of this account and rules publish, and nobody without TLS', () => {
    const policies = Object.values(resourcesOf(template, 'AWS::SNS::TopicPolicy'));
    expect(policies).toHaveLength(4);
    for (const { Properties } of policies) {
      const { Statement } = Properties.PolicyDocument as { Statement: PolicyStatement[] };
      const publish = { Effect: 'Allow', Action: 'sns:Publish' };
      expect(ofService(Statement, 'cloudwatch')).toEqual([
        expect.objectContaining({ ...publish, Condition: account }),
      ]);
      expect(ofService(Statement, 'events')).toEqual([expect.objectContaining(publish)]);
      expect(Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
    }
  });

  test('ask nothing of EventBridge that it does not tell: for whom it acts', () => {
    for (const type of ['AWS::KMS::Key', 'AWS::SNS::TopicPolicy']) {
      for (const { Properties } of Object.values(resourcesOf(template, type))) {
        const { Statement } = (Properties.KeyPolicy ?? Properties.PolicyDocument) as {
          Statement: PolicyStatement[];
        };
        expect(JSON.stringify(ofService(Statement, 'events'))).not.toContain('aws:Source');
      }
    }
  });

  test('have the contacts that are named as subscribers', () => {
    const named = synthesise({
      contacts: { notices: ['all@example.com'], level3: ['https://pager.example.com/x'] },
    });
    const found = Object.values(resourcesOf(named, 'AWS::SNS::Subscription')).map(({ Properties }) => [
      Properties.Protocol,
      Properties.Endpoint,
    ]);
    expect(found.toSorted()).toEqual([
      ['email', 'all@example.com'],
      ['https', 'https://pager.example.com/x'],
    ]);
    expect(() => synthesise({ contacts: { level1: ['http://pager.example.com'] } })).toThrow(
      'must be an e-mail address, or an https address',
    );
  });
});

test('notices may read the log, keep their record and publish to their topic, and nothing else', () => {
  const actions = statementsOf(template, 'notices').flatMap(({ Action }) => Action);
  expect([...new Set(actions)].toSorted()).toEqual([
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'kms:Decrypt',
    'kms:GenerateDataKey',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
    'sns:Publish',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:SendMessage',
  ]);
});

test('there are a dashboard, and a saved query for each search of the guide and for security', () => {
  onlyId(template, 'AWS::CloudWatch::Dashboard');
  const names = Object.values(resourcesOf(template, 'AWS::Logs::QueryDefinition')).map(
    ({ Properties }) => Properties.Name,
  );
  expect(names.toSorted()).toEqual([
    'Test/Count of blocked operations',
    'Test/Maintenance activity',
    'Test/Maintenance errors',
    'Test/Security',
    'Test/Session issues',
  ]);
});
