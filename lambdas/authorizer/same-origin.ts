import type { RequestHeaders } from '../http/request-headers.ts';

/**
 * Whether a request can count as meant by whoever holds its cookies: a page of somebody else's can have a browser send
 * them along. Browsers tell by `Sec-Fetch-Site` (https://www.w3.org/TR/fetch-metadata/), and by `Origin` with whatever
 * is not a plain GET; programs that are no browsers send neither, and nobody can make them.
 *
 * @param allowed origins that may act for their users; `*` allows reading, not acting
 */
export function isOfSameOrigin(headers: RequestHeaders, allowed: readonly string[]): boolean {
  const origins = headers.values('origin');
  const sites = headers.values('sec-fetch-site');
  const hosts = headers.values('host');
  if (origins.length > 1 || sites.length > 1 || hosts.length > 1) return false;
  const [origin] = origins;
  if (origin !== undefined && origin !== '*' && allowed.includes(origin)) return true;
  const [site] = sites;
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return false;
  return origin === undefined || isOriginOf(origin, hosts[0], headers.values('x-forwarded-proto')[0]);
}

/** Compares hosts with their ports, and the scheme where the gateway tells it. `null`, the origin of sandboxed pages, is nobody's. */
function isOriginOf(origin: string, host: string | undefined, scheme: string | undefined): boolean {
  const its = URL.parse(origin);
  const ours = its && URL.parse(`${its.protocol}//${host}`);
  if (its === null || (scheme !== undefined && its.protocol !== `${scheme}:`)) return false;
  return ours !== null && its.host !== '' && its.host === ours.host;
}
