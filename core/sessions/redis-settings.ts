/** Where Redis is, and how to sign in there. One JSON text tells every function (environment variable REDIS). */
export interface RedisSettings {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly auth: RedisAuth;
}

export type RedisAuth =
  /** ElastiCache with IAM: the password is a signed request, good for 15 minutes. */
  | {
      readonly type: 'iam';
      readonly user: string;
      /** Name of the cache or the replication group. */
      readonly cache: string;
      readonly serverless: boolean;
    }
  | { readonly type: 'password'; readonly user: string | null; readonly password: string }
  | { readonly type: 'none' };
