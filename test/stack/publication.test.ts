import { describe, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { functionOf, onlyId, synthesise, tableId } from './synthesise.ts';

const template = synthesise();
const queue = { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] };

describe('publication', () => {
  test.each([
    ['publisher', 'all changes of events', {}],
    ['mirror', 'new events only', { eventName: ['INSERT'] }],
  ] as const)(
    '%s reads %s, bisects what fails and gives up in the dead-letter queue',
    (folder, _what, changes) => {
      template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        EventSourceArn: { 'Fn::GetAtt': [tableId(template, 'EventLog'), 'StreamArn'] },
        FunctionName: { Ref: functionOf(template, folder)[0] },
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: 10,
        BisectBatchOnFunctionError: true,
        MaximumRetryAttempts: 10,
        MaximumRecordAgeInSeconds: 21_600,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: { Destination: queue } },
        FilterCriteria: {
          Filters: [
            {
              Pattern: JSON.stringify({
                ...changes,
                dynamodb: { Keys: { pk: { S: [{ prefix: 'EVENTS#' }] } } },
              }),
            },
          ],
        },
      });
    },
  );

  test('the stream has two readers, which is as many as a stream takes', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 2);
  });

  test('keeps dead letters 14 days, encrypted, over TLS only', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 1_209_600,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Action: 'sqs:*',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('tick', () => {
  const [tick] = functionOf(template, 'tick');

  test('runs every minute; a minute that fails is not piled upon the next', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [
        Match.objectLike({
          Arn: { 'Fn::GetAtt': [tick, 'Arn'] },
          DeadLetterConfig: { Arn: queue },
          RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
        }),
      ],
    });
  });

  test('runs at deployment once the table is there, and holds no deployment up', () => {
    template.hasResource('Custom::Trigger', {
      Properties: { InvocationType: 'Event', HandlerArn: { Ref: onlyId(template, 'AWS::Lambda::Version') } },
      DependsOn: Match.arrayWith([tableId(template, 'EventLog')]),
    });
    template.hasResourceProperties('AWS::Lambda::Version', { FunctionName: { Ref: tick } });
  });
});
