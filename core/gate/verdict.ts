import type { Summary } from '../attempts/offenders.ts';
import type { Classification } from '../decision/classify.ts';
import type { StoreUnavailableError } from '../errors.ts';
import { type Identity, NOBODY } from '../identity/identity.ts';
import type { State } from '../state/state.ts';
import type { DecisionRecord } from './decision-record.ts';
import type { DecidedRequest } from './gateway-request.ts';
import type { RefusalFacts } from './refusal-facts.ts';
import type { StateReading } from './state-source.ts';

/** What is answered to a request. */
export type Verdict =
  | {
      readonly effect: 'allow';
      readonly identity: Identity;
      /** By which version of the state; shown to the canary alone. */
      readonly version?: number;
      /** What the caller is told if the origin can't be reached; the same as ever where that is not given. */
      readonly ifUnreachable?: RefusalFacts;
    }
  | { readonly effect: 'deny'; readonly identity: Identity; readonly refusal: RefusalFacts }
  /** Nothing is known of the state, and the configured default is to let nobody through. */
  | { readonly effect: 'unavailable' };

/** Where the decision did not depend on who calls. */
export const ALLOW: Verdict = { effect: 'allow', identity: NOBODY };

/** One decision as it is logged while that was asked for, whatever it came to. */
export interface DebugRecord {
  readonly verdict: Verdict['effect'];
  readonly request: DecidedRequest;
  /** Null where the decision did not depend on who calls. */
  readonly identity: Identity | null;
  readonly classification: Classification | null;
  /** The path as it may be shown. */
  readonly endpoint: string;
  readonly state: State;
  readonly stateAge: number;
  readonly now: number;
}

/** @param decision.reading the state that it was made by, or the newest where it depended on none */
export function debugRecord(
  decision: Pick<DebugRecord, 'request' | 'classification' | 'endpoint' | 'now'> & {
    readonly verdict: Verdict;
    readonly reading: StateReading;
  },
): DebugRecord {
  const { request, classification, endpoint, now, verdict, reading } = decision;
  const identity = verdict.effect === 'unavailable' ? NOBODY : verdict.identity;
  return {
    verdict: verdict.effect,
    request,
    identity: identity === NOBODY ? null : identity,
    classification,
    endpoint,
    state: reading.state,
    stateAge: Math.max(0, now - reading.readAt),
    now,
  };
}

/** Where decisions are logged. Must neither fail nor wait. */
export interface DecisionLog {
  decided(record: DecisionRecord): void;
  /** Blocked calls of repeat offenders that had no line of their own. */
  summed(summary: Summary, version: number, now: number): void;
  /** Every decision while `isDebugging`. */
  debugged(record: DebugRecord): void;
  stateUnknown(error: StoreUnavailableError, requestId: string): void;
}

/** By the rule's template where there is one: what stands for its names may be a secret. */
export function shownPath({ rule, canonicalPath }: Classification): string {
  return rule?.path ?? canonicalPath ?? '(malformed path)';
}
