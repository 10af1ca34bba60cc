import { type Principal, ROLES } from '../../core/state/principal.ts';
import type { ProxyEvent } from './proxy-event.ts';

/** Who calls, as the authorizer found out. */
export interface Caller {
  readonly principal: Principal;
  /** `none`, `valid`, `unavailable` (could not be checked), or why it is bad. */
  readonly credential: string;
  /** When the caller last signed in, ms since the epoch; null when it is not known. */
  readonly authenticatedAt: number | null;
}

const NOBODY: Caller = {
  principal: { id: '-', role: 'anonymous' },
  credential: 'none',
  authenticatedAt: null,
};

/** Reads the caller from the authorizer's context. Whatever is missing or strange there makes nobody of the caller. */
export function callerOf(event: ProxyEvent): Caller {
  const { principal, role, credential, authTime } = event.requestContext.authorizer ?? {};
  if (typeof credential !== 'string' || credential === '') return NOBODY;
  const known = ROLES.find((candidate) => candidate === role);
  if (credential !== 'valid' || typeof principal !== 'string' || known === undefined) {
    return { ...NOBODY, credential: credential === 'valid' ? 'none' : credential };
  }
  return { principal: { id: principal, role: known }, credential, authenticatedAt: instantOf(authTime) };
}

/** Seconds since the epoch in a text, as ms. */
function instantOf(seconds: unknown): number | null {
  return typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
