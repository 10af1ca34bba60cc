import { buildRefusal, NOTHING_TO_LOAD } from '../../core/gate/refusal.ts';
import type { RefusalFacts } from '../../core/gate/refusal-facts.ts';
import type { Verdict } from '../../core/gate/verdict.ts';
import { truncate } from '../../core/text.ts';
import type { RefusalCors } from '../http/refusal-cors.ts';

/**
 * What a REQUEST authorizer answers. The policy's resource is `*`: a path that holds `${…}` would break a narrower
 * one, and the result is never cached.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
 */
export interface AuthorizerResult {
  readonly principalId: string;
  readonly policyDocument: {
    readonly Version: '2012-10-17';
    readonly Statement: readonly [
      { readonly Action: string; readonly Effect: 'Allow' | 'Deny'; readonly Resource: '*' },
    ];
  };
  /** Strings only; gateway responses and functions see them as `context.authorizer.*`. */
  readonly context: Readonly<Record<string, string>>;
  /** The API key that the request is metered by; only in a deployment whose methods require one. */
  readonly usageIdentifierKey?: string;
}

const MAX_ID_LENGTH = 128;
/** What API Gateway takes of a result, bytes. */
const MAX_BYTES = 8000;

/**
 * The same for every verdict, since a method that requires an API key refuses a request without one before it looks
 * at anything else.
 */
export function metered(result: AuthorizerResult, usageIdentifierKey: string): AuthorizerResult {
  return { ...result, usageIdentifierKey };
}

/**
 * Turns a verdict into the authorizer's answer: what the gateway response ACCESS_DENIED and the functions make theirs of.
 *
 * Also who passes may come to need a refusal: gateway responses can't choose, so what is said if the origin can't be
 * reached goes with each.
 *
 * @param cors asked for last
 */
export function respond(verdict: Verdict, cors: () => RefusalCors): AuthorizerResult {
  switch (verdict.effect) {
    case 'allow':
      return allow(verdict, cors());
    case 'deny':
      return deny({ ...refused(verdict.refusal), ...cors() });
    case 'unavailable':
      return deny({ ...UNAVAILABLE, ...cors() });
  }
}

function allow(
  { identity, version, ifUnreachable }: Extract<Verdict, { effect: 'allow' }>,
  cors: RefusalCors,
): AuthorizerResult {
  const { principal, credential, reason, authenticatedAt } = identity;
  const id = truncate(principal.id, MAX_ID_LENGTH);
  const result = (unreachable: AuthorizerResult['context']): AuthorizerResult => ({
    principalId: id,
    policyDocument: policy('Allow'),
    context: {
      ...unreachable,
      ...cors,
      principal: id,
      role: principal.role,
      credential,
      ...(reason !== null && { credentialReason: reason }),
      authTime: authenticatedAt === null ? '' : String(Math.floor(authenticatedAt / 1000)),
      ...(version !== undefined && { version: String(version) }),
    },
  });
  if (ifUnreachable === undefined) return result(ORIGIN_UNAVAILABLE);
  const withRefusal = result(refused(ifUnreachable));
  return Buffer.byteLength(JSON.stringify(withRefusal)) < MAX_BYTES
    ? withRefusal
    : result(ORIGIN_UNAVAILABLE);
}

function deny(context: AuthorizerResult['context']): AuthorizerResult {
  return { principalId: '-', policyDocument: policy('Deny'), context };
}

function refused(facts: RefusalFacts): AuthorizerResult['context'] {
  const { body, contentType, language, policy, retryAfter } = buildRefusal(facts);
  return {
    body,
    contentType,
    language,
    policy,
    retryAfter: String(retryAfter),
    active: 'true',
    mode: facts.maintenance.mode,
    version: String(facts.version),
  };
}

function policy(effect: 'Allow' | 'Deny'): AuthorizerResult['policyDocument'] {
  return {
    Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: '*' }],
  };
}

/** A 503 that no maintenance is the reason for. */
function unavailable(error: string, message: string, seconds: number): AuthorizerResult['context'] {
  const body = {
    type: `urn:problem:${error.replace('_', '-')}`,
    title: 'Service unavailable',
    status: 503,
    detail: message,
    error,
    message,
    retry_after: seconds,
  };
  return {
    body: JSON.stringify(body),
    contentType: 'application/problem+json',
    language: 'en',
    policy: NOTHING_TO_LOAD,
    retryAfter: String(seconds),
    active: 'unknown',
    mode: 'unknown',
    version: '0',
  };
}

/** The same answer as API Gateway gives when the authorizer itself fails. */
const UNAVAILABLE = unavailable(
  'authorizer_unavailable',
  'The service cannot tell at the moment whether it may let this request through.',
  5,
);

const ORIGIN_UNAVAILABLE = {
  ...unavailable(
    'origin_unavailable',
    'The application cannot be reached at the moment, or takes too long.',
    30,
  ),
  active: 'false',
  mode: 'normal',
};
