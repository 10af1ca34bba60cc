/** Which scripts may read a refusal: the values of the CORS headers by their names in the authorizer's context. */
export interface RefusalCors extends Readonly<Record<string, string>> {
  readonly allowOrigin: string;
  readonly allowCredentials: 'true' | 'false';
}

/** An origin longer than this is nobody's, and would not leave room for the refusal. */
const MAX_ORIGIN_LENGTH = 256;

/** Refusals hold nothing that status does not show to all, so an origin that is not allowed is named the first that is. */
export function refusalCors(origin: string | undefined, allowed: readonly string[]): RefusalCors {
  const allowOrigin = allowedOrigin(origin, allowed);
  return { allowOrigin, allowCredentials: allowOrigin === '*' ? 'false' : 'true' };
}

function allowedOrigin(origin: string | undefined, allowed: readonly string[]): string {
  const any = allowed.includes('*');
  if (origin === undefined || origin.length > MAX_ORIGIN_LENGTH || !/^[!-~]+$/.test(origin)) {
    return any ? '*' : (allowed[0] ?? '*');
  }
  return any || allowed.includes(origin) ? origin : (allowed[0] ?? '*');
}
