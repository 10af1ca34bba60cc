import { describe, expect, test } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { functionOf, onlyId, resourcesOf, synthesise } from './synthesise.ts';

describe('the user pool', () => {
  const template = synthesise();

  test('lets nobody sign up, offers a second factor and recovers accounts through an administrator', () => {
    template.hasResource('AWS::Cognito::UserPool', {
      DeletionPolicy: 'RetainExceptOnCreate',
      Properties: {
        AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
        MfaConfiguration: 'OPTIONAL',
        EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
        UsernameAttributes: Match.absent(),
        UsernameConfiguration: { CaseSensitive: false },
        AccountRecoverySetting: { RecoveryMechanisms: [{ Name: 'admin_only', Priority: 1 }] },
        DeletionProtection: 'ACTIVE',
        Policies: {
          PasswordPolicy: {
            MinimumLength: 12,
            RequireLowercase: true,
            RequireNumbers: true,
            RequireSymbols: true,
            RequireUppercase: true,
            TemporaryPasswordValidityDays: 3,
          },
        },
      },
    });
  });

  test('has a client without a secret whose tokens live 15 minutes', () => {
    template.hasResourceProperties('AWS::Cognito::UserPoolClient', {
      GenerateSecret: false,
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      AllowedOAuthFlowsUserPoolClient: false,
      AccessTokenValidity: 15,
      IdTokenValidity: 15,
      RefreshTokenValidity: 720,
      TokenValidityUnits: { AccessToken: 'minutes', IdToken: 'minutes', RefreshToken: 'minutes' },
      EnableTokenRevocation: true,
      PreventUserExistenceErrors: 'ENABLED',
    });
  });

  test('asks the guard before it gives out a token, and only this pool may call it', () => {
    const pool = onlyId(template, 'AWS::Cognito::UserPool');
    const guard = { 'Fn::GetAtt': [functionOf(template, 'signin-guard')[0], 'Arn'] };
    template.hasResourceProperties('AWS::Cognito::UserPool', { LambdaConfig: { PreTokenGeneration: guard } });
    const callers = Object.values(resourcesOf(template, 'AWS::Lambda::Permission')).filter(
      ({ Properties }) => JSON.stringify(Properties.FunctionName) === JSON.stringify(guard),
    );
    expect(callers.map(({ Properties }) => Properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: guard,
        Principal: 'cognito-idp.amazonaws.com',
        SourceArn: { 'Fn::GetAtt': [pool, 'Arn'] },
      },
    ]);
  });

  test('there is no guard where people sign in elsewhere', () => {
    const foreign = synthesise({ identity: { issuer: 'https://issuer.example.com', clientId: 'them' } });
    expect(() => functionOf(foreign, 'signin-guard')).toThrow('0 functions');
  });

  test.each<[options: Parameters<typeof synthesise>[0], groups: string[]]>([
    [{}, ['admins', 'workers']],
    [{ adminGroups: ['ops', 'owners'], workerGroups: ['ops'] }, ['ops', 'owners']],
  ])('has each group once: %j', (options, groups) => {
    const found = Object.values(resourcesOf(synthesise(options), 'AWS::Cognito::UserPoolGroup'));
    expect(found.map(({ Properties }) => Properties.GroupName).sort()).toEqual(groups);
  });
});
