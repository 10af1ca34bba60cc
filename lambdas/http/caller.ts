import { CREDENTIAL_CODES, type Identity, NOBODY } from '../../core/identity/identity.ts';
import { ROLES } from '../../core/state/principal.ts';
import type { ProxyEvent } from './proxy-event.ts';

/** Who calls, as the authorizer found out. */
export type Caller = Identity;

/** Reads the caller from the authorizer's context. Whatever is missing or strange there makes nobody of the caller. */
export function callerOf(event: ProxyEvent): Caller {
  const context = event.requestContext.authorizer ?? {};
  const { principal, authTime } = context;
  const credential = CREDENTIAL_CODES.find((code) => code === context.credential) ?? 'none';
  if (credential !== 'valid') return { ...NOBODY, credential, reason: textOf(context.credentialReason) };
  const role = ROLES.find((candidate) => candidate === context.role);
  if (typeof principal !== 'string' || role === undefined) return NOBODY;
  return {
    principal: { id: principal, role },
    credential,
    reason: null,
    authenticatedAt: instantOf(authTime),
  };
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Seconds since the epoch in a text, as ms. */
function instantOf(seconds: unknown): number | null {
  return typeof seconds === 'string' && /^\d{1,12}$/.test(seconds) ? Number(seconds) * 1000 : null;
}
