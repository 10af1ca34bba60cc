import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { CloudContext, FunctionInvoker } from '../../local-services.ts';
import { type AwsAnswer, type AwsCall, type AwsService, jsonBody, unknownOperation } from '../aws-call.ts';
import type { CallerAccess } from '../caller-access.ts';
import { suffer } from '../service-fault.ts';
import { appClient, type PoolSettings, poolSettings } from './pool-settings.ts';
import { PreTokenTrigger } from './pre-token-trigger.ts';
import { SignIn } from './sign-in.ts';
import { TokenGenerator } from './token-generator.ts';
import { TokenKey } from './token-key.ts';
import { UserAdministration } from './user-administration.ts';
import { UserDirectory } from './user-directory.ts';

type Input = Readonly<Record<string, unknown>>;

const CORS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Allow-Headers': '*',
  'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
};

/** The template's user pools, their clients and groups; users are kept in a folder. */
export class UserPools implements AwsService {
  /** What people do, which needs no signature. */
  readonly publicOperations: ReadonlySet<string>;
  readonly #context: CloudContext;
  readonly #caller: CallerAccess;
  readonly #key: TokenKey;
  readonly #signIn: SignIn;
  readonly #administration: UserAdministration;

  /** @param issuer the URL of a pool's issuer, by the pool's id */
  constructor(
    context: CloudContext,
    caller: CallerAccess,
    folder: string,
    options: { issuer: (poolId: string) => string; functions: () => FunctionInvoker },
  ) {
    const { stack, clock } = context;
    mkdirSync(folder, { recursive: true });
    this.#context = context;
    this.#caller = caller;
    this.#key = new TokenKey(path.join(folder, 'token-key.pem'));
    const directory = new UserDirectory(path.join(folder, 'users.json'));
    const trigger = new PreTokenTrigger(options.functions, (poolId) => poolSettings(stack, poolId).preToken);
    const generator = new TokenGenerator(clock, this.#key, options.issuer, trigger);
    this.#signIn = new SignIn({ stack, clock, directory, key: this.#key, generator });
    this.publicOperations = new Set(Object.keys(this.#signIn.operations));
    this.#administration = new UserAdministration(stack, clock, directory);
    // A trigger that is not known here is refused at the start, not at the first sign-in.
    for (const pool of stack.resources('AWS::Cognito::UserPool')) {
      poolSettings(stack, stack.attribute(pool, 'Ref'));
    }
  }

  /** What an issuer serves beside its API: its keys, and where they are. */
  wellKnown(call: AwsCall, issuerOf: (poolId: string) => string): Promise<AwsAnswer> | undefined {
    if (call.method === 'OPTIONS') return Promise.resolve({ status: 204, headers: CORS, body: '' });
    const match = /^\/([\w-]+)\/\.well-known\/(jwks\.json|openid-configuration)$/.exec(call.url);
    const [, poolId = '', name] = match ?? [];
    const { stack } = this.#context;
    if (call.method !== 'GET' || !stack.find('AWS::Cognito::UserPool', poolId)) return undefined;
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
    // What people do needs no signature: "Understanding API, OIDC, and managed login pages authentication".
    if (!this.publicOperations.has(call.operation)) this.#authorise(call, input);
    return { headers: CORS, body: JSON.stringify(await this.operate(call.operation, input)) };
  }

  /** Does an operation on behalf of an administrator. @throws AwsError */
  async operate(operation: string, input: Input): Promise<object> {
    const operations = { ...this.#signIn.operations, ...this.#administration.operations };
    if (!Object.hasOwn(operations, operation)) throw unknownOperation('Cognito user pools', operation);
    return (await operations[operation]?.(this.#normalise(input))) ?? {};
  }

  async #serveWellKnown(document: object): Promise<AwsAnswer> {
    await suffer(this.#context.faults, 'cognito');
    return { headers: { ...CORS, 'Content-Type': 'application/json' }, body: JSON.stringify(document) };
  }

  #authorise(call: AwsCall, input: Input): void {
    const { stack } = this.#context;
    const pool = stack.find('AWS::Cognito::UserPool', String(input.UserPoolId));
    this.#caller.authorise(call, `cognito-idp:${call.operation}`, pool ? stack.attribute(pool, 'Arn') : '*');
  }

  /** Names are compared without regard to case where the pool says so: they are kept in lower case. */
  #normalise(input: Input): Input {
    if (this.#poolOf(input)?.caseSensitive !== false) return input;
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

  #poolOf({ UserPoolId, ClientId }: Input): PoolSettings | undefined {
    const { stack } = this.#context;
    if (UserPoolId !== undefined) return poolSettings(stack, UserPoolId);
    return ClientId === undefined ? undefined : poolSettings(stack, appClient(stack, ClientId).UserPoolId);
  }
}
