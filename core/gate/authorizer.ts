import type { OffenderTable } from '../attempts/offenders.ts';
import {
  type Classification,
  type Classify,
  classify as classifyByBuiltInRules,
} from '../decision/classify.ts';
import { decisiveOperation, isForbidden, roleMatters } from '../decision/decide.ts';
import type { RouteMatcher } from '../decision/route-matcher.ts';
import { CONTROL_BASE_PATH } from '../environment.ts';
import { StoreUnavailableError } from '../errors.ts';
import { identityOf } from '../identity/identity.ts';
import { effective } from '../state/clock.ts';
import { isDebugging, type Maintenance, type State } from '../state/state.ts';
import { applyMaintenance, NO_WITNESSES } from './apply-maintenance.ts';
import type { GatewayRequest } from './gateway-request.ts';
import { refusalFacts } from './refusal-facts.ts';
import { baseWait } from './retry-after.ts';
import type { StateReading, StateSource } from './state-source.ts';
import { ALLOW, type DecisionLog, debugRecord, shownPath, type Verdict } from './verdict.ts';

interface AuthorizerParts {
  readonly states: StateSource;
  readonly offenders: OffenderTable;
  readonly alwaysAllowed: RouteMatcher<string>;
  /** What to decide when no state has ever been read. */
  readonly stateUnknown: 'open' | 'closed';
  readonly log: DecisionLog;
  readonly now: () => number;
  /** The classifier by the rules that a state names. */
  readonly classifierOf?: (state: State) => Classify;
}

/**
 * Decides the requests that come to the gateway, one instance per process.
 * Maintenance is decided before authentication; a credential is looked at only when the decision depends on it.
 */
export class Authorizer {
  readonly #parts: AuthorizerParts;
  readonly #classifierOf: (state: State) => Classify;
  /** Tells whether to debug also while the state can't be read. */
  #lastRead: StateReading | null = null;

  constructor(parts: AuthorizerParts) {
    this.#parts = parts;
    this.#classifierOf = parts.classifierOf ?? (() => classifyByBuiltInRules);
  }

  /** Decides one request, counts it and logs it. */
  async decideRequest(request: GatewayRequest): Promise<Verdict> {
    const verdict = await this.#verdictOn(request);
    const now = this.#parts.now();
    const reading = this.#parts.states.peek(now) ?? this.#lastRead;
    if (reading !== null && isDebugging(reading.state, now)) this.#debug(request, verdict, reading, now);
    return verdict;
  }

  async #verdictOn(request: GatewayRequest): Promise<Verdict> {
    // The same for everybody, whatever the state.
    if (request.route === 'page') return ALLOW;
    if (request.route === 'control') return this.#passOn(request);
    const reading = this.#parts.states.peek(this.#parts.now()) ?? (await this.#read(request));
    if (reading === null) return this.#withoutState(request);
    const now = this.#parts.now();
    const state = effective(reading.state, now);
    this.#logSummaries(state, now);
    const verdict =
      state.maintenance === null ? ALLOW : await this.#underMaintenance(request, state, reading.readAt, now);
    if (request.route !== 'canary' || verdict.effect !== 'allow') return verdict;
    return { ...verdict, version: state.version };
  }

  /** Control routes are never blocked: the function behind them answers 401 or 403 by what is passed on here. */
  async #passOn(request: GatewayRequest): Promise<Verdict> {
    const now = this.#parts.now();
    const presented = await request.identify(now);
    if (presented.outcome === 'none') return ALLOW;
    const reading = this.#parts.states.peek(now) ?? (await this.#read(request));
    return { effect: 'allow', identity: identityOf(presented, reading && effective(reading.state, now)) };
  }

  /** @param state what is in force at `now` */
  async #underMaintenance(
    request: GatewayRequest,
    state: State,
    readAt: number,
    now: number,
  ): Promise<Verdict> {
    const { maintenance, version } = state;
    if (maintenance === null) return ALLOW;
    const { classification, isOpen } = this.#strictest(request, maintenance, (each) =>
      this.#classify(each, state),
    );
    if (isOpen) {
      const passed = { request, classification, maintenance, version, now };
      return toldIfUnreachable(ALLOW, { ...passed, client: request.sourceAddress });
    }
    const identity = identityOf(await request.identify(now), state);
    const { principal } = identity;
    const subject = {
      request,
      identity,
      client: principal.role === 'anonymous' ? request.sourceAddress : principal.id,
      classification,
      endpoint: shownPath(classification),
      maintenance,
      version,
      stateAge: Math.max(0, now - readAt),
      now,
    };
    const verdict = applyMaintenance(subject, request.route === 'canary' ? NO_WITNESSES : this.#parts);
    return toldIfUnreachable(verdict, subject);
  }

  /**
   * What a request is by the verb that is judged most strictly, and whether it passes by each, whoever calls.
   * API Gateway passes a request on by the verb that a header names.
   */
  #strictest(
    request: GatewayRequest,
    maintenance: Maintenance,
    classify: (request: GatewayRequest) => Classification,
  ): { readonly classification: Classification; readonly isOpen: boolean } {
    let first: Classification | undefined;
    let strictest: Classification | undefined;
    for (const each of withOtherMethods(request)) {
      const classification = classify(each);
      first ??= classification;
      const operation = decisiveOperation(classification);
      if (this.#isOpen(each, classification) || !roleMatters(maintenance, operation)) continue;
      if (isForbidden(maintenance, operation)) return { classification, isOpen: false };
      strictest ??= classification;
    }
    const classification = strictest ?? first ?? classify(request);
    return { classification, isOpen: strictest === undefined };
  }

  #classify(request: GatewayRequest, state: State): Classification {
    return request.route === 'canary'
      ? { operation: 'canary', rule: null, canonicalPath: request.path }
      : this.#classifierOf(state)(request.method, request.path);
  }

  /** Routes that no maintenance closes: preflights, and the owner's list. */
  #isOpen(request: GatewayRequest, { canonicalPath }: Classification): boolean {
    if (request.route === 'canary') return false;
    if (request.method === 'OPTIONS') return true;
    return (
      canonicalPath !== null && this.#parts.alwaysAllowed.find(request.method, canonicalPath) !== undefined
    );
  }

  async #read(request: GatewayRequest): Promise<StateReading | null> {
    try {
      this.#lastRead = await this.#parts.states.get();
      return this.#lastRead;
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      this.#parts.log.stateUnknown(error, request.requestId);
      return null;
    }
  }

  /** The configured default, with sign-in and admins let in either way. */
  async #withoutState(request: GatewayRequest): Promise<Verdict> {
    if (this.#parts.stateUnknown === 'open') return ALLOW;
    const isOpen = withOtherMethods(request).every((each) => {
      const classification = classifyByBuiltInRules(each.method, each.path);
      return this.#isOpen(each, classification) || classification.operation === 'authentication';
    });
    if (isOpen) return ALLOW;
    const identity = identityOf(await request.identify(this.#parts.now()), null);
    return identity.principal.role === 'admin' ? { effect: 'allow', identity } : { effect: 'unavailable' };
  }

  #logSummaries({ version }: State, now: number): void {
    for (const summary of this.#parts.offenders.takeSummaries(now)) {
      this.#parts.log.summed(summary, version, now);
    }
  }

  /** Calls of the control API are logged by the gateway's template: ids of sessions stand in their paths. */
  #debug(request: GatewayRequest, verdict: Verdict, reading: StateReading, now: number): void {
    const classification = request.route === 'control' ? null : this.#classify(request, reading.state);
    const endpoint =
      classification === null ? (request.resource ?? CONTROL_BASE_PATH) : shownPath(classification);
    this.#parts.log.debugged(debugRecord({ request, verdict, classification, endpoint, reading, now }));
  }
}

/** What is known of a request that gets through while a maintenance is in force. */
type Passed = Parameters<typeof refusalFacts>[0] & {
  readonly request: GatewayRequest;
  readonly client: string;
};

/** To who gets through, an origin that can't be reached while a maintenance blocks is part of that maintenance. */
function toldIfUnreachable(verdict: Verdict, passed: Passed): Verdict {
  const { request, maintenance, client, now } = passed;
  if (verdict.effect !== 'allow' || request.route !== 'origin' || maintenance.mode === 'test') return verdict;
  return { ...verdict, ifUnreachable: refusalFacts(passed, baseWait(maintenance, client, now)) };
}

/** The request by each of the verbs that it names. */
function withOtherMethods(request: GatewayRequest): GatewayRequest[] {
  return [request, ...(request.otherMethods?.() ?? []).map((method) => ({ ...request, method }))];
}
