import type { OffenderTable } from '../../core/attempts/offenders.ts';
import type { Classification } from '../../core/decision/classify.ts';
import { CONTROL_BASE_PATH } from '../../core/environment.ts';
import { StoreUnavailableError } from '../../core/errors.ts';
import { applyMaintenance } from '../../core/gate/apply-maintenance.ts';
import type { DecidedRequest } from '../../core/gate/gateway-request.ts';
import { buildRefusal } from '../../core/gate/refusal.ts';
import type { RefusalFacts } from '../../core/gate/refusal-facts.ts';
import type { StateReading, StateSource } from '../../core/gate/state-source.ts';
import { ALLOW, type DecisionLog, debugRecord, type Verdict } from '../../core/gate/verdict.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import { effective } from '../../core/state/clock.ts';
import { isDebugging } from '../../core/state/state.ts';
import type { Caller } from '../http/caller.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { prefersHtml } from '../http/prefers-html.ts';
import type { ProxyEvent, ProxyResult } from '../http/proxy-event.ts';
import { type RefusalCors, refusalCors } from '../http/refusal-cors.ts';
import { RequestHeaders } from '../http/request-headers.ts';

interface RegistrationParts {
  readonly states: StateSource;
  readonly offenders: OffenderTable;
  readonly decisions: DecisionLog;
  readonly now: () => number;
  readonly allowedOrigins: readonly string[];
  /** The forms that a refusal may take. */
  readonly refusalForm: 'negotiated' | 'json';
}

/** Answers whoever may not register a job now; null for whoever may. Throws HttpProblem where nobody can tell. */
export type RefuseRegistration = (event: ProxyEvent, caller: Caller) => Promise<ProxyResult | null>;

const ENDPOINT = `${CONTROL_BASE_PATH}/jobs`;
const JOB_CREATION: Classification = { operation: 'job_creation', rule: null, canonicalPath: ENDPOINT };

/**
 * What stands before the registration of jobs. The authorizer lets every call of the control API through, so this one is
 * decided here: as `job_creation`, by the same rule, logged by the same lines and refused in the same words.
 */
export function refuseRegistration(parts: RegistrationParts): RefuseRegistration {
  return async (event, caller) => {
    const headers = new RequestHeaders(event);
    const request = registrationRequest(event, headers, parts);
    const reading = await newestState(parts, request);
    const verdict = verdictOn(request, caller, reading, parts);
    if (verdict.effect !== 'deny') return null;
    return asAnswer(verdict.refusal, refusalCors(headers.values('origin')[0], parts.allowedOrigins));
  };
}

function registrationRequest(
  event: ProxyEvent,
  headers: RequestHeaders,
  { refusalForm }: RegistrationParts,
): DecidedRequest {
  return {
    route: 'origin',
    method: event.httpMethod,
    path: event.path,
    requestId: event.requestContext.requestId,
    startedAt: performance.now(),
    prefersHtml: () => refusalForm === 'negotiated' && prefersHtml(headers.values('accept')),
    language: () => preferredLanguage(headers.values('accept-language')),
  };
}

/** Where the state is not known, the registry in the same store is away too. */
async function newestState(
  { states, decisions, now }: RegistrationParts,
  { requestId }: DecidedRequest,
): Promise<StateReading> {
  try {
    return states.peek(now()) ?? (await states.get());
  } catch (error) {
    if (!(error instanceof StoreUnavailableError)) throw error;
    decisions.stateUnknown(error, requestId);
    throw new HttpProblem(
      'state_store_unavailable',
      'Nobody can tell at the moment whether jobs may be registered. Try again in a few seconds.',
    );
  }
}

function verdictOn(
  request: DecidedRequest,
  caller: Caller,
  reading: StateReading,
  { offenders, decisions: log, now: clock }: RegistrationParts,
): Verdict {
  const now = clock();
  const { maintenance, version } = effective(reading.state, now);
  for (const summary of offenders.takeSummaries(now)) log.summed(summary, version, now);
  const subject = {
    request,
    identity: caller,
    client: caller.principal.id,
    classification: JOB_CREATION,
    endpoint: ENDPOINT,
    stateAge: Math.max(0, now - reading.readAt),
    now,
  };
  const verdict =
    maintenance === null ? ALLOW : applyMaintenance({ ...subject, maintenance, version }, { offenders, log });
  if (isDebugging(reading.state, now)) log.debugged(debugRecord({ ...subject, verdict, reading }));
  return verdict;
}

/** The answer that the API's gateway response ACCESS_DENIED makes of a refusal (lib/gateway/gateway-responses.ts). */
function asAnswer(facts: RefusalFacts, { allowOrigin, allowCredentials }: RefusalCors): ProxyResult {
  const refusal = buildRefusal(facts);
  return {
    statusCode: 503,
    headers: {
      'Cache-Control': 'no-store',
      Vary: 'Origin, Accept, Accept-Language',
      'Content-Type': refusal.contentType,
      'Content-Language': refusal.language,
      'Content-Security-Policy': refusal.policy,
      'Retry-After': String(refusal.retryAfter),
      'X-Maintenance-Active': 'true',
      'X-Maintenance-Mode': facts.maintenance.mode,
      'X-Maintenance-Version': String(facts.version),
      'Access-Control-Allow-Origin': allowOrigin,
      'Access-Control-Allow-Credentials': allowCredentials,
      'Access-Control-Expose-Headers':
        'Retry-After, X-Maintenance-Active, X-Maintenance-Mode, X-Maintenance-Version',
    },
    body: refusal.body,
    isBase64Encoded: false,
  };
}
