import { randomBytes } from 'node:crypto';
import type { MovableClock } from '../../clock.ts';
import type { Stack } from '../../stack.ts';
import { AwsError } from '../aws-call.ts';
import { isOneTimePassword, newSecret } from './one-time-password.ts';
import { checkPassword } from './password-policy.ts';
import { type AppClient, appClient, poolSettings } from './pool-settings.ts';
import { type TokenGenerator, validity } from './token-generator.ts';
import type { Claims, TokenKey } from './token-key.ts';
import type { User, UserDirectory } from './user-directory.ts';

type Input = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

/** A challenge that somebody has been given and not yet answered. */
interface Challenge {
  readonly username: string;
  readonly clientId: string;
  readonly name: string;
  /** Milliseconds since 1970, by the movable clock. */
  readonly expires: number;
}

/** What a sign-in needs of its pool. */
interface SignInParts {
  readonly stack: Stack;
  readonly clock: MovableClock;
  readonly directory: UserDirectory;
  readonly key: TokenKey;
  readonly generator: TokenGenerator;
}

/** Milliseconds that a challenge can be answered: AuthSessionValidity's default. */
const CHALLENGE_MS = 3 * 60_000;

/** What people do to get tokens, and with them. Source: the Cognito user pools API reference. */
export class SignIn {
  readonly operations: Readonly<Record<string, (input: Input) => object | Promise<object>>> = {
    InitiateAuth: (input) => this.#initiate(input),
    RespondToAuthChallenge: (input) => this.#respond(input),
    RevokeToken: (input) => this.#revoke(input),
    AssociateSoftwareToken: (input) => this.#associate(input),
    VerifySoftwareToken: (input) => this.#verifyDevice(input),
  };
  readonly #parts: SignInParts;
  readonly #challenges = new Map<string, Challenge>();

  constructor(parts: SignInParts) {
    this.#parts = parts;
  }

  async #initiate(input: Input): Promise<object> {
    const client = appClient(this.#parts.stack, input.ClientId);
    const parameters = (input.AuthParameters ?? {}) as Texts;
    const flow = String(input.AuthFlow);
    const isRefresh = flow === 'REFRESH_TOKEN_AUTH' || flow === 'REFRESH_TOKEN';
    if (!isRefresh && client.ExplicitAuthFlows && !client.ExplicitAuthFlows.includes(`ALLOW_${flow}`)) {
      throw new AwsError('InvalidParameterException', `${flow} flow not enabled for this client`);
    }
    if (isRefresh) return await this.#refresh(client, parameters, input);
    if (flow !== 'USER_PASSWORD_AUTH') {
      throw new AwsError('UnsupportedOperationException', `The local cloud does not know the flow ${flow}.`);
    }
    return await this.#go(this.#checkPassword(client, parameters), client, input);
  }

  /** The user whose name and password these are. @throws AwsError */
  #checkPassword(client: AppClient, parameters: Texts): User {
    const user = this.#parts.directory.find(client.UserPoolId, required(parameters, 'USERNAME'));
    const password = required(parameters, 'PASSWORD');
    if (!user && client.PreventUserExistenceErrors !== 'ENABLED') {
      throw new AwsError('UserNotFoundException', 'User does not exist.');
    }
    if (user?.enabled === false) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    if (!user || user.password !== password) {
      throw new AwsError('NotAuthorizedException', 'Incorrect username or password.');
    }
    return user;
  }

  /** The next challenge of somebody who has shown the password, else the tokens. */
  async #go(user: User, client: AppClient, input: Input): Promise<object> {
    if (user.status === 'FORCE_CHANGE_PASSWORD') {
      const { sub, ...userAttributes } = user.attributes;
      return this.#challenge(user, client, 'NEW_PASSWORD_REQUIRED', {
        requiredAttributes: '[]',
        userAttributes: JSON.stringify(userAttributes),
      });
    }
    if (user.oneTimePasswords?.verified && poolSettings(this.#parts.stack, user.poolId).mfa) {
      return this.#challenge(user, client, 'SOFTWARE_TOKEN_MFA', {});
    }
    return await this.#tokens(user, client, input, 'Authentication');
  }

  #challenge(user: User, client: AppClient, name: string, parameters: Texts): object {
    const session = randomBytes(48).toString('base64url');
    this.#challenges.set(session, {
      username: user.username,
      clientId: client.ClientId,
      name,
      expires: this.#parts.clock.now() + CHALLENGE_MS,
    });
    return {
      ChallengeName: name,
      Session: session,
      ChallengeParameters: { USER_ID_FOR_SRP: user.username, ...parameters },
    };
  }

  async #respond(input: Input): Promise<object> {
    const { stack, clock, directory } = this.#parts;
    const client = appClient(stack, input.ClientId);
    const responses = (input.ChallengeResponses ?? {}) as Texts;
    const session = String(input.Session);
    const challenge = this.#challenges.get(session);
    const user = directory.find(client.UserPoolId, required(responses, 'USERNAME'));
    if (
      !user ||
      !challenge ||
      challenge.expires <= clock.now() ||
      challenge.clientId !== client.ClientId ||
      challenge.username !== user.username ||
      challenge.name !== input.ChallengeName
    ) {
      throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
    }
    if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    if (challenge.name === 'NEW_PASSWORD_REQUIRED') {
      const password = required(responses, 'NEW_PASSWORD');
      checkPassword(poolSettings(stack, user.poolId).passwordPolicy, password);
      const changed: User = { ...user, password, status: 'CONFIRMED', modified: clock.now() };
      directory.save(changed);
      this.#challenges.delete(session);
      return await this.#tokens(changed, client, input, 'NewPasswordChallenge');
    }
    const code = required(responses, 'SOFTWARE_TOKEN_MFA_CODE');
    if (!isOneTimePassword(user.oneTimePasswords?.secret ?? '', code, Date.now())) {
      throw new AwsError('CodeMismatchException', 'Invalid code received for user');
    }
    this.#challenges.delete(session);
    return await this.#tokens(user, client, input, 'Authentication');
  }

  async #refresh(client: AppClient, parameters: Texts, input: Input): Promise<object> {
    const refreshed = this.#verify(required(parameters, 'REFRESH_TOKEN'), 'refresh', 'Invalid Refresh Token');
    const user = this.#userOf(refreshed);
    if (!user || refreshed.client_id !== client.ClientId) {
      throw new AwsError('NotAuthorizedException', 'Invalid Refresh Token');
    }
    if (this.#parts.directory.isRevoked(String(refreshed.origin_jti))) {
      throw new AwsError('NotAuthorizedException', 'Refresh Token has been revoked');
    }
    if (!user.enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    return await this.#tokens(user, client, input, 'RefreshTokens', refreshed);
  }

  async #tokens(
    user: User,
    client: AppClient,
    input: Input,
    source: string,
    refreshed?: Claims,
  ): Promise<object> {
    const { RefreshToken, ...tokens } = await this.#parts.generator.generate({
      user,
      client,
      clientMetadata: input.ClientMetadata as Texts | undefined,
      source,
      refreshed,
    });
    return {
      ChallengeParameters: {},
      AuthenticationResult: {
        ...tokens,
        // A refresh token stays the one it is.
        ...(refreshed ? {} : { RefreshToken }),
        TokenType: 'Bearer',
        ExpiresIn: validity(client, 'AccessToken'),
      },
    };
  }

  /** Also of a token that has expired or is not one, as AWS answers. */
  #revoke(input: Input): object {
    const client = appClient(this.#parts.stack, input.ClientId);
    const claims = this.#parts.key.claims(String(input.Token));
    if (claims?.token_use === 'refresh' && claims.client_id === client.ClientId) {
      this.#parts.directory.revoke(String(claims.origin_jti));
    }
    return {};
  }

  #associate(input: Input): object {
    const user = this.#bearer(input);
    const secret = newSecret();
    this.#parts.directory.save({ ...user, oneTimePasswords: { secret, verified: false } });
    return { SecretCode: secret };
  }

  /** From then on the user is asked for a one-time password. Codes go by real time, as authenticator apps do. */
  #verifyDevice(input: Input): object {
    const user = this.#bearer(input);
    const { secret } = user.oneTimePasswords ?? {};
    if (secret === undefined || !isOneTimePassword(secret, String(input.UserCode), Date.now())) {
      throw new AwsError('EnableSoftwareTokenMFAException', 'Code mismatch');
    }
    this.#parts.directory.save({ ...user, oneTimePasswords: { secret, verified: true } });
    return { Status: 'SUCCESS' };
  }

  /** The user whom an access token stands for. @throws AwsError NotAuthorizedException */
  #bearer(input: Input): User {
    const user = this.#userOf(this.#verify(String(input.AccessToken), 'access', 'Invalid Access Token'));
    if (!user) throw new AwsError('NotAuthorizedException', 'Invalid Access Token');
    return user;
  }

  #userOf({ iss, sub }: Claims): User | undefined {
    const poolId = String(iss).split('/').at(-1) ?? '';
    return this.#parts.directory.list(poolId).find((user) => user.attributes.sub === sub);
  }

  /** @throws AwsError NotAuthorizedException */
  #verify(token: string, use: 'access' | 'refresh', message: string): Claims {
    const claims = this.#parts.key.claims(token);
    if (claims?.token_use !== use) throw new AwsError('NotAuthorizedException', message);
    if (Number(claims.exp) * 1000 <= this.#parts.clock.now()) {
      const name = use === 'refresh' ? 'Refresh Token' : 'Access Token';
      throw new AwsError('NotAuthorizedException', `${name} has expired`);
    }
    return claims;
  }
}

function required(parameters: Texts, name: string): string {
  const value = parameters[name];
  if (typeof value === 'string' && value !== '') return value;
  throw new AwsError('InvalidParameterException', `Missing required parameter ${name}`);
}
