import { Duration, Fn, Stack } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnManagedLoginBranding,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
} from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Configuration } from '../configuration/schema.ts';
import { removalPolicyFor } from '../removal-policy.ts';

/**
 * The user pool of those who run maintenance. Nobody signs up by himself, accounts are recovered by an administrator
 * only, and a token lives 15 minutes: that is how long a demoted admin can still act with one.
 */
export class AdminUserPool extends Construct {
  readonly pool: UserPool;
  readonly client: UserPoolClient;
  /** Where people sign in by a browser; undefined where no console asks for it. */
  readonly signInUrl: string | undefined;

  constructor(scope: Construct, id: string, configuration: Configuration) {
    super(scope, id);
    this.pool = new UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { username: true },
      signInCaseSensitive: false,
      mfa: Mfa.OPTIONAL,
      mfaSecondFactor: { otp: true, sms: false },
      passwordPolicy: {
        minLength: 12,
        requireDigits: true,
        requireLowercase: true,
        requireUppercase: true,
        requireSymbols: true,
        tempPasswordValidity: Duration.days(3),
      },
      accountRecovery: AccountRecovery.NONE,
      featurePlan: FeaturePlan.ESSENTIALS,
      deletionProtection: configuration.deletionProtection,
      removalPolicy: removalPolicyFor(configuration.deletionProtection),
    });
    for (const groupName of new Set([...configuration.adminGroups, ...configuration.workerGroups])) {
      this.pool.addGroup(`Group-${groupName}`, { groupName });
    }
    this.client = this.pool.addClient('Client', {
      generateSecret: false,
      authFlows: { userPassword: true, userSrp: true },
      ...oauth(configuration),
      accessTokenValidity: Duration.minutes(15),
      idTokenValidity: Duration.minutes(15),
      refreshTokenValidity: Duration.hours(12),
      enableTokenRevocation: true,
      preventUserExistenceErrors: true,
    });
    this.signInUrl = configuration.console === undefined ? undefined : this.#managedLogin();
    acknowledge(
      this.pool,
      'COG2',
      'A one-time password is offered to everybody and can be made compulsory in the pool; forcing it on the first ' +
        'sign-in would lock out the admin of a new stack who has only a terminal at hand.',
    );
    acknowledge(
      this.pool,
      'COG8',
      'Threat protection needs the Plus plan, priced by user. The pool holds a handful of administrators, created ' +
        'by an administrator, and declaring an emergency takes a sign-in of the last 15 minutes.',
    );
  }

  /** Cognito's own pages. Their prefix must be unique in the region: it ends with a part of the stack's id. */
  #managedLogin(): string {
    const { stackId } = Stack.of(this);
    const unique = Fn.select(4, Fn.split('-', Fn.select(2, Fn.split('/', stackId))));
    const domain = this.pool.addDomain('SignIn', {
      cognitoDomain: { domainPrefix: Fn.join('-', ['maintenance', unique]) },
      managedLoginVersion: ManagedLoginVersion.NEWER_MANAGED_LOGIN,
    });
    new CfnManagedLoginBranding(this, 'Branding', {
      userPoolId: this.pool.userPoolId,
      clientId: this.client.userPoolClientId,
      useCognitoProvidedValues: true,
    }).node.addDependency(domain);
    return domain.baseUrl();
  }
}

/** What the client may do at the pool's pages: authorization codes for the console, with PKCE, since it has no secret. */
function oauth({ console: site }: Configuration): Pick<UserPoolClientOptions, 'disableOAuth' | 'oAuth'> {
  if (site === undefined) return { disableOAuth: true };
  return {
    oAuth: {
      flows: { authorizationCodeGrant: true },
      scopes: [OAuthScope.OPENID],
      callbackUrls: [`${site.url}/callback.html`],
      logoutUrls: [`${site.url}/`],
    },
  };
}
