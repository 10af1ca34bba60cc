import { decide } from '../../decision/decide.ts';
import { EVENT_TYPES, type EventType, isDecisive } from '../../events/event-types.ts';
import { effective } from '../../state/clock.ts';
import type { State } from '../../state/state.ts';
import type { Finding } from '../finding.ts';
import { type ComponentFindings, findingsOf, type Look, silence } from './components.ts';

/** What the gateway answered to a call of the canary. */
export interface CanaryAnswer {
  /** `unavailable`: it could not decide; that is no decision. */
  readonly decision: 'allowed' | 'blocked' | 'unavailable';
  /** The version that it decided by; null where it does not say. */
  readonly version: number | null;
}

/** A newest state, and when its event was written, ms since the epoch; null before the first event. */
export interface NewestState {
  readonly state: State;
  readonly writtenAt: number | null;
}

/** The bound of the contract: so long after an event nobody decides by what was before it, ms. */
export const ENFORCED_WITHIN = 1000;

/** The events after which requests are decided by another state. */
export const DECISIVE_EVENTS: readonly EventType[] = EVENT_TYPES.filter(isDecisive);

/** What the canary has to meet by a state at an instant. */
export function expectedOf(state: State, now: number): 'allowed' | 'blocked' {
  return decide(effective(state, now).maintenance, 'canary', 'anonymous') === 'block' ? 'blocked' : 'allowed';
}

/**
 * Whether a canary's answer is what the state asks for. `early`: it may still be, for the event is too fresh, or the
 * clock has changed the state meanwhile.
 *
 * @param begun when the canary was sent, and `ended` when its answer was there; ms since the epoch
 */
export function agreement(
  answer: CanaryAnswer,
  { state, writtenAt }: NewestState,
  { begun, ended }: { readonly begun: number; readonly ended: number },
): 'agrees' | 'differs' | 'early' {
  const expected = expectedOf(state, begun);
  const isOld = answer.version !== null && answer.version < state.version;
  if (answer.decision === expected && !isOld) return 'agrees';
  const isFresh = writtenAt !== null && begun - writtenAt < ENFORCED_WITHIN;
  // An allowance without a version was made without a state.
  const clockMoved =
    expected !== expectedOf(state, ended) || expected !== expectedOf(state, begun - ENFORCED_WITHIN);
  if (isFresh || clockMoved) return 'early';
  return 'differs';
}

/** What the look at the gate has come to. */
export interface EnforcementFacts {
  readonly answers: readonly CanaryAnswer[];
  /** Of the answers, how many still differed from the log when the second look was over. */
  readonly mismatches: number;
  readonly newest: NewestState | null;
}

/** The proof that the block blocks, and that what is open is open. */
export function enforcementFindings(look: Look<EnforcementFacts>, now: number): ComponentFindings {
  return { component: 'authorizer', findings: [enforcement(look, now)] };
}

function enforcement(look: Look<EnforcementFacts>, now: number): Finding {
  const finding = findingsOf('enforcement', look.latency);
  const unavailable =
    'Look at the errors and throttles of the function authorizer, and at its log. Until it works, callers get 503 with Retry-After 5; `maintenance disable --direct` needs no gateway.';
  if (!look.answered) {
    return finding('enforcement', 'failed', `The canary route ${silence(look)}.`, unavailable);
  }
  const { answers, mismatches, newest } = look.facts;
  if (answers.some(({ decision }) => decision === 'unavailable')) {
    return finding(
      'enforcement',
      'failed',
      'The gateway could not decide about the canary route.',
      unavailable,
    );
  }
  if (newest === null) {
    const seen =
      'The gateway decides, but the event log could not be read, so nobody knows whether it decides rightly.';
    return finding('enforcement', 'unknown', seen, 'Cure `event_log_read` first.');
  }
  const expected = expectedOf(newest.state, now);
  if (mismatches === 0) {
    const mode = effective(newest.state, now).maintenance?.mode ?? 'no maintenance';
    return finding(
      'enforcement',
      'ok',
      `The canary route is ${expected}, as it must be with ${mode} at version ${newest.state.version}.`,
    );
  }
  return finding(
    'enforcement',
    'failed',
    `${mismatches} of ${answers.length} calls of the canary route were not decided by version ${newest.state.version} of the state, by which it is ${expected}.`,
    'Type `maintenance refresh`: every instance drops what it remembers. If that does not help, look at the log of the function authorizer for `state_read_failed` and `state_from_copy`.',
  );
}

/** How the application answered a request that did not come through the gate; null when it did not answer. */
export interface OriginFacts {
  readonly status: number;
}

/** Whoever can go round the gate is not blocked by it. */
export function originFindings(look: Look<OriginFacts>): ComponentFindings {
  const finding = findingsOf('enforcement', look.latency);
  const of = (...told: Parameters<typeof finding>): ComponentFindings => ({
    component: 'origin',
    findings: [finding(...told)],
  });
  const close =
    'Let the application refuse requests without the header X-Origin-Secret: docs/configuration.md, "Closing the way round the gateway".';
  if (!look.answered) {
    const seen = `The application ${silence(look)} to a request past the gate.`;
    return of(
      'origin_closed',
      'unknown',
      seen,
      'Look whether the application runs; if it does, nobody reaches it past the gate, which is as it should be.',
    );
  }
  const { status } = look.facts;
  if (status === 401 || status === 403) {
    return of('origin_closed', 'ok', `The application refuses requests past the gate (${status}).`);
  }
  if (status >= 500) {
    return of(
      'origin_closed',
      'unknown',
      `The application answered a request past the gate with ${status}.`,
      'Cure the application first: nobody can tell whether it would refuse.',
    );
  }
  return of(
    'origin_closed',
    'failed',
    `The application answered a request that came past the gate (${status}): maintenance does not block those.`,
    close,
  );
}

/** What a caller without a credential gets where an admin would begin. */
export interface AdminPathFacts {
  /** Of `GET /api/maintenance/signin`. */
  readonly signIn: number;
  /** Of `GET /api/maintenance/whoami`. */
  readonly whoAmI: number;
}

/**
 * Whether an admin could get in: sign-in answers, the control function answers for itself (401, as a 503 would be the
 * gate's), and an admin is let through by what is decided.
 */
export function adminPathFindings(
  look: Look<AdminPathFacts>,
  newest: NewestState | null,
  now: number,
): ComponentFindings {
  const finding = findingsOf('permissions', look.latency);
  const of = (...told: Parameters<typeof finding>): ComponentFindings => ({
    component: 'control',
    findings: [finding(...told)],
  });
  const direct =
    'Look at the log of the function control. Meanwhile the command line works without the API: `maintenance disable --direct`.';
  if (!look.answered) return of('admin_path', 'failed', `The control API ${silence(look)}.`, direct);
  const { signIn, whoAmI } = look.facts;
  if (signIn !== 200)
    return of('admin_path', 'failed', `Sign-in is not to be had: /signin answers ${signIn}.`, direct);
  if (whoAmI !== 401) {
    return of(
      'admin_path',
      'failed',
      `The control API answers a caller without a credential with ${whoAmI}, not 401.`,
      direct,
    );
  }
  const shut =
    newest !== null &&
    ['admin_operations', 'canary'].some(
      (type) => decide(effective(newest.state, now).maintenance, type, 'admin') === 'block',
    );
  return shut
    ? of('admin_path', 'failed', 'Admins are blocked by the state as it is.', direct)
    : of('admin_path', 'ok', 'An admin could sign in and would be let through.');
}
