import { rfc3339 } from '../../core/text.ts';
import type { Caller } from '../http/caller.ts';
import { isFreshSignIn } from '../http/require-admin.ts';

/**
 * Tells callers whom the gateway takes them for.
 *
 * @param freshSignIn seconds since the sign-in up to which it counts as fresh
 * @param now ms since the epoch
 */
export function whoAmI(caller: Caller, freshSignIn: number, now: number) {
  const { principal, credential, authenticatedAt } = caller;
  return {
    id: principal.id,
    role: principal.role,
    credential,
    authenticated_at: authenticatedAt === null ? null : rfc3339(authenticatedAt),
    fresh_sign_in: isFreshSignIn(caller, freshSignIn, now),
    fresh_until: authenticatedAt === null ? null : rfc3339(authenticatedAt + freshSignIn * 1000),
  };
}
