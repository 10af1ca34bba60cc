import { accept, credentialOfSession } from '../identity/identity.ts';
import type { SessionFacts } from '../identity/session.ts';
import { effective } from '../state/clock.ts';
import type { State } from '../state/state.ts';
import { rfc3339, truncate } from '../text.ts';
import type { SessionItem, SessionView } from './schemas.ts';

/** Characters of a session's id that may be shown and logged. */
const SHOWN_OF_ID = 8;
/** The last instant that RFC 3339 can write, ms since the epoch. */
const LAST_INSTANT = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** @example shortId('3OnnDJNyLks1SrX3I8UOfTRhmeYGpwxG') // '3OnnDJNy' */
export function shortId(id: string): string {
  return truncate(id, SHOWN_OF_ID);
}

/**
 * @param expiresIn milliseconds, null for never
 * @param now ms since the epoch
 */
export function sessionItem(
  id: string,
  facts: SessionFacts,
  expiresIn: number | null,
  now: number,
): SessionItem {
  const { createdAt } = facts;
  const begun = createdAt !== null && createdAt >= 0 && createdAt <= LAST_INSTANT ? createdAt : null;
  return {
    id: shortId(id),
    role: facts.role,
    user: facts.user,
    created_at: begun === null ? null : rfc3339(begun),
    age_seconds: begun === null ? null : Math.max(0, Math.floor((now - begun) / 1000)),
    expires_in_seconds: expiresIn === null ? null : Math.ceil(expiresIn / 1000),
    readable: facts.readable,
  };
}

/** One session with what decides about it; see `sessionItem`. */
export function sessionView(
  id: string,
  facts: SessionFacts,
  expiresIn: number | null,
  { state, now }: { readonly state: State; readonly now: number },
): SessionView {
  return {
    ...sessionItem(id, facts, expiresIn, now),
    role_name: facts.roleName,
    role_pointer: facts.rolePointer,
    ended: accept(credentialOfSession(id, facts, now), effective(state, now)).credential !== 'valid',
  };
}
