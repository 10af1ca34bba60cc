/** The parts of cognito-local that are used here. They have no types of their own that don't pull in the AWS SDK 2. */
declare module 'cognito-local/lib/server/Router.js' {
  /** Finds what serves an operation. */
  export function Router(
    services: object,
  ): (operation: string) => (context: object, input: object) => Promise<Record<string, unknown>>;
}

declare module 'cognito-local/lib/services/cognitoService.js' {
  export class CognitoServiceFactoryImpl {
    constructor(directory: string, stores: object, pools: object);
    create(context: object, defaults: object): Promise<CognitoService>;
  }

  export interface CognitoService {
    createUserPool(context: object, pool: object): Promise<unknown>;
    listUserPools(context: object): Promise<{ Id: string }[]>;
    getUserPool(context: object, id: string): Promise<UserPool>;
    getUserPoolForClientId(context: object, clientId: string): Promise<UserPool>;
    getAppClient(context: object, clientId: string): Promise<AppClient | null>;
  }

  export interface UserPool {
    readonly options: { readonly Id: string };
    updateOptions(context: object, options: object): Promise<void>;
    saveAppClient(context: object, client: AppClient): Promise<void>;
    getGroupByGroupName(context: object, name: string): Promise<object | null>;
    saveGroup(context: object, group: object): Promise<void>;
    getUserByUsername(context: object, name: string): Promise<User | null>;
    getUserByRefreshToken(context: object, token: string): Promise<User | null>;
    storeRefreshToken(context: object, token: string, user: User): Promise<void>;
  }

  export interface User {
    readonly Username: string;
    readonly Password: string;
    readonly Enabled: boolean;
    readonly UserStatus: string;
    readonly Attributes: readonly { readonly Name: string; readonly Value?: string }[];
  }

  export interface AppClient {
    readonly ClientId: string;
    readonly UserPoolId: string;
    readonly ExplicitAuthFlows?: readonly string[];
    readonly AccessTokenValidity?: number;
    readonly IdTokenValidity?: number;
    readonly RefreshTokenValidity?: number;
    readonly TokenValidityUnits?: {
      readonly AccessToken?: string;
      readonly IdToken?: string;
      readonly RefreshToken?: string;
    };
  }
}

declare module 'cognito-local/lib/services/userPoolService.js' {
  export class UserPoolServiceFactoryImpl {
    constructor(clock: { get(): Date }, stores: object);
  }
}

declare module 'cognito-local/lib/services/otp.js' {
  /** A code of six digits. */
  export function otp(): string;
}

declare module 'cognito-local/lib/services/totp.js' {
  /** The one-time password of this half minute. */
  export function generate(secret: string): string;
}
