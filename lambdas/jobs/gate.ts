import type { Classification } from '../../core/decision/classify.ts';
import { RouteMatcher } from '../../core/decision/route-matcher.ts';
import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import {
  Authorizer,
  type AuthorizerParts,
  type DecisionLog,
  type StateSource,
} from '../../core/gate/authorizer.ts';
import type { Offenders } from '../../core/gate/offenders.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { allowedOrigin, toResult } from '../authorizer/authorizer-result.ts';
import type { Caller } from '../http/caller.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { prefersHtml } from '../http/prefers-html.ts';
import { headerValues, type ProxyEvent, type ProxyResult } from '../http/proxy-event.ts';

export interface GateParts {
  readonly states: StateSource;
  readonly offenders: Offenders;
  readonly decisions: DecisionLog;
  readonly now: AuthorizerParts['now'];
  readonly allowedOrigins: readonly string[];
  /** The forms that a refusal may take. */
  readonly refusalForm: 'negotiated' | 'json';
}

/** Answers whoever may not register a job now; null for whoever may. Throws HttpProblem where nobody can tell. */
export type Gate = (event: ProxyEvent, caller: Caller) => Promise<ProxyResult | null>;

const JOB_CREATION: Classification = {
  operation: 'job_creation',
  rule: null,
  canonicalPath: `${CONTROL_BASE_PATH}/jobs`,
};

/**
 * The gate before the registration of jobs. The authorizer lets every call of the control API through, so this one is
 * decided here: as `job_creation`, by the same code, told by the same log lines and refused in the same words.
 */
export function registrationGate(parts: GateParts): Gate {
  const authorizer = new Authorizer({
    states: parts.states,
    offenders: parts.offenders,
    alwaysAllowed: new RouteMatcher<true>([]),
    classifierOf: () => () => JOB_CREATION,
    // Where the state is not known, the registry in the same store is away too.
    stateUnknown: 'closed',
    log: parts.decisions,
    now: parts.now,
  });
  return async (event, { principal, authenticatedAt }) => {
    const accept = headerValues(event, 'accept');
    const verdict = await authorizer.authorize({
      door: 'origin',
      method: event.httpMethod,
      path: event.path,
      sourceAddress: principal.id,
      requestId: event.requestContext.requestId,
      startedAt: performance.now(),
      prefersHtml: () => parts.refusalForm === 'negotiated' && prefersHtml(accept),
      language: () => preferredLanguage(headerValues(event, 'accept-language')),
      // The authorizer of the API has believed it a moment ago.
      identify: async (issuedAt) => ({
        outcome: 'valid',
        credential: { kind: 'token', ...principal, issuedAt, authenticatedAt },
      }),
    });
    switch (verdict.effect) {
      case 'allow':
        return null;
      case 'unavailable':
        throw new HttpProblem(
          'state_store_unavailable',
          'Nobody can tell at the moment whether jobs may be registered. Try again in a few seconds.',
        );
      case 'deny': {
        const origin = allowedOrigin(headerValues(event, 'origin')[0], parts.allowedOrigins);
        return asAnswer(toResult(verdict, origin).context);
      }
    }
  };
}

/** As the gateway response has it. */
const EXPOSED = 'Retry-After, X-Maintenance-Active, X-Maintenance-Mode, X-Maintenance-Version';

/** The answer that the API's gateway response ACCESS_DENIED makes of a refusal (lib/gateway/gateway-responses.ts). */
function asAnswer(context: Readonly<Record<string, string>>): ProxyResult {
  return {
    statusCode: 503,
    headers: {
      'Cache-Control': 'no-store',
      Vary: 'Origin, Accept, Accept-Language',
      'Content-Type': context.contentType ?? '',
      'Content-Language': context.language ?? '',
      'Content-Security-Policy': context.policy ?? '',
      'Retry-After': context.retryAfter ?? '',
      'X-Maintenance-Active': context.active ?? '',
      'X-Maintenance-Mode': context.mode ?? '',
      'X-Maintenance-Version': context.version ?? '',
      'Access-Control-Allow-Origin': context.allowOrigin ?? '',
      'Access-Control-Allow-Credentials': context.allowCredentials ?? '',
      'Access-Control-Expose-Headers': EXPOSED,
    },
    body: context.body ?? '',
    isBase64Encoded: false,
  };
}
