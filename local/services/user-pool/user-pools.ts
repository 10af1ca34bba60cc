import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { types } from 'node:util';
import { Router } from 'cognito-local/lib/server/Router.js';
import {
  type AppClient,
  type CognitoService,
  CognitoServiceFactoryImpl,
  type User,
  type UserPool,
} from 'cognito-local/lib/services/cognitoService.js';
import { otp } from 'cognito-local/lib/services/otp.js';
import { UserPoolServiceFactoryImpl } from 'cognito-local/lib/services/userPoolService.js';
import type { CloudContext, FunctionInvoker } from '../../local-services.ts';
import type { Resource } from '../../template.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService, jsonBody } from '../aws-call.ts';
import type { CallerAccess } from '../caller-access.ts';
import { suffer } from '../service-fault.ts';
import { JsonStores } from './json-store.ts';
import { checkPassword, type PasswordPolicy } from './password-policy.ts';
import { type PreTokenFunction, PreTokenTrigger } from './pre-token-trigger.ts';
import { type TokenContext, TokenGenerator, validity } from './token-generator.ts';
import { type Claims, TokenKey } from './token-key.ts';

type Input = Record<string, unknown>;

/** A challenge that somebody has been given and not yet answered. */
interface Challenge {
  readonly username: string;
  readonly clientId: string;
  readonly name: string;
  /** Milliseconds since 1970, by the movable clock. */
  readonly expires: number;
}

/** Minutes that a challenge can be answered: AuthSessionValidity's default. */
const CHALLENGE_MS = 3 * 60_000;

/** Operations that take no signature. Source: "Understanding API, OIDC, and managed login pages authentication". */
const UNSIGNED = new Set([
  'AssociateSoftwareToken',
  'ChangePassword',
  'ConfirmForgotPassword',
  'ConfirmSignUp',
  'DeleteUser',
  'DeleteUserAttributes',
  'ForgotPassword',
  'GetUser',
  'GetUserAttributeVerificationCode',
  'InitiateAuth',
  'RespondToAuthChallenge',
  'RevokeToken',
  'SetUserMFAPreference',
  'SignUp',
  'UpdateUserAttributes',
  'VerifySoftwareToken',
  'VerifyUserAttribute',
]);

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
};

/** cognito-local logs each step at level debug; none of it is wanted. */
const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/**
 * The template's user pools in cognito-local, with its gaps closed: it answers challenges without the password,
 * believes unsigned access tokens and made-up sessions, knows no disabled users, password policies or expiry of
 * refresh tokens, and shares one published key among all its users.
 */
export class UserPools implements AwsService {
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #cognito: CognitoService;
  readonly #key: TokenKey;
  readonly #route: ReturnType<typeof Router>;
  readonly #challenges = new Map<string, Challenge>();

  private constructor(
    context: CloudContext,
    caller: CallerAccess,
    cognito: CognitoService,
    key: TokenKey,
    generator: TokenGenerator,
  ) {
    this.#context = context;
    this.#caller = caller;
    this.#cognito = cognito;
    this.#key = key;
    this.#route = Router({
      clock: { get: () => new Date(context.clock.now()) },
      cognito,
      config: {},
      otp,
      tokenGenerator: generator,
      triggers: { enabled: () => false },
      messages: {
        deliver: async (...[, , , , user, code]: [unknown, unknown, unknown, unknown, User, string]) =>
          console.error(`Cognito would send ${user.Username} the code ${code}.`),
      },
    });
  }

  /**
   * Opens the pools in a folder, and brings their settings, clients and groups in line with the template.
   *
   * @param issuer the URL of a pool's issuer, by the pool's id
   */
  static async start(
    context: CloudContext,
    caller: CallerAccess,
    folder: string,
    options: { issuer: (poolId: string) => string; functions: () => FunctionInvoker },
  ): Promise<UserPools> {
    const data = path.join(folder, 'pools');
    mkdirSync(data, { recursive: true });
    const { clock, stack } = context;
    const stores = new JsonStores(data);
    const now = { get: () => new Date(clock.now()) };
    const factory = new CognitoServiceFactoryImpl(data, stores, new UserPoolServiceFactoryImpl(now, stores));
    const cognito = await factory.create({ logger: silent }, {});
    const key = new TokenKey(path.join(folder, 'token-key.pem'));
    const triggers = new Map<string, PreTokenFunction>();
    const trigger = new PreTokenTrigger(options.functions, (poolId) => triggers.get(poolId));
    const generator = new TokenGenerator(clock, key, options.issuer, trigger);
    const pools = new UserPools(context, caller, cognito, key, generator);
    for (const resource of stack.resources('AWS::Cognito::UserPool')) {
      await pools.#synchronise(resource);
      const configured = preTokenFunction(resource, stack.property(resource, 'LambdaConfig'));
      if (configured) triggers.set(stack.attribute(resource, 'Ref'), configured);
    }
    return pools;
  }

  /** What an issuer serves beside its API: its keys, and where they are. */
  wellKnown(call: AwsCall, issuerOf: (poolId: string) => string): Promise<AwsAnswer> | undefined {
    if (call.method === 'OPTIONS') return Promise.resolve({ status: 204, headers: CORS, body: '' });
    const match = /^\/([\w-]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(call.url);
    const [, poolId = '', name] = match ?? [];
    if (call.method !== 'GET' || !this.#isPool(poolId)) return undefined;
    return this.#serveWellKnown(
      name === 'jwks.json'
        ? this.#key.jwks()
        : {
            issuer: issuerOf(poolId),
            jwks_uri: `${issuerOf(poolId)}/.well-known/jwks.json`,
            id_token_signing_alg_values_supported: ['RS256'],
            subject_types_supported: ['public'],
            response_types_supported: ['code', 'token'],
          },
    );
  }

  async call(call: AwsCall): Promise<AwsAnswer> {
    await suffer(this.#context.faults, 'cognito');
    const input = jsonBody(call);
    if (!UNSIGNED.has(call.operation)) await this.#authorise(call, input);
    const output = await this.operate(call.operation, input);
    const body = JSON.stringify(output, function (this: Input, key, value: unknown) {
      const original = this[key];
      return types.isDate(original) ? Math.floor(original.getTime() / 1000) : value;
    });
    return { headers: CORS, body };
  }

  /** Does an operation on behalf of an administrator. @throws AwsError */
  async operate(operation: string, input: Input): Promise<Input> {
    const pool = await this.#poolOf(input);
    const normalised = pool ? this.#normalise(pool, input) : input;
    const context = await this.#check(operation, normalised, pool);
    try {
      const output = await this.#route(operation)({ logger: silent, ...context }, normalised);
      return pool ? await this.#complete(operation, pool, normalised, output) : output;
    } catch (error) {
      throw asAwsError(error);
    }
  }

  async #serveWellKnown(document: object): Promise<AwsAnswer> {
    await suffer(this.#context.faults, 'cognito');
    return {
      headers: { ...CORS, 'Content-Type': 'application/json' },
      body: JSON.stringify(document),
    };
  }

  async #authorise(call: AwsCall, input: Input): Promise<void> {
    if (call.accessKeyId === '')
      throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token');
    const { stack } = this.#context;
    const pool = stack
      .resources('AWS::Cognito::UserPool')
      .find((resource) => stack.attribute(resource, 'Ref') === input.UserPoolId);
    this.#caller.authorise(call, `cognito-idp:${call.operation}`, pool ? stack.attribute(pool, 'Arn') : '*');
  }

  /** What must hold before cognito-local does the operation; what the token generator is to know. */
  async #check(operation: string, input: Input, pool: UserPool | undefined): Promise<TokenContext> {
    if (typeof input.AccessToken === 'string') this.#verify(input.AccessToken, 'access');
    const responses = (input.ChallengeResponses ?? {}) as Record<string, string>;
    const { Password, ProposedPassword, TemporaryPassword } = input;
    for (const password of [Password, ProposedPassword, TemporaryPassword, responses.NEW_PASSWORD]) {
      if (typeof password === 'string') checkPassword(this.#policy(pool), password);
    }
    switch (operation) {
      case 'AdminCreateUser':
        input.MessageAction = 'SUPPRESS';
        return {};
      case 'SignUp':
        throw new AwsError('NotAuthorizedException', 'SignUp is not permitted for this user pool');
      case 'InitiateAuth':
      case 'AdminInitiateAuth':
        return await this.#checkSignIn(input, pool);
      case 'RespondToAuthChallenge':
        this.#checkChallenge(input, responses);
        return input.ChallengeName === 'NEW_PASSWORD_REQUIRED' ? { source: 'NewPasswordChallenge' } : {};
      default:
        return {};
    }
  }

  async #checkSignIn(input: Input, pool: UserPool | undefined): Promise<TokenContext> {
    const client = await this.#cognito.getAppClient({ logger: silent }, String(input.ClientId));
    if (!client || !pool) {
      throw new AwsError('ResourceNotFoundException', `User pool client ${input.ClientId} does not exist.`);
    }
    const parameters = (input.AuthParameters ?? {}) as Record<string, string>;
    const flow = String(input.AuthFlow);
    if (flow.startsWith('REFRESH_TOKEN')) return await this.#checkRefresh(parameters, client, pool);
    if (client.ExplicitAuthFlows && !client.ExplicitAuthFlows.includes(`ALLOW_${flow}`)) {
      throw new AwsError('InvalidParameterException', `${flow} flow not enabled for this client`);
    }
    if (!flow.endsWith('USER_PASSWORD_AUTH')) return {};
    const user = await pool.getUserByUsername({ logger: silent }, String(parameters.USERNAME));
    if (user?.Enabled === false) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    if (!user || user.Password !== parameters.PASSWORD) {
      throw new AwsError('NotAuthorizedException', 'Incorrect username or password.');
    }
    return {};
  }

  async #checkRefresh(
    parameters: Record<string, string>,
    client: AppClient,
    pool: UserPool,
  ): Promise<TokenContext> {
    const token = String(parameters.REFRESH_TOKEN);
    const refreshed = this.#verify(token, 'refresh', 'Invalid Refresh Token');
    const user = await pool.getUserByRefreshToken({ logger: silent }, token);
    if (refreshed.client_id !== client.ClientId || !user) {
      throw new AwsError('NotAuthorizedException', 'Invalid Refresh Token');
    }
    if (!user.Enabled) throw new AwsError('NotAuthorizedException', 'User is disabled.');
    return { refreshed };
  }

  #checkChallenge(input: Input, responses: Record<string, string>): void {
    const challenge = this.#challenges.get(String(input.Session));
    const answers =
      challenge &&
      challenge.expires > this.#context.clock.now() &&
      challenge.clientId === input.ClientId &&
      challenge.username === responses.USERNAME &&
      challenge.name === input.ChallengeName;
    if (!answers) throw new AwsError('NotAuthorizedException', 'Invalid session for the user.');
  }

  /** Keeps the challenge or the refresh token of an answer, and adds what cognito-local leaves out of it. */
  async #complete(operation: string, pool: UserPool, input: Input, output: Input): Promise<Input> {
    const result = output.AuthenticationResult as { RefreshToken?: string } | undefined;
    const parameters = (input.AuthParameters ?? input.ChallengeResponses ?? {}) as Record<string, string>;
    const username = String(parameters.USERNAME);
    if (typeof output.Session === 'string' && output.ChallengeName) {
      this.#challenges.set(output.Session, {
        username,
        clientId: String(input.ClientId),
        name: String(output.ChallengeName),
        expires: this.#context.clock.now() + CHALLENGE_MS,
      });
    }
    if (!result) return output;
    if (operation.endsWith('RespondToAuthChallenge')) {
      this.#challenges.delete(String(input.Session));
      const user = await pool.getUserByUsername({ logger: silent }, username);
      if (user && result.RefreshToken)
        await pool.storeRefreshToken({ logger: silent }, result.RefreshToken, user);
    }
    const client = await this.#cognito.getAppClient({ logger: silent }, String(input.ClientId));
    return {
      ...output,
      AuthenticationResult: {
        ...result,
        TokenType: 'Bearer',
        ...(client ? { ExpiresIn: validity(client, 'AccessToken') } : {}),
      },
    };
  }

  /** @throws AwsError NotAuthorizedException */
  #verify(token: string, use: string, message = 'Invalid Access Token'): Claims {
    const claims = this.#key.claims(token);
    if (claims?.token_use !== use) throw new AwsError('NotAuthorizedException', message);
    if (Number(claims.exp) * 1000 <= this.#context.clock.now()) {
      const name = use === 'refresh' ? 'Refresh Token' : 'Access Token';
      throw new AwsError('NotAuthorizedException', `${name} has expired`);
    }
    return claims;
  }

  async #poolOf(input: Input): Promise<UserPool | undefined> {
    const context = { logger: silent };
    if (typeof input.UserPoolId === 'string' && this.#isPool(input.UserPoolId)) {
      return await this.#cognito.getUserPool(context, input.UserPoolId);
    }
    if (typeof input.ClientId !== 'string') return undefined;
    const client = await this.#cognito.getAppClient(context, input.ClientId);
    return client ? await this.#cognito.getUserPool(context, client.UserPoolId) : undefined;
  }

  /** Names are compared without regard to case where the pool says so: they are kept in lower case. */
  #normalise(pool: UserPool, input: Input): Input {
    const { stack } = this.#context;
    const resource = stack.find('AWS::Cognito::UserPool', pool.options.Id);
    const configuration = resource && stack.property(resource, 'UsernameConfiguration');
    if ((configuration as { CaseSensitive?: boolean } | undefined)?.CaseSensitive === true) return input;
    const lower = (value: unknown) => (typeof value === 'string' ? value.toLowerCase() : value);
    const withName = (value: unknown) =>
      typeof value === 'object' && value !== null && 'USERNAME' in value
        ? { ...value, USERNAME: lower(value.USERNAME) }
        : value;
    return {
      ...input,
      ...('Username' in input ? { Username: lower(input.Username) } : {}),
      ...('AuthParameters' in input ? { AuthParameters: withName(input.AuthParameters) } : {}),
      ...('ChallengeResponses' in input ? { ChallengeResponses: withName(input.ChallengeResponses) } : {}),
    };
  }

  #policy(pool: UserPool | undefined): PasswordPolicy {
    const { stack } = this.#context;
    const resource = pool && stack.find('AWS::Cognito::UserPool', pool.options.Id);
    const policies =
      resource && (stack.property(resource, 'Policies') as { PasswordPolicy?: PasswordPolicy });
    return policies?.PasswordPolicy ?? {};
  }

  #isPool(poolId: string): boolean {
    const { stack } = this.#context;
    return stack
      .resources('AWS::Cognito::UserPool')
      .some((resource) => stack.attribute(resource, 'Ref') === poolId);
  }

  async #synchronise(resource: Resource): Promise<void> {
    const { stack, clock } = this.#context;
    const context = { logger: silent };
    const id = stack.attribute(resource, 'Ref');
    const settings = stack.properties(resource);
    const options = {
      Id: id,
      Name: settings.UserPoolName ?? id,
      MfaConfiguration: settings.MfaConfiguration ?? 'OFF',
      Policies: settings.Policies ?? {},
      UsernameAttributes: settings.UsernameAttributes,
    };
    const existing = await this.#cognito.listUserPools(context);
    if (!existing.some((pool) => pool.Id === id)) await this.#cognito.createUserPool(context, options);
    const pool = await this.#cognito.getUserPool(context, id);
    await pool.updateOptions(context, { ...pool.options, ...options });
    for (const client of stack.resources('AWS::Cognito::UserPoolClient')) {
      const properties = stack.properties(client);
      if (properties.UserPoolId !== id) continue;
      await pool.saveAppClient(context, {
        ...properties,
        ClientId: stack.attribute(client, 'Ref'),
        UserPoolId: id,
      });
    }
    const date = new Date(clock.now());
    for (const group of stack.resources('AWS::Cognito::UserPoolGroup')) {
      const { UserPoolId, GroupName, Description } = stack.properties(group);
      if (UserPoolId !== id || (await pool.getGroupByGroupName(context, String(GroupName)))) continue;
      const dates = { CreationDate: date, LastModifiedDate: date };
      await pool.saveGroup(context, { GroupName, Description, members: [], ...dates });
    }
  }
}

/** The trigger that a pool has; any other kind of trigger is refused by name. */
function preTokenFunction(resource: Resource, lambdaConfig: unknown): PreTokenFunction | undefined {
  const { PreTokenGeneration, PreTokenGenerationConfig, ...others } = (lambdaConfig ?? {}) as {
    PreTokenGeneration?: string;
    PreTokenGenerationConfig?: { LambdaArn: string; LambdaVersion: PreTokenFunction['version'] };
  };
  const [unknown] = Object.keys(others);
  if (unknown)
    throw new Error(`The local cloud does not know the trigger ${unknown} of ${resource.logicalId}.`);
  if (PreTokenGenerationConfig) {
    return { arn: PreTokenGenerationConfig.LambdaArn, version: PreTokenGenerationConfig.LambdaVersion };
  }
  return PreTokenGeneration === undefined ? undefined : { arn: PreTokenGeneration, version: 'V1_0' };
}

/** cognito-local's errors carry the code that AWS would answer with. */
function asAwsError(error: unknown): unknown {
  if (error instanceof AwsError || !(error instanceof Error)) return error;
  const code = (error as { code?: unknown }).code;
  if (typeof code === 'string' && /Exception$/.test(code)) return new AwsError(code, error.message);
  return new AwsError('UnsupportedOperationException', `The local cloud does not do this: ${error.message}`);
}
