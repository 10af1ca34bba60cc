import { CLOCK_SKEW_MS } from '../../core/clock-skew.ts';
import { HttpProblem } from '../../core/http/problem.ts';
import type { Caller } from './caller.ts';

/** Passes whoever has a good credential. Throws HttpProblem with status 401 (who are you?) or 503 (we can't tell). */
export function requireCredential({ credential, reason }: Caller): void {
  if (credential === 'unavailable') {
    throw new HttpProblem(
      'state_store_unavailable',
      'Your credential cannot be checked at the moment: what it is looked up in does not answer. Try again in a few seconds.',
    );
  }
  if (credential === 'none') {
    const message = 'This call needs a credential: send an access token as "Authorization: Bearer <token>".';
    throw new HttpProblem('unauthenticated', message, { headers: { 'WWW-Authenticate': 'Bearer' } });
  }
  if (credential !== 'valid') {
    throw new HttpProblem('unauthenticated', `Your credential is not accepted: ${reason ?? credential}.`, {
      headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      members: { credential },
    });
  }
}

/** Passes admins out of those with a good credential, else throws HttpProblem with status 403. */
export function requireAdmin({ principal }: Caller): void {
  if (principal.role === 'admin') return;
  const message = `This call is for administrators; "${principal.id}" has the role ${principal.role}.`;
  throw new HttpProblem('insufficient_privileges', message);
}

/** Passes workers and admins out of those with a good credential, else throws HttpProblem with status 403. */
export function requireWorker({ principal }: Caller): void {
  if (principal.role === 'worker' || principal.role === 'admin') return;
  const message = `This call is for workers and administrators; "${principal.id}" has the role ${principal.role}.`;
  throw new HttpProblem('insufficient_privileges', message);
}

/**
 * Whether a caller's sign-in is recent enough for an emergency.
 *
 * @param longest seconds since the sign-in
 * @param now ms since the epoch
 */
export function isFreshSignIn({ authenticatedAt }: Caller, longest: number, now: number): boolean {
  // A sign-in of the future would stay recent for ever.
  return (
    authenticatedAt !== null &&
    authenticatedAt <= now + CLOCK_SKEW_MS &&
    now - authenticatedAt <= longest * 1000
  );
}

/**
 * Passes callers whose sign-in is recent, else throws HttpProblem with status 401 and a step-up challenge (RFC 9470).
 *
 * @param longest seconds since the sign-in
 * @param now ms since the epoch
 */
export function requireFreshSignIn(caller: Caller, longest: number, now: number): void {
  if (!isFreshSignIn(caller, longest, now)) throw staleSignIn(longest);
}

/**
 * Passes callers but those whose token has expired: where a recent sign-in is needed, what they have to do is to sign
 * in again, and refreshing the token would not do. Throws the same as `requireFreshSignIn`.
 */
export function requireUnexpired({ credential }: Caller, longest: number): void {
  if (credential === 'expired') throw staleSignIn(longest, { credential });
}

function staleSignIn(longest: number, members = {}): HttpProblem {
  const challenge = `Bearer error="insufficient_user_authentication", max_age=${longest}`;
  return new HttpProblem(
    'reauthentication_required',
    `This call needs a sign-in of the last ${longest} seconds. Sign in again, then repeat it.`,
    { headers: { 'WWW-Authenticate': challenge }, members },
  );
}
