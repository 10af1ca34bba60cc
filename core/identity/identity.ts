import { CLOCK_SKEW_MS } from '../clock-skew.ts';
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

/** What the credential that a caller presented turned out to be. */
export type PresentedCredential =
  | { readonly outcome: 'none' | 'unavailable' }
  | { readonly outcome: 'valid'; readonly credential: Credential }
  /** `reason` follows "Your credential is not accepted: ". */
  | { readonly outcome: 'expired' | 'rejected'; readonly reason: string };

/**
 * `none` was sent, it is `valid`, it was good until it `expired`, it is `rejected` for what it is, or it could not be
 * checked (`unavailable`). Anything but `valid` makes the caller anonymous.
 */
export const CREDENTIAL_CODES = ['none', 'valid', 'expired', 'rejected', 'unavailable'] as const;

type CredentialCode = (typeof CREDENTIAL_CODES)[number];

/** Who a caller is, as far as their credential was accepted. */
export interface Identity {
  readonly principal: Principal;
  readonly credential: CredentialCode;
  /** Why it is not accepted, for people; null where the code says all there is. */
  readonly reason: string | null;
  readonly authenticatedAt: number | null;
}

export const NOBODY: Identity = reject('none');

function reject(credential: Exclude<CredentialCode, 'valid'>, reason: string | null = null): Identity {
  return { principal: ANONYMOUS, credential, reason, authenticatedAt: null };
}

/** @param state the state in force, null where nothing is known that could have ended the credential */
export function identityOf(presented: PresentedCredential, state: State | null): Identity {
  switch (presented.outcome) {
    case 'none':
      return NOBODY;
    case 'valid':
      return accept(presented.credential, state);
    case 'expired':
    case 'rejected':
      return reject(presented.outcome, presented.reason);
    case 'unavailable':
      return reject('unavailable');
  }
}

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
  const begunAt = createdAt !== null && createdAt <= now + CLOCK_SKEW_MS ? createdAt : null;
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
 * Accepts a verified credential, unless it was ended: everything that a revoked principal was given before the
 * revocation, and by a maintenance the tokens of members and the sessions of all but admins. An ended one is worth
 * nothing from that instant on, wherever it is shown. One of unknown age counts as older than any instant.
 */
export function accept(credential: Credential, state: State | null): Identity {
  const { id, role, authenticatedAt } = credential;
  if (state?.revoked?.some((revocation) => revocation.id === id && isOlder(credential, revocation.before))) {
    return reject('rejected', 'it was revoked; sign in again');
  }
  const endedAt = state?.sessionsInvalidBefore ?? null;
  if (endedAt !== null && endsWithMaintenance(credential) && isOlder(credential, endedAt)) {
    return reject('rejected', 'the session was ended by maintenance; sign in again');
  }
  return { principal: { id, role }, credential: 'valid', reason: null, authenticatedAt };
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
