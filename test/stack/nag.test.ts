import { describe, expect, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { MaintenanceModeProps } from '../../lib/configuration/maintenance-mode-props.ts';
import { testStack } from './synthesise.ts';

describe('cdk-nag (AwsSolutions) and the CDK find nothing', () => {
  test.each<[what: string, options: Partial<MaintenanceModeProps>]>([
    ['as it comes', {}],
    ['with protection off', { deletionProtection: false }],
    [
      'with every kind of throttling',
      { throttling: { callers: {}, apiKeyClaim: 'custom:api_key', wafRateLimit: 1000 } },
    ],
    [
      'with a Redis that exists',
      {
        redis: {
          host: 'redis.example.com',
          auth: {
            type: 'password',
            secretArn: 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:redis-AbCdEf',
          },
          vpcId: 'vpc-0a1b2c3d',
          subnetIds: ['subnet-0a1b2c3d'],
          securityGroupId: 'sg-0a1b2c3d',
        },
      },
    ],
    [
      'with work of every kind',
      {
        workloads: {
          stateMachines: ['arn:aws:states:eu-central-1:111122223333:stateMachine:Nightly'],
          eventSourceMappings: ['0b1c2d3e-0000-4000-8000-000000000001'],
        },
      },
    ],
    [
      'with a domain and an issuer of its own',
      {
        customDomain: {
          domainName: 'app.example.com',
          certificateArn: 'arn:aws:acm:eu-central-1:1:certificate/x',
        },
        identity: { issuer: 'https://issuer.example.com', clientId: 'them' },
      },
    ],
  ])('%s', (_what, options) => {
    const stack = testStack(options);
    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
    expect(violations).toEqual([]);
    expect(Annotations.fromStack(stack).findWarning('*', Match.anyValue())).toEqual([]);
    expect(Annotations.fromStack(stack).findError('*', Match.anyValue())).toEqual([]);
  });

  test('but would, were there something', () => {
    const stack = testStack();
    new Queue(stack, 'InTheClear');
    const { violations } = new AwsSolutionsChecks(stack).validateScope(stack);
    expect(violations.map(({ ruleName }) => ruleName)).toContain('AwsSolutions-SQS4');
  });
});
