/** What the session cookie of a request holds. */
type SessionCookie =
  | { readonly outcome: 'none' }
  | { readonly outcome: 'id'; readonly id: string }
  | { readonly outcome: 'rejected'; readonly reason: string };

const NONE: SessionCookie = { outcome: 'none' };

/** Bytes of a session's id. */
const MAX_ID_LENGTH = 512;

/**
 * Finds the session's id in the values of the Cookie header (RFC 6265). Escapes by percent are decoded once, as most
 * frameworks do; an empty value, which signing out leaves behind, is no cookie. Two values of the same name are not
 * accepted: origins differ in which of them they take, so nobody can say whose session it is.
 *
 * @param name the cookie's name, in its case
 * @example sessionCookie(['lang=en; session_id=qz3_HQt5'], 'session_id') // { outcome: 'id', id: 'qz3_HQt5' }
 */
export function sessionCookie(headers: readonly string[], name: string): SessionCookie {
  let found: string | undefined;
  for (const header of headers) {
    for (const pair of header.split(';')) {
      const equals = pair.indexOf('=');
      if (equals === -1 || pair.slice(0, equals).trim() !== name) continue;
      const value = unquoted(pair.slice(equals + 1).trim());
      if (value === '') continue;
      if (found !== undefined && found !== value) {
        return { outcome: 'rejected', reason: 'there is more than one session cookie' };
      }
      found = value;
    }
  }
  if (found === undefined) return NONE;
  const id = decoded(found);
  return Buffer.byteLength(id) <= MAX_ID_LENGTH
    ? { outcome: 'id', id }
    : { outcome: 'rejected', reason: 'the session cookie is too long' };
}

function unquoted(value: string): string {
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function decoded(value: string): string {
  if (!value.includes('%')) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
