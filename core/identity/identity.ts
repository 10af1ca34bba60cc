import { ANONYMOUS, type Principal, type Role } from '../state/principal.ts';
import type { State } from '../state/state.ts';
import type { SessionFacts } from './session.ts';

/** What a verified credential says about its bearer. Instants are ms since the epoch. */
export interface Credential {
  /** `token`: signed by the issuer. `session`: begun by the application, and found in its store. */
  readonly kind: 'token' | 'session';
  readonly id: string;
  readonly role: Role;
  /** Null when a session does not say when it began. */
  readonly issuedAt: number | null;
  /** When the bearer last proved who they are; null when nobody says. */
  readonly authenticatedAt: number | null;
  /** The value of the owner's API key that its calls are metered by, where the issuer names one. */
  readonly apiKey?: string;
}

/** How far a caller's credential was believed. */
export interface Identity {
  readonly principal: Principal;
  /**
   * `none` was sent, it is `valid`, it could not be checked (`unavailable`), or the reason why it is bad.
   * Anything but `valid` makes the caller anonymous.
   */
  readonly credential: string;
  readonly authenticatedAt: number | null;
}

/** Why a token is bad that was good until it expired. */
export const TOKEN_EXPIRED = 'the token has expired';

export const NOBODY: Identity = { principal: ANONYMOUS, credential: 'none', authenticatedAt: null };

export function unbelieved(why: string): Identity {
  return { principal: ANONYMOUS, credential: why, authenticatedAt: null };
}

/** Clocks of those who issue credentials may be ahead of ours by this much, ms. */
export const CLOCK_SKEW = 60_000;

/** Characters of a session's id that may be shown: it is a secret. */
const SHOWN_OF_ID = 8;

/**
 * What a session in the application's store is worth as a credential. A session that says that it begins in the
 * future does not say when it began: else it would outlive every order to end it, and its sign-in would stay recent.
 *
 * @param now milliseconds since the epoch
 * @example credentialOfSession('qz3_HQt5VIHV', { ...facts, user: 'alice', role: 'admin' }, now).id // 'alice'
 */
export function credentialOfSession(id: string, facts: SessionFacts, now: number): Credential {
  const { user, role, createdAt } = facts;
  const begunAt = createdAt !== null && createdAt <= now + CLOCK_SKEW ? createdAt : null;
  const named = user !== null && user !== '' && user !== ANONYMOUS.id;
  return {
    kind: 'session',
    id: named ? user : `session ${id.slice(0, SHOWN_OF_ID)}`,
    role,
    issuedAt: begunAt,
    authenticatedAt: begunAt,
  };
}

/**
 * Believes a verified credential, unless it was ended: everything that a revoked principal was given before the
 * revocation, and by a maintenance the tokens of members and the sessions of all but admins. An ended one is worth
 * nothing from that instant on, wherever it is shown. One of unknown age counts as older than any instant.
 */
export function believe(credential: Credential, state: State): Identity {
  const { id, role, authenticatedAt } = credential;
  if (state.revoked?.some((revocation) => revocation.id === id && isOlder(credential, revocation.before))) {
    return unbelieved('it was revoked; sign in again');
  }
  const endedAt = state.sessionsInvalidBefore;
  if (endedAt !== null && endsWithMaintenance(credential) && isOlder(credential, endedAt)) {
    return unbelieved('the session was ended by maintenance; sign in again');
  }
  return { principal: { id, role }, credential: 'valid', authenticatedAt };
}

/** Workers keep their tokens, with which they report on jobs; their sessions in the application end as members' do. */
function endsWithMaintenance({ kind, role }: Credential): boolean {
  return kind === 'token' ? role === 'member' : role !== 'admin';
}

function isOlder({ issuedAt }: Credential, instant: number): boolean {
  return issuedAt === null || issuedAt < instant;
}

/** The role that membership of groups gives: the highest that any group gives. */
export function roleOfGroups(
  groups: readonly string[],
  named: { readonly admins: readonly string[]; readonly workers: readonly string[] },
): Role {
  if (groups.some((group) => named.admins.includes(group))) return 'admin';
  if (groups.some((group) => named.workers.includes(group))) return 'worker';
  return 'member';
}
