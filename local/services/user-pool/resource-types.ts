import { LOCAL_REGION } from '../../account.ts';
import { acceptAll, arn, DESCRIPTION, identifier, type ResourceType, TAGS } from '../../resource-type.ts';

const MESSAGES = 'no mail or text message is sent';

/** The types of resources of user pools. */
export const USER_POOL_TYPES: Readonly<Record<string, ResourceType>> = {
  'AWS::Cognito::UserPool': {
    defaultName: (_stack, resource) => `${LOCAL_REGION}_${identifier(resource, 9)}`,
    attributes: {
      Arn: (name) => arn('cognito-idp', `userpool/${name}`),
      UserPoolId: (name) => name,
      ProviderName: (name) => `cognito-idp.${LOCAL_REGION}.amazonaws.com/${name}`,
      ProviderURL: (name) => `https://cognito-idp.${LOCAL_REGION}.amazonaws.com/${name}`,
    },
    honoured: ['LambdaConfig', 'MfaConfiguration', 'Policies', 'UserPoolName', 'UsernameConfiguration'],
    accepted: {
      AccountRecoverySetting: MESSAGES,
      AdminCreateUserConfig: 'nobody can sign up here; invitations are not sent',
      AutoVerifiedAttributes: MESSAGES,
      DeletionProtection: 'nothing deletes it here',
      EmailConfiguration: MESSAGES,
      EmailVerificationMessage: MESSAGES,
      EmailVerificationSubject: MESSAGES,
      EnabledMfas: 'the kind of second factor is the one that a user sets up',
      SmsVerificationMessage: MESSAGES,
      UserPoolAddOns: 'there is no threat protection here',
      UserPoolTags: TAGS,
      UserPoolTier: 'every feature that is there is there in every tier',
      VerificationMessageTemplate: MESSAGES,
    },
  },
  'AWS::Cognito::UserPoolClient': {
    defaultName: (_stack, resource) => identifier(resource, 26),
    attributes: { ClientId: (name) => name },
    honoured: [
      'AccessTokenValidity',
      'ExplicitAuthFlows',
      'IdTokenValidity',
      'PreventUserExistenceErrors',
      'RefreshTokenValidity',
      'TokenValidityUnits',
      'UserPoolId',
    ],
    accepted: {
      AllowedOAuthFlows: 'there is no managed login here',
      AllowedOAuthFlowsUserPoolClient: 'there is no managed login here',
      AllowedOAuthScopes: 'there is no managed login here',
      AuthSessionValidity: 'a challenge can be answered for three minutes',
      CallbackURLs: 'there is no managed login here',
      ClientName: DESCRIPTION,
      EnableTokenRevocation: 'refresh tokens can be revoked whatever it says',
      GenerateSecret: 'clients here have no secret',
      LogoutURLs: 'there is no managed login here',
      SupportedIdentityProviders: 'the pool is its only provider',
    },
  },
  'AWS::Cognito::ManagedLoginBranding': {
    honoured: [],
    accepted: acceptAll(
      ['ClientId', 'UseCognitoProvidedValues', 'UserPoolId'],
      'there is no managed login here',
    ),
  },
  'AWS::Cognito::UserPoolDomain': {
    nameProperty: 'Domain',
    honoured: [],
    accepted: acceptAll(
      ['CustomDomainConfig', 'Domain', 'ManagedLoginVersion', 'UserPoolId'],
      'there is no managed login here',
    ),
  },
  'AWS::Cognito::UserPoolGroup': {
    nameProperty: 'GroupName',
    honoured: ['GroupName', 'UserPoolId'],
    accepted: { Description: DESCRIPTION, Precedence: 'groups give no IAM role here' },
  },
};
