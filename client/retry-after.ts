/** Milliseconds that a Retry-After header (RFC 9110 §10.2.3, in seconds) asks for; null where it holds none. */
export function retryAfterOf(headers: Headers): number | null {
  const value = headers.get('retry-after');
  return value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : null;
}
