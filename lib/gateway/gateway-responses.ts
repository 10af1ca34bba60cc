import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

const EXPOSED = 'Retry-After, X-Maintenance-Active, X-Maintenance-Mode, X-Maintenance-Version';

const fixed = (value: string): string => `'${value}'`;
const decided = (name: string): string => `context.authorizer.${name}`;

/** A body of the gateway's own. Templates substitute without escaping, so only values that can't need it are named. */
const problem = (fields: Readonly<Record<string, string | number>>): string =>
  JSON.stringify({ ...fields, details: [], request_id: '$context.requestId' });

const AUTHORIZER_UNAVAILABLE = problem({
  type: 'urn:problem:authorizer-unavailable',
  title: 'Service temporarily unavailable',
  status: 503,
  detail: 'The request could not be checked. Please try again in a few seconds.',
  error: 'authorizer_unavailable',
  message: 'The request could not be checked. Please try again in a few seconds.',
  retry_after: 5,
});

const TOO_MANY_REQUESTS = problem({
  type: 'urn:problem:too-many-requests',
  title: 'Too many requests',
  status: 429,
  detail: 'More requests arrived than this service takes. Please try again in a few seconds.',
  error: 'too_many_requests',
  message: 'More requests arrived than this service takes. Please try again in a few seconds.',
  retry_after: 5,
});

const QUOTA_EXCEEDED = problem({
  type: 'urn:problem:quota-exceeded',
  title: 'Quota exceeded',
  status: 429,
  detail: 'Your API key has used up its quota of requests.',
  error: 'quota_exceeded',
  message: 'Your API key has used up its quota of requests.',
  retry_after: 3600,
});

/** The status is the gateway's own, and so is the message: `messageString` is a JSON string with its quotes. */
const inOwnWords = (fields: Readonly<Record<string, string>>): string =>
  problem({ ...fields, message: '$message' }).replace('"$message"', '$context.error.messageString');

const REQUEST_REFUSED = inOwnWords({
  type: 'urn:problem:request-refused',
  title: 'Request refused by the gateway',
  error: 'request_refused',
});

const GATEWAY_ERROR = inOwnWords({
  type: 'urn:problem:gateway-error',
  title: 'The application gave no usable answer',
  error: 'gateway_error',
});

/**
 * What the gateway answers when no function gets to answer. A deny means maintenance and nothing else, and a broken
 * authorizer must look like a moment's outage, never like a missing sign-in.
 *
 * The bodies of ACCESS_DENIED and of an origin that gives no answer come finished from the authorizer, since templates substitute without escaping.
 * Source: API Gateway, "Gateway responses in API Gateway".
 */
export function addGatewayResponses(api: RestApi, allowedOrigins: readonly string[]): void {
  const common = {
    'Cache-Control': fixed('no-store'),
    Vary: fixed('Origin, Accept, Accept-Language'),
    'X-Content-Type-Options': fixed('nosniff'),
    'Access-Control-Expose-Headers': fixed(EXPOSED),
  };
  const origin = staticOrigin(allowedOrigins);
  const ownProblem = {
    ...common,
    'Content-Type': fixed('application/problem+json'),
    'Access-Control-Allow-Origin': fixed(origin),
    ...(origin !== '*' && { 'Access-Control-Allow-Credentials': fixed('true') }),
  };

  const fromAuthorizer = {
    statusCode: '503',
    responseHeaders: {
      ...common,
      'Content-Type': decided('contentType'),
      'Content-Language': decided('language'),
      // From the authorizer, since the quotes of its keywords would end a fixed value.
      'Content-Security-Policy': decided('policy'),
      'Retry-After': decided('retryAfter'),
      'X-Maintenance-Active': decided('active'),
      'X-Maintenance-Mode': decided('mode'),
      'X-Maintenance-Version': decided('version'),
      'Access-Control-Allow-Origin': decided('allowOrigin'),
      'Access-Control-Allow-Credentials': decided('allowCredentials'),
    },
    templates: { 'application/json': '$context.authorizer.body' },
  };
  // The authorizer also says, with each request that it lets through, what is answered if the origin can't be reached.
  for (const [id, type] of [
    ['AccessDenied', ResponseType.ACCESS_DENIED],
    ['OriginUnreachable', ResponseType.INTEGRATION_FAILURE],
    ['OriginTooSlow', ResponseType.INTEGRATION_TIMEOUT],
  ] as const) {
    api.addGatewayResponse(id, { type, ...fromAuthorizer });
  }

  for (const [id, type] of [
    ['Unauthorized', ResponseType.UNAUTHORIZED],
    ['AuthorizerFailure', ResponseType.AUTHORIZER_FAILURE],
    ['AuthorizerConfigurationError', ResponseType.AUTHORIZER_CONFIGURATION_ERROR],
  ] as const) {
    api.addGatewayResponse(id, {
      type,
      statusCode: '503',
      responseHeaders: { ...ownProblem, 'Retry-After': fixed('5') },
      templates: { 'application/json': AUTHORIZER_UNAVAILABLE },
    });
  }

  api.addGatewayResponse('Throttled', {
    type: ResponseType.THROTTLED,
    statusCode: '429',
    responseHeaders: { ...ownProblem, 'Retry-After': fixed('5') },
    templates: { 'application/json': TOO_MANY_REQUESTS },
  });
  // A quota ends with its day, week or month: nobody here knows when that is.
  api.addGatewayResponse('QuotaExceeded', {
    type: ResponseType.QUOTA_EXCEEDED,
    statusCode: '429',
    responseHeaders: { ...ownProblem, 'Retry-After': fixed('3600') },
    templates: { 'application/json': QUOTA_EXCEEDED },
  });
  api.addGatewayResponse('Default4xx', {
    type: ResponseType.DEFAULT_4XX,
    responseHeaders: ownProblem,
    templates: { 'application/json': REQUEST_REFUSED },
  });
  api.addGatewayResponse('Default5xx', {
    type: ResponseType.DEFAULT_5XX,
    responseHeaders: ownProblem,
    templates: { 'application/json': GATEWAY_ERROR },
  });
}

/**
 * The one origin that an answer without a decision can name. These bodies hold nothing private, so with several
 * origins to choose from everybody may read them, without credentials.
 */
export function staticOrigin(allowedOrigins: readonly string[]): string {
  return allowedOrigins.length === 1 ? (allowedOrigins[0] ?? '*') : '*';
}
