import { decide } from '../decision/decide.ts';
import { EVENT_TYPES, type EventType, isDecisive } from '../events/event-types.ts';
import { effective } from '../state/clock.ts';
import type { State } from '../state/state.ts';

/** What the gateway answered to a call of the canary. */
export interface CanaryAnswer {
  /** `unavailable`: it could not decide; that is no decision. */
  readonly decision: 'allowed' | 'blocked' | 'unavailable';
  /** Of HTTP. */
  readonly status: number;
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

/** What a caller without a credential gets where an admin would begin. */
export interface AdminPathFacts {
  /** Of `GET /api/maintenance/signin`. */
  readonly signIn: number;
  /** Of `GET /api/maintenance/whoami`. */
  readonly whoAmI: number;
}

/**
 * What keeps an admin out, undefined where nothing does: sign-in answers, the control function answers for itself (401,
 * as a 503 would be the authorizer's), and an admin is let through by what is decided.
 *
 * @param newest null where nobody knows it
 */
export function adminObstacle(
  { signIn, whoAmI }: AdminPathFacts,
  newest: NewestState | null,
  now: number,
): string | undefined {
  if (signIn !== 200) return `/signin answers ${signIn}`;
  if (whoAmI !== 401) return `/whoami answers a caller without a credential with ${whoAmI}, not 401`;
  const { maintenance } = newest === null ? { maintenance: null } : effective(newest.state, now);
  const isShut = ['admin_operations', 'canary'].some(
    (type) => decide(maintenance, type, 'admin') === 'block',
  );
  return isShut ? 'the state blocks admins' : undefined;
}
