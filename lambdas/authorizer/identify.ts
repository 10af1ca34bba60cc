import { SessionStoreUnavailableError } from '../../core/errors.ts';
import type { Route } from '../../core/gate/gateway-request.ts';
import { credentialOfSession, type PresentedCredential } from '../../core/identity/identity.ts';
import type { SessionStore } from '../../core/sessions/session-store.ts';
import type { RequestHeaders } from '../http/request-headers.ts';
import { isOfSameOrigin } from './same-origin.ts';
import { sessionCookie } from './session-cookie.ts';

/** Verifies a token at an instant (ms since the epoch). */
type VerifyToken = (token: string, now: number) => Promise<PresentedCredential>;

/** The application's sessions, as far as they tell who calls. */
interface Sessions {
  /** Name of the cookie. */
  readonly cookie: string;
  /** Whether it counts on control routes too: then a script in the application has the control API. */
  readonly onControlRoutes: boolean;
  readonly store: Pick<SessionStore, 'find'>;
}

/** What credentials are looked up in. */
export interface CredentialSources {
  readonly verify: VerifyToken;
  /** Absent in a deployment without Redis. */
  readonly sessions?: Sessions | undefined;
  /** Origins whose pages may act for their users. */
  readonly allowedOrigins: readonly string[];
}

/** Why a cookie was not even looked up. */
export const CROSS_ORIGIN = 'a session cookie counts only for requests of the same origin';

const BEARER = /^bearer +/i;
const NONE: PresentedCredential = { outcome: 'none' };

/**
 * What credential a request presents: its bearer token; where that is absent or not valid, the session of its cookie.
 * What is wrong with a token goes before what is wrong with a cookie, which browsers send unasked.
 *
 * @param now milliseconds since the epoch
 */
export async function identify(
  headers: RequestHeaders,
  route: Route,
  sources: CredentialSources,
  now: number,
): Promise<PresentedCredential> {
  const byToken = await tokenOf(headers, sources.verify, now);
  if (byToken.outcome === 'valid') return byToken;
  const bySession = await sessionOf(headers, route, sources, now);
  return bySession.outcome === 'valid' || byToken.outcome === 'none' ? bySession : byToken;
}

async function tokenOf(
  headers: RequestHeaders,
  verify: VerifyToken,
  now: number,
): Promise<PresentedCredential> {
  const values = headers.values('authorization');
  const [value] = values;
  if (value === undefined) return NONE;
  if (values.length > 1)
    return { outcome: 'rejected', reason: 'there is more than one Authorization header' };
  const scheme = BEARER.exec(value);
  if (scheme === null)
    return { outcome: 'rejected', reason: 'the Authorization header holds no bearer token' };
  return verify(value.slice(scheme[0].length), now);
}

/** Nothing is remembered of a session: a demoted admin loses the role with the next request. */
async function sessionOf(
  headers: RequestHeaders,
  route: Route,
  { sessions, allowedOrigins }: CredentialSources,
  now: number,
): Promise<PresentedCredential> {
  if (sessions === undefined || (route === 'control' && !sessions.onControlRoutes)) return NONE;
  const cookie = sessionCookie(headers.values('cookie'), sessions.cookie);
  if (cookie.outcome !== 'id') return cookie;
  // The origin guards its own routes against forged requests; for the control API nobody else would.
  if (route === 'control' && !isOfSameOrigin(headers, allowedOrigins)) {
    return { outcome: 'rejected', reason: CROSS_ORIGIN };
  }
  try {
    const facts = await sessions.store.find(cookie.id);
    return facts === null
      ? { outcome: 'rejected', reason: 'there is no such session; sign in again' }
      : { outcome: 'valid', credential: credentialOfSession(cookie.id, facts, now) };
  } catch (error) {
    if (error instanceof SessionStoreUnavailableError) return { outcome: 'unavailable' };
    throw error;
  }
}
