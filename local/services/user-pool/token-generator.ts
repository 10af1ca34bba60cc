import { randomUUID } from 'node:crypto';
import type { MovableClock } from '../../clock.ts';
import type { AppClient } from './pool-settings.ts';
import type { PreTokenTrigger } from './pre-token-trigger.ts';
import type { Claims, TokenKey } from './token-key.ts';
import type { User } from './user-directory.ts';

/** For whom tokens are made, and on what occasion. */
export interface TokenRequest {
  readonly user: User;
  readonly client: AppClient;
  readonly clientMetadata: Readonly<Record<string, string>> | undefined;
  /** The end of the trigger's name, such as `Authentication`. */
  readonly source: string;
  /** The claims of the refresh token that new tokens are made from. */
  readonly refreshed?: Claims | undefined;
}

/** The tokens that answer a sign-in or a refresh. */
export interface Tokens {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly RefreshToken: string;
}

const SECONDS: Readonly<Record<string, number>> = { seconds: 1, minutes: 60, hours: 3600, days: 86_400 };

/**
 * Makes a user pool's tokens with the claims that Cognito gives them.
 * Source: "Understanding user pool JSON web tokens" of the Cognito developer guide.
 */
export class TokenGenerator {
  readonly #clock: MovableClock;
  readonly #key: TokenKey;
  readonly #issuer: (poolId: string) => string;
  readonly #trigger: PreTokenTrigger;

  constructor(
    clock: MovableClock,
    key: TokenKey,
    issuer: (poolId: string) => string,
    trigger: PreTokenTrigger,
  ) {
    this.#clock = clock;
    this.#key = key;
    this.#issuer = issuer;
    this.#trigger = trigger;
  }

  /** @throws AwsError UserLambdaValidationException when the trigger refuses */
  async generate({ user, client, clientMetadata, source, refreshed }: TokenRequest): Promise<Tokens> {
    const now = Math.floor(this.#clock.now() / 1000);
    const { attributes, groups } = user;
    const shared = {
      sub: attributes.sub,
      iss: this.#issuer(client.UserPoolId),
      origin_jti: refreshed?.origin_jti ?? randomUUID(),
      event_id: randomUUID(),
      auth_time: refreshed?.auth_time ?? now,
      iat: now,
    };
    const groupClaim = groups.length > 0 ? { 'cognito:groups': groups } : {};
    const overridden = await this.#trigger.run({
      access: {
        ...shared,
        ...groupClaim,
        client_id: client.ClientId,
        token_use: 'access',
        scope: 'aws.cognito.signin.user.admin',
        username: user.username,
      },
      id: {
        ...shared,
        ...groupClaim,
        ...Object.fromEntries(Object.entries(attributes).filter(([name]) => name.startsWith('custom:'))),
        ...(attributes.email === undefined ? {} : { email: attributes.email }),
        email_verified: attributes.email_verified === 'true',
        'cognito:username': user.username,
        aud: client.ClientId,
        token_use: 'id',
      },
      poolId: client.UserPoolId,
      clientId: client.ClientId,
      clientMetadata,
      username: user.username,
      attributes,
      groups,
      source,
    });
    const signed = (claims: Claims, seconds: number) =>
      this.#key.sign({ ...claims, exp: now + seconds, jti: randomUUID() });
    return {
      AccessToken: signed(overridden.access, validity(client, 'AccessToken')),
      IdToken: signed(overridden.id, validity(client, 'IdToken')),
      RefreshToken: signed(
        { ...shared, client_id: client.ClientId, token_use: 'refresh' },
        validity(client, 'RefreshToken'),
      ),
    };
  }
}

/** Seconds that a client's tokens are valid. Source: AccessTokenValidity and its like of the CloudFormation reference. */
export function validity(client: AppClient, token: 'AccessToken' | 'IdToken' | 'RefreshToken'): number {
  const unit = client.TokenValidityUnits?.[token] ?? (token === 'RefreshToken' ? 'days' : 'hours');
  const amount = client[`${token}Validity`] ?? (token === 'RefreshToken' ? 30 : 1);
  return amount * (SECONDS[unit] ?? 0);
}
