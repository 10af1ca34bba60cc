/** The kinds of failure that API Gateway answers itself. Source: "Gateway response types for API Gateway". */
export const FAILURES = {
  ACCESS_DENIED: {
    status: 403,
    message: 'User is not authorized to access this resource with an explicit deny',
  },
  API_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  AUTHORIZER_CONFIGURATION_ERROR: { status: 500, message: 'Internal server error' },
  AUTHORIZER_FAILURE: { status: 500, message: 'Internal server error' },
  BAD_REQUEST_PARAMETERS: { status: 400, message: 'Invalid request parameters' },
  INTEGRATION_FAILURE: { status: 504, message: 'Network error communicating with endpoint' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  INVALID_API_KEY: { status: 403, message: 'Forbidden' },
  MALFORMED_PROXY_RESPONSE: { status: 502, message: 'Internal server error' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  THROTTLED: { status: 429, message: 'Too Many Requests' },
  UNAUTHORIZED: { status: 401, message: 'Unauthorized' },
  UNSUPPORTED_MEDIA_TYPE: { status: 415, message: 'Unsupported Media Type' },
} as const;

/**
 * Kind of failure. MALFORMED_PROXY_RESPONSE is the one that AWS has no type for: a Lambda function of a
 * proxy integration failed or answered in the wrong shape, and DEFAULT_5XX answers with status 502.
 */
export type FailureType = keyof typeof FAILURES;

/** Thrown where a request ends in an answer of the gateway's own. */
export class GatewayFailure extends Error {
  override readonly name = 'GatewayFailure';
  readonly type: FailureType;

  /** @param evidence what was wrong, for the log; never part of the answer */
  constructor(type: FailureType, evidence: string, options?: ErrorOptions) {
    super(`${type}: ${evidence}`, options);
    this.type = type;
  }
}
