import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { ALARMS, alarmOf, anchorOf, levelOf, nextLevel } from '../../core/health/alarms.ts';
import { onlyId, type Resource, resourcesOf, statementsOf, synthesise } from './synthesise.ts';

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
    const twin = alarms.find(({ Properties }) => Properties.AlarmName === `Test-${name}-escalated`);
    expect(twin === undefined).toBe(next === null);
    if (twin === undefined) return;
    const { AlarmName, AlarmDescription, AlarmActions, OKActions, EvaluationPeriods, ...same } =
      twin.Properties;
    expect(found).toMatchObject(same);
    expect(EvaluationPeriods).toBe(Number(found.EvaluationPeriods) + 15);
    expect([AlarmActions, OKActions]).toEqual([[topicOf(`Level${next}`)], [topicOf(`Level${next}`)]]);
  });

  test('are those of the table, and no others', () => {
    for (const { Properties } of alarms)
      expect(alarmOf('Test-', String(Properties.AlarmName))).not.toBeNull();
    expect(alarms).toHaveLength(23);
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
      Namespace: 'EnhancedMaintenanceMode',
      MetricName: 'MaintenanceOverdue',
      Statistic: 'Maximum',
      Threshold: 1,
      Period: 60,
      TreatMissingData: 'notBreaching',
    });
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

describe('topics', () => {
  const account = { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } };
  const services = { Service: ['cloudwatch.amazonaws.com', 'events.amazonaws.com'] };

  test('are encrypted with a key that alarms and rules of this account may use', () => {
    const keys = Object.entries(resourcesOf(template, 'AWS::KMS::Key')).filter(([id]) =>
      id.includes('Topics'),
    );
    const [[id, key] = ['', undefined]] = keys;
    expect(key?.Properties).toMatchObject({ EnableKeyRotation: true });
    expect((key?.Properties.KeyPolicy as { Statement: object[] } | undefined)?.Statement).toContainEqual(
      expect.objectContaining({
        Principal: services,
        Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        Condition: account,
      }),
    );
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::SNS::Topic'))) {
      expect(Properties.KmsMasterKeyId).toEqual({ 'Fn::GetAtt': [id, 'Arn'] });
    }
  });

  test('let alarms and rules of this account publish, and nobody without TLS', () => {
    const policies = Object.values(resourcesOf(template, 'AWS::SNS::TopicPolicy'));
    expect(policies).toHaveLength(4);
    for (const { Properties } of policies) {
      const { Statement } = Properties.PolicyDocument as { Statement: object[] };
      expect(Statement).toContainEqual(
        expect.objectContaining({
          Effect: 'Allow',
          Principal: services,
          Action: 'sns:Publish',
          Condition: account,
        }),
      );
      expect(Statement).toContainEqual(
        expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      );
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
