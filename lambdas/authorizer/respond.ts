import { buildRefusal, NOTHING_TO_LOAD } from '../../core/gate/refusal.ts';
import type { RefusalFacts } from '../../core/gate/refusal-facts.ts';
import type { Verdict } from '../../core/gate/verdict.ts';
import type { Identity } from '../../core/identity/identity.ts';
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
 * @param cors asked for when the request is refused
 */
export function respond(verdict: Verdict, cors: () => RefusalCors): AuthorizerResult {
  switch (verdict.effect) {
    case 'allow':
      return allow(verdict.identity, verdict.version);
    case 'deny':
      return deny({ ...refused(verdict.refusal), ...cors() });
    case 'unavailable':
      return deny({ ...UNAVAILABLE, ...cors() });
  }
}

function allow(
  { principal, credential, reason, authenticatedAt }: Identity,
  version: number | undefined,
): AuthorizerResult {
  const id = truncate(principal.id, MAX_ID_LENGTH);
  return {
    principalId: id,
    policyDocument: policy('Allow'),
    context: {
      principal: id,
      role: principal.role,
      credential,
      ...(reason !== null && { credentialReason: reason }),
      authTime: authenticatedAt === null ? '' : String(Math.floor(authenticatedAt / 1000)),
      ...(version !== undefined && { version: String(version) }),
    },
  };
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

const UNAVAILABLE_RETRY_AFTER = 5;

/** The same answer as API Gateway gives when the authorizer itself fails. */
const UNAVAILABLE_BODY = JSON.stringify({
  type: 'urn:problem:authorizer-unavailable',
  title: 'Service unavailable',
  status: 503,
  detail: 'The service cannot tell at the moment whether it may let this request through.',
  error: 'authorizer_unavailable',
  message: 'The service cannot tell at the moment whether it may let this request through.',
  retry_after: UNAVAILABLE_RETRY_AFTER,
});

const UNAVAILABLE: AuthorizerResult['context'] = {
  body: UNAVAILABLE_BODY,
  contentType: 'application/problem+json',
  language: 'en',
  policy: NOTHING_TO_LOAD,
  retryAfter: String(UNAVAILABLE_RETRY_AFTER),
  active: 'unknown',
  mode: 'unknown',
  version: '0',
};
