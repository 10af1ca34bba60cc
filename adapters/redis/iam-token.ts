import aws4 from 'aws4';
import type { Credentials } from '../lean/dynamodb-over-https.ts';

/** Seconds for which a token lets somebody sign in. */
const LIFETIME = 900;

/** For whom and for what a token is. */
export interface TokenRequest {
  /** Name of the cache or the replication group. */
  readonly cache: string;
  readonly serverless: boolean;
  /** The ElastiCache user. */
  readonly user: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * The password of an ElastiCache user with IAM authentication: a signed request to connect, without its scheme, good
 * for 15 minutes. It is made without asking anybody.
 * Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html
 */
export function iamToken({ cache, serverless, user, region, credentials, now }: TokenRequest): string {
  const query = new URLSearchParams({
    Action: 'connect',
    User: user,
    ...(serverless ? { ResourceType: 'ServerlessCache' } : {}),
    'X-Amz-Date': new Date(now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    'X-Amz-Expires': String(LIFETIME),
  });
  const { host, path } = aws4.sign(
    {
      service: 'elasticache',
      region,
      method: 'GET',
      host: cache,
      path: `/?${query}`,
      signQuery: true,
    },
    credentials,
  );
  return `${host}${path}`;
}
