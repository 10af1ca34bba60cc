import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { EVENT_TYPES } from '../../core/events/event-types.ts';
import { type EventPattern, matchesPattern } from '../../local/services/event-pattern.ts';
import { functionOf, onlyId, resourcesOf, synthesise } from './synthesise.ts';

const template = synthesise();
const [purge] = functionOf(template, 'purge');
const target = {
  Arn: { 'Fn::GetAtt': [purge, 'Arn'] },
  DeadLetterConfig: { Arn: { 'Fn::GetAtt': [onlyId(template, 'AWS::SQS::Queue'), 'Arn'] } },
  RetryPolicy: { MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 1 },
};

describe('the purge', () => {
  test('starts with every event of maintenance but its own receipt', () => {
    const [rule] = Object.values(resourcesOf(template, 'AWS::Events::Rule')).filter(
      ({ Properties }) => Properties.EventPattern !== undefined,
    );
    expect(rule?.Properties).toMatchObject({
      EventBusName: { Ref: onlyId(template, 'AWS::Events::EventBus') },
      State: 'ENABLED',
      Targets: [target],
    });
    const starts = (type: string, source = 'enhanced-maintenance-mode') =>
      matchesPattern(rule?.Properties.EventPattern as EventPattern, { source, detail: { type } });
    expect(EVENT_TYPES.filter((type) => !starts(type))).toEqual(['sessions_purged']);
    expect(starts('activated', 'aws.ec2')).toBe(false);
  });

  test('goes on every minute', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'rate(1 minute)',
      State: 'ENABLED',
      Targets: [Match.objectLike(target)],
    });
  });

  test('is not retried before the next minute', () => {
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: purge },
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
  });
});
