import { ANONYMOUS, type Principal, type Role } from './principal.ts';
import type { State } from './state.ts';

/** What a verified credential says about its bearer. Instants are ms since the epoch. */
export interface Credential {
  readonly id: string;
  readonly role: Role;
  readonly issuedAt: number;
  /** When the bearer last proved who they are; null when the issuer does not say. */
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

/**
 * Believes a verified credential, unless a maintenance has ended its session: then a member's is worth nothing
 * from that instant on, wherever it is shown.
 */
export function believe(credential: Credential, state: State): Identity {
  const { id, role, issuedAt, authenticatedAt } = credential;
  const endedAt = state.sessionsInvalidBefore;
  if (role === 'member' && endedAt !== null && issuedAt < endedAt) {
    return unbelieved('the session was ended by maintenance; sign in again');
  }
  return { principal: { id, role }, credential: 'valid', authenticatedAt };
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
