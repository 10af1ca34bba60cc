import {
  AdminAddUserToGroupCommand,
  AdminCreateUserCommand,
  AdminDisableUserCommand,
  AssociateSoftwareTokenCommand,
  CognitoIdentityProviderClient,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  RevokeTokenCommand,
  VerifySoftwareTokenCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { JwtRsaVerifier } from 'aws-jwt-verify';
import { SimpleJwksCache } from 'aws-jwt-verify/jwk';
import { accessKeyOf } from '../../iam.ts';
import { SEED_USERS, seed } from '../../seed.ts';
import { oneTimePassword } from '../../services/user-pool/one-time-password.ts';
import { handmadeStack } from '../support/handmade-stack.ts';
import { ServicesUnderTest } from '../support/services-under-test.ts';

const stack = handmadeStack({
  Pool: {
    Type: 'AWS::Cognito::UserPool',
    Properties: {
      MfaConfiguration: 'OPTIONAL',
      UsernameConfiguration: { CaseSensitive: false },
      Policies: { PasswordPolicy: { MinimumLength: 12, RequireNumbers: true } },
      LambdaConfig: {
        PreTokenGenerationConfig: { LambdaArn: { 'Fn::GetAtt': ['Trigger', 'Arn'] }, LambdaVersion: 'V2_0' },
      },
    },
  },
  Client: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: {
      UserPoolId: { Ref: 'Pool' },
      ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
      AccessTokenValidity: 15,
      PreventUserExistenceErrors: 'ENABLED',
      RefreshTokenValidity: 12,
      TokenValidityUnits: { AccessToken: 'minutes', RefreshToken: 'hours' },
    },
  },
  OpenClient: {
    Type: 'AWS::Cognito::UserPoolClient',
    Properties: { UserPoolId: { Ref: 'Pool' }, ExplicitAuthFlows: ['ALLOW_USER_PASSWORD_AUTH'] },
  },
  Admins: {
    Type: 'AWS::Cognito::UserPoolGroup',
    Properties: { UserPoolId: { Ref: 'Pool' }, GroupName: 'admins' },
  },
  Workers: {
    Type: 'AWS::Cognito::UserPoolGroup',
    Properties: { UserPoolId: { Ref: 'Pool' }, GroupName: 'workers' },
  },
  Trigger: { Type: 'AWS::Lambda::Function', Properties: { FunctionName: 'pre-token' } },
  Role: { Type: 'AWS::IAM::Role' },
});

let under: ServicesUnderTest;
let cognito: CognitoIdentityProviderClient;
let pool: string;
let clientId: string;
let issuer: string;

beforeAll(async () => {
  under = await ServicesUnderTest.start(stack);
  pool = stack.attribute(stack.resource('Pool'), 'Ref');
  clientId = stack.attribute(stack.resource('Client'), 'Ref');
  issuer = stack.attribute(stack.resource('Pool'), 'ProviderURL');
  const { services, cloud } = under;
  await seed(stack, services.userPools, services.redis.client, () => cloud.clock.now());
  cognito = clientFor('test');
});
afterAll(() => under?.stop());
beforeEach(() => {
  under.handler = ({ event }) => ({ ...event, response: { claimsAndScopeOverrideDetails: null } });
  under.invocations.length = 0;
});

const clientFor = (accessKeyId: string) =>
  new CognitoIdentityProviderClient({
    endpoint: new URL(issuer).origin,
    region: 'us-east-1',
    credentials: { accessKeyId, secretAccessKey: 'test' },
    maxAttempts: 1,
  });

const seeded = (username: string) => SEED_USERS.find((user) => user.username === username)?.password ?? '';

function signIn(username: string, password = seeded(username)) {
  return cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: clientId,
      AuthParameters: { USERNAME: username, PASSWORD: password },
    }),
  );
}

function refresh(token: string | undefined) {
  return cognito.send(
    new InitiateAuthCommand({
      AuthFlow: 'REFRESH_TOKEN_AUTH',
      ClientId: clientId,
      AuthParameters: { REFRESH_TOKEN: token ?? '' },
    }),
  );
}

function answer(name: string, session: string | undefined, responses: Record<string, string>) {
  return cognito.send(
    new RespondToAuthChallengeCommand({
      ChallengeName: name as 'NEW_PASSWORD_REQUIRED',
      ClientId: clientId,
      Session: session,
      ChallengeResponses: responses,
    }),
  );
}

/** The claims of a token that verifies against the keys that its issuer serves. */
async function verified(token: string | undefined) {
  const response = await fetch(`${issuer}/.well-known/jwks.json`);
  const verifier = JwtRsaVerifier.create(
    { issuer, audience: null, graceSeconds: 100_000 },
    { jwksCache: new SimpleJwksCache() },
  );
  verifier.cacheJwks((await response.json()) as Parameters<typeof verifier.cacheJwks>[0]);
  return verifier.verifySync(token ?? '');
}

describe('a sign-in', () => {
  test.each([
    ['admin', ['admins']],
    ['worker', ['workers']],
    ['member', undefined],
  ])('of %s gives an access token that verifies, with the groups %p', async (username, groups) => {
    const { AuthenticationResult } = await signIn(username);
    expect(AuthenticationResult).toMatchObject({ ExpiresIn: 900, TokenType: 'Bearer' });
    const claims = await verified(AuthenticationResult?.AccessToken);
    expect(claims).toMatchObject({ iss: issuer, client_id: clientId, token_use: 'access', username });
    expect(claims['cognito:groups']).toEqual(groups);
    expect(Number(claims.exp) - Number(claims.iat)).toBe(900);
    expect(claims.auth_time).toBe(claims.iat);
  });

  test('takes the name in any case', async () => {
    const { AuthenticationResult } = await signIn('ADMIN', seeded('admin'));
    expect(await verified(AuthenticationResult?.AccessToken)).toMatchObject({ username: 'admin' });
  });

  test.each([
    ['a wrong password', 'admin', 'wrong'],
    ['an unknown user', 'nobody', 'wrong'],
    ['a prototype key', '__proto__', 'wrong'],
  ])('is refused for %s', async (_what, username, password) => {
    await expect(signIn(username, password)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Incorrect username or password.',
    });
  });

  test('names an unknown user where the client prevents no such errors', async () => {
    const openClient = stack.attribute(stack.resource('OpenClient'), 'Ref');
    const AuthParameters = { USERNAME: 'nobody', PASSWORD: 'wrong' };
    await expect(
      cognito.send(
        new InitiateAuthCommand({ AuthFlow: 'USER_PASSWORD_AUTH', ClientId: openClient, AuthParameters }),
      ),
    ).rejects.toMatchObject({ name: 'UserNotFoundException', message: 'User does not exist.' });
  });

  test.each([
    ['no password', { USERNAME: 'admin' }, 'Missing required parameter PASSWORD'],
    ['no name', { PASSWORD: 'x' }, 'Missing required parameter USERNAME'],
  ])('with %s is refused', async (_what, AuthParameters, message) => {
    const command = new InitiateAuthCommand({
      AuthFlow: 'USER_PASSWORD_AUTH',
      ClientId: clientId,
      AuthParameters: AuthParameters as unknown as Record<string, string>,
    });
    await expect(cognito.send(command)).rejects.toMatchObject({ name: 'InvalidParameterException', message });
  });

  test('can be revoked: it is not refreshed then', async () => {
    const { AuthenticationResult } = await signIn('admin');
    const Token = AuthenticationResult?.RefreshToken;
    await cognito.send(new RevokeTokenCommand({ ClientId: clientId, Token }));
    await expect(refresh(Token)).rejects.toMatchObject({ message: 'Refresh Token has been revoked' });
  });

  test('goes by the movable clock, and a refresh keeps its time', async () => {
    const { AuthenticationResult: first } = await signIn('admin');
    under.cloud.clock.advance(3_600_000);
    const { AuthenticationResult: second } = await refresh(first?.RefreshToken);
    const [before, after] = [await verified(first?.AccessToken), await verified(second?.AccessToken)];
    expect(Number(after.iat) - Number(before.iat)).toBeGreaterThanOrEqual(3600);
    expect(after.auth_time).toBe(before.auth_time);
    expect(after.origin_jti).toBe(before.origin_jti);
    expect(after['cognito:groups']).toEqual(['admins']);
  });

  test('can be refreshed for as long as the client says', async () => {
    const { AuthenticationResult } = await signIn('admin');
    under.cloud.clock.advance(13 * 3_600_000);
    await expect(refresh(AuthenticationResult?.RefreshToken)).rejects.toMatchObject({
      name: 'NotAuthorizedException',
      message: 'Refresh Token has expired',
    });
    await expect(refresh('made up')).rejects.toMatchObject({ message: 'Invalid Refresh Token' });
  });
});

describe('a challenge', () => {
  const create = (Username: string) =>
    cognito.send(
      new AdminCreateUserCommand({ UserPoolId: pool, Username, TemporaryPassword: 'Temporary-pass-1' }),
    );

  test('asks a new user for a password of its own, and the user can refresh then', async () => {
    await create('newcomer');
    await expect(signIn('newcomer', 'wrong')).rejects.toMatchObject({ name: 'NotAuthorizedException' });
    const { ChallengeName, Session } = await signIn('newcomer', 'Temporary-pass-1');
    expect(ChallengeName).toBe('NEW_PASSWORD_REQUIRED');
    const responses = { USERNAME: 'newcomer', NEW_PASSWORD: 'short' };
    await expect(answer('NEW_PASSWORD_REQUIRED', Session, responses)).rejects.toMatchObject({
      name: 'InvalidPasswordException',
    });
    const own = { ...responses, NEW_PASSWORD: 'My-own-password-2' };
    const { AuthenticationResult } = await answer('NEW_PASSWORD_REQUIRED', Session, own);
    expect(
      (await refresh(AuthenticationResult?.RefreshToken)).AuthenticationResult?.AccessToken,
    ).toBeDefined();
    await expect(answer('NEW_PASSWORD_REQUIRED', Session, own)).rejects.toMatchObject({
      message: 'Invalid session for the user.',
    });
    expect((await signIn('newcomer', 'My-own-password-2')).AuthenticationResult).toBeDefined();
  });

  test('is not answered with a session of somebody else, or one made up', async () => {
    await create('victim');
    await create('attacker');
    const { Session } = await signIn('attacker', 'Temporary-pass-1');
    for (const session of [Session, 'made-up-session-of-twenty']) {
      const responses = { USERNAME: 'victim', NEW_PASSWORD: 'My-own-password-2' };
      await expect(answer('NEW_PASSWORD_REQUIRED', session, responses)).rejects.toMatchObject({
        name: 'NotAuthorizedException',
      });
    }
  });

  test('asks for the one-time password of who has set one up', async () => {
    const { AuthenticationResult } = await signIn('worker');
    const { AccessToken } = AuthenticationResult ?? {};
    const { SecretCode } = await cognito.send(new AssociateSoftwareTokenCommand({ AccessToken }));
    const code = () => oneTimePassword(SecretCode ?? '', Date.now());
    await cognito.send(new VerifySoftwareTokenCommand({ AccessToken, UserCode: code() }));
    const { ChallengeName, Session } = await signIn('worker');
    expect(ChallengeName).toBe('SOFTWARE_TOKEN_MFA');
    const responses = { USERNAME: 'worker', SOFTWARE_TOKEN_MFA_CODE: '000000' };
    await expect(answer('SOFTWARE_TOKEN_MFA', Session, responses)).rejects.toMatchObject({
      name: 'CodeMismatchException',
    });
    const right = await answer('SOFTWARE_TOKEN_MFA', Session, {
      ...responses,
      SOFTWARE_TOKEN_MFA_CODE: code(),
    });
    expect(await verified(right.AuthenticationResult?.AccessToken)).toMatchObject({ username: 'worker' });
  });
});

describe('the trigger before tokens are given out', () => {
  const refuse = () => {
    throw new Error('Maintenance is in progress.');
  };

  test('is told the groups, and can add claims to the access token', async () => {
    under.handler = ({ event }) => ({
      ...event,
      response: {
        claimsAndScopeOverrideDetails: {
          accessTokenGeneration: {
            claimsToAddOrOverride: { shift: 'night', sub: 'forged' },
            scopesToAdd: ['more'],
          },
        },
      },
    });
    const { AuthenticationResult } = await signIn('admin');
    expect(under.invocations[0]?.event).toMatchObject({
      version: '2',
      triggerSource: 'TokenGeneration_Authentication',
      userName: 'admin',
      request: {
        groupConfiguration: { groupsToOverride: ['admins'] },
        scopes: ['aws.cognito.signin.user.admin'],
      },
    });
    const claims = await verified(AuthenticationResult?.AccessToken);
    expect(claims).toMatchObject({ shift: 'night', scope: 'aws.cognito.signin.user.admin more' });
    expect(claims.sub).not.toBe('forged');
  });

  test('refuses sign-ins and refreshes by its error', async () => {
    const { AuthenticationResult } = await signIn('member');
    under.handler = refuse;
    const refusal = {
      name: 'UserLambdaValidationException',
      message: 'PreTokenGeneration failed with error Maintenance is in progress..',
    };
    await expect(signIn('member')).rejects.toMatchObject(refusal);
    await expect(refresh(AuthenticationResult?.RefreshToken)).rejects.toMatchObject(refusal);
    expect(under.invocations.at(-1)?.event.triggerSource).toBe('TokenGeneration_RefreshTokens');
  });
});

describe('the administration of users', () => {
  test('disables a user at once', async () => {
    const { AuthenticationResult } = await signIn('member');
    await cognito.send(new AdminDisableUserCommand({ UserPoolId: pool, Username: 'member' }));
    await expect(signIn('member')).rejects.toMatchObject({ message: 'User is disabled.' });
    await expect(refresh(AuthenticationResult?.RefreshToken)).rejects.toMatchObject({
      message: 'User is disabled.',
    });
  });

  test('takes a signature, and a role that may', async () => {
    const promote = new AdminAddUserToGroupCommand({
      UserPoolId: pool,
      Username: 'member',
      GroupName: 'admins',
    });
    await expect(clientFor(accessKeyOf('Role')).send(promote)).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    const unsigned = await fetch(new URL(issuer).origin, {
      method: 'POST',
      headers: { 'X-Amz-Target': 'AWSCognitoIdentityProviderService.AdminGetUser' },
      body: JSON.stringify({ UserPoolId: pool, Username: 'admin' }),
    });
    expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' });
  });
});
