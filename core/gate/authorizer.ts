import {
  type Classification,
  type Classify,
  classify as classifyByBuiltInRules,
} from '../decision/classify.ts';
import { decide, decisiveOperation, type Outcome, roleMatters } from '../decision/decide.ts';
import type { RouteMatcher } from '../decision/route-matcher.ts';
import { holdsSecret } from '../decision/rule.ts';
import { CONTROL_BASE_PATH } from '../environment.ts';
import { StoreUnavailableError } from '../errors.ts';
import { believe, type Credential, type Identity, NOBODY, unbelieved } from '../identity/identity.ts';
import type { Language } from '../messages/registry.ts';
import { effective } from '../state/clock.ts';
import { isDebugging, type Maintenance, type State } from '../state/state.ts';
import type { OffenderTable, Summary } from './offenders.ts';
import { buildRefusal, type Refusal } from './refusal.ts';
import { baseWait, repeatedWait } from './retry-after.ts';

/** A request that came to the gateway, and by which of its routes. Costly facts are asked for when they matter. */
export interface GatewayRequest {
  /**
   * `origin`: goes on to the application. `control`: goes to our own functions. `page`: the maintenance page.
   * `canary`: the health check's probe.
   */
  readonly door: 'origin' | 'control' | 'page' | 'canary';
  /** The template of the gateway's route, e.g. `/api/maintenance/{proxy+}`; where that is known. */
  readonly resource?: string;
  readonly method: string;
  readonly path: string;
  readonly sourceAddress: string;
  readonly requestId: string;
  /** Reading of a monotonic clock when the request arrived, ms. */
  readonly startedAt: number;
  readonly prefersHtml: () => boolean;
  /** The language that the caller would like to be spoken to in. */
  readonly language: () => Language;
  readonly identify: (now: number) => Promise<Shown>;
}

/** What the credential that a caller showed turned out to be. */
export type Shown =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'valid'; readonly credential: Credential }
  | { readonly outcome: 'bad'; readonly why: string }
  | { readonly outcome: 'unavailable' };

/** The newest state, from memory where it is fresh enough. `get` rejects with StoreUnavailableError. */
export interface StateSource {
  peek(now: number): StateReading | null;
  get(): Promise<StateReading>;
}

export interface StateReading {
  readonly state: State;
  /** When the read began, ms since the epoch. */
  readonly readAt: number;
}

export type Verdict =
  | {
      readonly effect: 'allow';
      readonly identity: Identity;
      /** By which version of the state; told of the canary alone. */
      readonly version?: number;
    }
  | {
      readonly effect: 'deny';
      readonly identity: Identity;
      readonly refusal: Refusal;
      readonly maintenance: Maintenance;
      readonly version: number;
    }
  /** Nothing is known of the state, and the configured default is to keep the door shut. */
  | { readonly effect: 'unavailable' };

/** One decision as it is logged and counted. */
export interface DecisionRecord {
  readonly outcome: Exclude<Outcome, 'allow'>;
  readonly request: GatewayRequest;
  readonly identity: Identity;
  /** What tells clients apart: the principal's id, else the source address. */
  readonly client: string;
  readonly classification: Classification;
  /** The path as it may be shown: the rule's template where there is one, else the canonical path. */
  readonly endpoint: string;
  readonly maintenance: Maintenance;
  readonly version: number;
  readonly stateAge: number;
  readonly now: number;
}

/** One decision as it is told while that was asked for, whatever it came to. */
export interface DebugRecord {
  readonly verdict: Verdict['effect'];
  readonly request: GatewayRequest;
  /** Null where the decision did not depend on who calls. */
  readonly identity: Identity | null;
  readonly classification: Classification | null;
  /** The path as it may be shown. */
  readonly endpoint: string;
  readonly state: State;
  readonly stateAge: number;
  readonly now: number;
}

/** Where decisions are told. Must neither fail nor wait. */
export interface DecisionLog {
  decided(record: DecisionRecord): void;
  /** Blocked calls of repeat offenders that had no line of their own. */
  summed(summary: Summary, version: number, now: number): void;
  /** Told of every decision while `isDebugging`. */
  debugged(record: DebugRecord): void;
  stateUnknown(error: StoreUnavailableError, requestId: string): void;
}

export interface AuthorizerParts {
  readonly states: StateSource;
  readonly offenders: OffenderTable;
  readonly alwaysAllowed: RouteMatcher<true>;
  /** What to decide when no state has ever been read. */
  readonly stateUnknown: 'open' | 'closed';
  readonly log: DecisionLog;
  readonly now: () => number;
  /** The classifier by the rules that a state names. */
  readonly classifierOf?: (state: State) => Classify;
}

const ALLOW: Verdict = { effect: 'allow', identity: NOBODY };

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

  async authorize(request: GatewayRequest): Promise<Verdict> {
    const verdict = await this.#verdictOn(request);
    const now = this.#parts.now();
    const reading = this.#parts.states.peek(now) ?? this.#lastRead;
    if (reading !== null && isDebugging(reading.state, now)) this.#debug(request, verdict, reading, now);
    return verdict;
  }

  async #verdictOn(request: GatewayRequest): Promise<Verdict> {
    // The same for everybody, whatever the state.
    if (request.door === 'page') return ALLOW;
    const now = this.#parts.now();
    if (request.door === 'control') return this.#control(request, now);
    const reading = this.#parts.states.peek(now) ?? (await this.#read(request));
    if (reading === null) return this.#withoutState(request, now);
    const { state } = reading;
    this.#tellSummaries(state, now);
    const isOpen = effective(state, now).maintenance === null;
    const verdict = isOpen ? ALLOW : await this.#decide(request, reading, this.#parts.now());
    if (request.door !== 'canary' || verdict.effect !== 'allow') return verdict;
    return { ...verdict, version: state.version };
  }

  /** Control routes are never blocked: the function behind them answers 401 or 403 by what is passed on here. */
  async #control(request: GatewayRequest, now: number): Promise<Verdict> {
    const shown = await request.identify(now);
    if (shown.outcome === 'none') return ALLOW;
    const reading = this.#parts.states.peek(now) ?? (await this.#read(request));
    return { effect: 'allow', identity: identityOf(shown, reading && effective(reading.state, now)) };
  }

  async #decide(request: GatewayRequest, reading: StateReading, now: number): Promise<Verdict> {
    const { state } = reading;
    const classification = this.#classify(request, state);
    const operation = decisiveOperation(classification);
    if (this.#isOpen(request, classification) || !roleMatters(state, operation, now)) return ALLOW;
    const identity = identityOf(await request.identify(now), effective(state, now));
    const outcome = decide(state, operation, identity.principal.role, now);
    const { maintenance } = effective(state, now);
    if (outcome === 'allow' || maintenance === null) return { effect: 'allow', identity };
    const { principal } = identity;
    const client = principal.role === 'anonymous' ? request.sourceAddress : principal.id;
    const record: DecisionRecord = {
      outcome,
      request,
      identity,
      client,
      classification,
      endpoint: shownPath(classification),
      maintenance,
      version: state.version,
      stateAge: Math.max(0, now - reading.readAt),
      now,
    };
    return outcome === 'block' ? this.#refuse(record) : this.#pass(record);
  }

  #classify(request: GatewayRequest, state: State): Classification {
    return request.door === 'canary'
      ? { operation: 'canary', rule: null, canonicalPath: request.path }
      : this.#classifierOf(state)(request.method, request.path);
  }

  /** Calls of the control API are told by the gateway's template: ids of sessions stand in their paths. */
  #debug(request: GatewayRequest, verdict: Verdict, { state, readAt }: StateReading, now: number): void {
    const classification = request.door === 'control' ? null : this.#classify(request, state);
    const identity = verdict.effect === 'unavailable' ? null : verdict.identity;
    this.#parts.log.debugged({
      verdict: verdict.effect,
      request,
      identity: identity === NOBODY ? null : identity,
      classification,
      endpoint: classification === null ? (request.resource ?? CONTROL_BASE_PATH) : shownPath(classification),
      state,
      stateAge: Math.max(0, now - readAt),
      now,
    });
  }

  #pass(record: DecisionRecord): Verdict {
    if (record.request.door !== 'canary') this.#parts.log.decided(record);
    return { effect: 'allow', identity: record.identity };
  }

  #refuse(record: DecisionRecord): Verdict {
    const { request, client, identity, classification, maintenance, version, now } = record;
    const { operation, rule } = classification;
    const base = baseWait(maintenance, client, now);
    let retryAfter = base;
    if (request.door !== 'canary') {
      const offence = this.#parts.offenders.record(client, operation, maintenance, now);
      retryAfter = repeatedWait(base, offence.minutes);
      if (offence.logged) this.#parts.log.decided(record);
    }
    const instance = rule !== null && holdsSecret(rule.path) ? rule.path : pathOf(request.path);
    const form = request.prefersHtml() ? 'html' : 'json';
    const refusal = buildRefusal({
      maintenance,
      version,
      operation,
      method: request.method,
      path: request.path,
      instance,
      retryAfter,
      now,
      form,
      language: request.language(),
    });
    return { effect: 'deny', identity, refusal, maintenance, version };
  }

  /** Routes that no maintenance closes: preflights, and the owner's list. */
  #isOpen(request: GatewayRequest, { canonicalPath }: Classification): boolean {
    if (request.door === 'canary') return false;
    if (request.method === 'OPTIONS') return true;
    return canonicalPath !== null && this.#parts.alwaysAllowed.find(request.method, canonicalPath) === true;
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
  async #withoutState(request: GatewayRequest, now: number): Promise<Verdict> {
    if (this.#parts.stateUnknown === 'open') return ALLOW;
    const classification = classifyByBuiltInRules(request.method, request.path);
    if (this.#isOpen(request, classification) || classification.operation === 'authentication') return ALLOW;
    const identity = identityOf(await request.identify(now), null);
    return identity.principal.role === 'admin' ? { effect: 'allow', identity } : { effect: 'unavailable' };
  }

  #tellSummaries(state: State, now: number): void {
    for (const summary of this.#parts.offenders.takeSummaries(now)) {
      this.#parts.log.summed(summary, state.version, now);
    }
  }
}

/** How far a credential is believed; without a state nothing is known that could end its session. */
export function identityOf(shown: Shown, state: State | null): Identity {
  switch (shown.outcome) {
    case 'none':
      return NOBODY;
    case 'valid': {
      const { credential } = shown;
      if (state !== null) return believe(credential, state);
      const { id, role, authenticatedAt } = credential;
      return { principal: { id, role }, credential: 'valid', authenticatedAt };
    }
    case 'bad':
      return unbelieved(shown.why);
    case 'unavailable':
      return unbelieved('unavailable');
  }
}

/** By the rule's template where there is one: what stands for its names may be a secret. */
function shownPath({ rule, canonicalPath }: Classification): string {
  return rule?.path ?? canonicalPath ?? '(malformed path)';
}

/** Paths are shown without their query: it may hold secrets. */
function pathOf(path: string): string {
  const query = path.indexOf('?');
  return query === -1 ? path : path.slice(0, query);
}
