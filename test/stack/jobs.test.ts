import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { functionOf, onlyId, resourcesOf, synthesise, tableId } from './synthesise.ts';

const template = synthesise();

describe('the table of jobs', () => {
  test('is read consistently by local indexes of keys, paid on demand, recoverable, cleaned by time', () => {
    const table = resourcesOf(template, 'AWS::DynamoDB::Table')[tableId(template, 'JobRegistry')];
    const key = (AttributeName: string, KeyType: string) => ({ AttributeName, KeyType });
    const index = (IndexName: string, attribute: string) => ({
      IndexName,
      KeySchema: [key('pk', 'HASH'), key(attribute, 'RANGE')],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    });
    expect(table?.DeletionPolicy).toBe('RetainExceptOnCreate');
    expect(table?.Properties).toEqual({
      AttributeDefinitions: ['pk', 'id', 'start_key', 'active_key', 'troubled_key'].map((AttributeName) => ({
        AttributeName,
        AttributeType: 'S',
      })),
      KeySchema: [key('pk', 'HASH'), key('id', 'RANGE')],
      LocalSecondaryIndexes: [
        index('byStart', 'start_key'),
        index('active', 'active_key'),
        index('troubled', 'troubled_key'),
      ],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    });
  });
});

describe('the sweep', () => {
  test('runs every minute; a run that fails is tried once again, then the next minute goes on', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [functionOf(template, 'job-sweep')[0], 'Arn'] },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] } },
        }),
      ],
    });
  });
});
