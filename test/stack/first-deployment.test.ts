import { describe, expect, test } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ConsoleStack } from '../../lib/web-console/console-stack.ts';
import { type Resource, resourcesOf, synthesise, testApp, testStack } from './synthesise.ts';

describe('a first deployment that fails', () => {
  const stack = testStack();
  const console = new ConsoleStack(stack.node.root as App, 'Console', {
    maintenance: stack.maintenance,
    options: { origin: 'https://origin.test' },
  });

  /** The role by which API Gateway logs is the account's, and other APIs use it; the log group has a new name each time. */
  const isHarmless = ([id]: [string, Resource]) =>
    /GatewayApi(?:CloudWatchRole|Account)|CustomCDKBucketDeployment\w*LogGroup/.test(id);

  test.each([
    ['the gate', Template.fromStack(stack)],
    ['the console', Template.fromStack(console)],
  ])('leaves nothing of %s behind that the next would meet', (_what, template) => {
    const resources = Object.entries(template.toJSON().Resources as Record<string, Resource>);
    const kept = resources.filter(([, { DeletionPolicy }]) => DeletionPolicy === 'Retain');
    expect(kept.filter((resource) => !isHarmless(resource)).map(([id]) => id)).toEqual([]);
  });

  test('leaves nothing that refuses to be deleted, where protection comes later', () => {
    const template = synthesise({ deletionProtection: false });
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::DynamoDB::Table'))) {
      expect(Properties.DeletionProtectionEnabled).not.toBe(true);
    }
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::Cognito::UserPool'))) {
      expect(Properties.DeletionProtection).not.toBe('ACTIVE');
    }
    expect(testStack({ deletionProtection: false }).terminationProtection).toBe(false);
  });
});

describe('functions of each minute', () => {
  const template = synthesise();

  test('leave to the next minute what failed or came late', () => {
    const settings = Object.values(resourcesOf(template, 'AWS::Lambda::EventInvokeConfig'));
    const scheduled = Object.values(resourcesOf(template, 'AWS::Events::Rule'))
      .filter(({ Properties }) => Properties.ScheduleExpression === 'rate(1 minute)')
      .flatMap(({ Properties }) => Properties.Targets as { Arn: { 'Fn::GetAtt': [string, string] } }[])
      .map(({ Arn }) => Arn['Fn::GetAtt'][0]);
    expect(scheduled).toHaveLength(6);
    for (const id of scheduled) {
      const own = settings.filter(
        ({ Properties }) => (Properties.FunctionName as { Ref: string }).Ref === id,
      );
      expect(own.map(({ Properties }) => Properties)).toEqual([
        expect.objectContaining({ MaximumEventAgeInSeconds: 60, MaximumRetryAttempts: 0 }),
      ]);
    }
  });
});

describe('variables that Lambda would refuse', () => {
  test('fail the synthesis, naming the function and what is long', () => {
    const alwaysAllowed = Array.from({ length: 200 }, (_, index) => `/open/route-${index}/{proxy+}`);
    const app = testApp();
    testStack({ alwaysAllowed }, app);
    expect(() => app.synth()).toThrow(
      /The environment of Test\/MaintenanceMode\/Authorizer takes about \d+ bytes, and Lambda allows 4096\. Shorten the options behind ALWAYS_ALLOWED/,
    );
  });
});
