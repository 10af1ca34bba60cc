import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../local/services/filter-pattern.ts';
import { functionOf, onlyId, resourcesOf, synthesise, tableId } from './synthesise.ts';

const template = synthesise();
const [tally] = functionOf(template, 'tally');
const [, authorizer] = functionOf(template, 'authorizer');
const { LogGroup: authorizerLogs } = authorizer.Properties.LoggingConfig as { LogGroup: { Ref: string } };

describe('the counting of attempts', () => {
  test("subscribes to the authorizer's lines about attempts, and to no others", () => {
    const [filter] = Object.values(resourcesOf(template, 'AWS::Logs::SubscriptionFilter'));
    expect(filter?.Properties).toMatchObject({
      LogGroupName: authorizerLogs,
      DestinationArn: { 'Fn::GetAtt': [tally, 'Arn'] },
    });
    const matches = compileFilter(String(filter?.Properties.FilterPattern));
    const events = ['operation_blocked', 'admin_bypass', 'would_block', 'would_allow', 'state_unknown'];
    expect(events.filter((event) => matches(JSON.stringify({ event })))).toEqual(events.slice(0, 3));
  });

  test('lets that log group call it, and nobody else', () => {
    const permissions = Object.values(resourcesOf(template, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) => JSON.stringify(Properties.FunctionName).includes(tally),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [tally, 'Arn'] },
        Principal: 'logs.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [authorizerLogs.Ref, 'Arn'] },
      },
    ]);
  });

  test('tries a batch twice again before it waits in the dead-letter queue', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: tally },
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 21_600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] } },
      },
    });
  });
});

describe('the table of what is counted', () => {
  test('is keyed by partition, paid on demand, recoverable, encrypted, cleaned by time, without a stream', () => {
    const table = resourcesOf(template, 'AWS::DynamoDB::Table')[tableId(template, 'Activity')];
    expect(table?.DeletionPolicy).toBe('Retain');
    expect(table?.Properties).toEqual({
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    });
  });
});
