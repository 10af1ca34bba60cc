import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { MaintenanceMode } from '../../lib/maintenance-mode.ts';
import { resourcesOf, synthesise, tableId, testApp } from './synthesise.ts';

const tableOf = (template: Template) =>
  resourcesOf(template, 'AWS::DynamoDB::Table')[tableId(template, 'EventLog')];

describe('the table of the event log', () => {
  const template = synthesise();

  test('outlives the stack', () => {
    expect(tableOf(template)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
      Properties: { DeletionProtectionEnabled: true },
    });
  });

  test('is keyed by partition and number, paid on demand, recoverable, encrypted, streamed and cleaned by time', () => {
    expect(tableOf(template)?.Properties).toEqual({
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
      DeletionProtectionEnabled: true,
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { AttributeName: 'expires_at', Enabled: true },
    });
  });

  test('goes with the stack when protection is off', () => {
    const unprotected = tableOf(synthesise({ deletionProtection: false }));
    expect(unprotected?.DeletionPolicy).toBe('Delete');
    expect(unprotected?.Properties.DeletionProtectionEnabled).toBe(false);
  });

  test("takes a key of the owner's own, which those who read and write may use", () => {
    const stack = new Stack(testApp(), 'Own');
    const encryptionKey = new Key(stack, 'Key');
    new MaintenanceMode(stack, 'M', { origin: 'https://origin.test', profile: 'whole', encryptionKey });
    const own = Template.fromStack(stack);
    expect(tableOf(own)?.Properties.SSESpecification).toMatchObject({ SSEEnabled: true, SSEType: 'KMS' });
    const users = Object.entries(resourcesOf(own, 'AWS::IAM::Policy')).filter(([, policy]) =>
      JSON.stringify(policy).includes('kms:Decrypt'),
    );
    expect(users.map(([id]) => id.replace(/^M(\w+?)(?:Function)?RoleDefault.*/, '$1')).sort()).toEqual([
      'AttemptsTally',
      'Authorizer',
      'Control',
      'Drain',
      'DrainStarter',
      'Health',
      'HealthCheck',
      'Jobs',
      'JobsSweep',
      'MonitoringNotices',
      'Operations',
      'PublicationPublisher',
      'SessionPurge',
      'Sessions',
      'SignInGuard',
      'StateMirror',
      'Status',
      'Tick',
    ]);
  });
});
