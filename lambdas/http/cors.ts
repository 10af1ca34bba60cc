/** Headers of ours that scripts of another origin may read. */
const EXPOSED = [
  'ETag',
  'Idempotent-Replayed',
  'Link',
  'Retry-After',
  'WWW-Authenticate',
  'X-Maintenance-Active',
  'X-Maintenance-Mode',
  'X-Maintenance-Version',
];

/** Headers that scripts of another origin may send. `Authorization` is never covered by a wildcard. */
const ACCEPTED = ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'];

/** Seconds for which a browser may remember a preflight. */
const PREFLIGHT_AGE = 600;

/**
 * The headers that let scripts of an allowed origin read an answer (Fetch standard, "CORS protocol").
 * With `*` any origin may, but then without cookies: a page of somebody else's must not act as a signed-in admin.
 */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  const exposed = { 'Access-Control-Expose-Headers': EXPOSED.join(', ') };
  if (origin !== undefined && allowed.includes(origin)) {
    return {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Credentials': 'true',
      ...exposed,
    };
  }
  return allowed.includes('*') ? { 'Access-Control-Allow-Origin': '*', ...exposed } : {};
}

/** What a preflight is told beside `corsHeaders`. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': ACCEPTED.join(', '),
    'Access-Control-Max-Age': String(PREFLIGHT_AGE),
  };
}
