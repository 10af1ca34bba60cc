import { describe, expect, test } from '@jest/globals';
import { compileFilter } from '../../local/services/filter-pattern.ts';
import { functionOf, onlyId, resourcesOf, synthesise, tableId } from './synthesise.ts';

const template = synthesise();
const [tally] = functionOf(template, 'tally');
const logsOf = (folder: string) =>
  (functionOf(template, folder)[1].Properties.LoggingConfig as { LogGroup: { Ref: string } }).LogGroup;
const logs = [logsOf('authorizer'), logsOf('jobs')];

describe('the counting of attempts', () => {
  test('subscribes to the lines about attempts of those that decide, and to no others', () => {
    const filters = Object.values(resourcesOf(template, 'AWS::Logs::SubscriptionFilter'));
    expect(filters.map(({ Properties }) => Properties.LogGroupName)).toEqual(logs);
    for (const { Properties } of filters) {
      expect(Properties.DestinationArn).toEqual({ 'Fn::GetAtt': [tally, 'Arn'] });
      const matches = compileFilter(String(Properties.FilterPattern));
      const events = ['operation_blocked', 'admin_bypass', 'would_block', 'would_allow', 'state_unknown'];
      expect(events.filter((event) => matches(JSON.stringify({ event })))).toEqual(events.slice(0, 4));
    }
  });

  test('lets those log groups call it, and nobody else', () => {
    const permissions = Object.values(resourcesOf(template, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) => JSON.stringify(Properties.FunctionName).includes(tally),
    );
    expect(permissions.map(({ Properties }) => Properties)).toEqual(
      logs.map(({ Ref }) => ({
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': [tally, 'Arn'] },
        Principal: 'logs.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [Ref, 'Arn'] },
      })),
    );
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
    expect(table?.DeletionPolicy).toBe('RetainExceptOnCreate');
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
