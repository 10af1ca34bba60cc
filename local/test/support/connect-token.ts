import aws4 from 'aws4';

/** What a token says, and who signs it. */
export interface TokenParts {
  readonly cache: string;
  readonly user: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string | undefined;
  };
  readonly action?: string;
  readonly resourceType?: string;
  readonly expires?: number;
  readonly service?: string;
  readonly region?: string;
  /** As in X-Amz-Date; default: now. */
  readonly date?: string;
}

/** A token with which ElastiCache lets a user of a serverless cache in: a signed URL without its scheme. */
export function connectToken({ cache, user, credentials, ...rest }: TokenParts): string {
  const {
    action = 'connect',
    resourceType = 'ServerlessCache',
    expires = 900,
    service = 'elasticache',
  } = rest;
  const query = new URLSearchParams({
    Action: action,
    User: user,
    ResourceType: resourceType,
    'X-Amz-Expires': String(expires),
    ...(rest.date && { 'X-Amz-Date': rest.date }),
  });
  const { host, path } = aws4.sign(
    { service, region: rest.region ?? 'us-east-1', host: cache, path: `/?${query}`, signQuery: true },
    credentials,
  );
  return `${host}${path}`;
}
