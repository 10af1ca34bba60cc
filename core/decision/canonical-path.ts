/**
 * One spelling for every path that means the same, so that no spelling of a blocked path slips through.
 * The request that is passed on to the origin is never rewritten; only the decision looks at this form.
 *
 * Percent-decoding follows RFC 3986 §6.2.2: unreserved characters once, everything else stays as it is.
 */

/** Most paths are canonical as they come: unreserved characters only, with nothing of NOT_PLAIN in them. */
const PLAIN = /^\/[a-z0-9._~/-]*$/;
const NOT_PLAIN = /\/[/.]|\.\/|\.$|.\/$/;
const ESCAPE = /%([0-9a-f]{2})/gi;
const BROKEN_ESCAPE = /%(?![0-9a-f]{2})/i;
const UNRESERVED = /[a-z0-9._~-]/i;
const SEPARATOR = /%2f|%5c|\\/i;
/** Where an origin that decodes before it looks for the query would end the path. */
const ENCODED_END = /%(?:3f|23)/i;
/** What an origin that decodes twice would take for a dot, a separator, the path's end or a control character. */
const ENCODED_TWICE = /%(?:2e|2f|5c|3f|23|[01][0-9a-f]|7f)/i;
/**
 * What an origin on Windows trims off a segment, parameters aside (`admin.;a=b`). So `.` and `..` too, and `..;a=b`:
 * servlet containers take the parameters off before they go up.
 */
const TRIMMED = /[.\s](?:;|\/|$)/;
/** What goes up in a path or ends a segment. */
const MEANINGFUL = /[./\\]/;

/**
 * The canonical form of a request path, or null when the path is malformed: then nobody can say what the origin
 * makes of it. Query removed, unreserved characters decoded once, duplicate slashes collapsed, trailing slash
 * dropped, letters in lower case.
 *
 * @example canonicalPath('/API//Users/%7ejohn/?a=1') // '/api/users/~john'
 * @example canonicalPath('/static/..%2fadmin') // null
 */
export function canonicalPath(raw: string): string | null {
  if (PLAIN.test(raw) && !NOT_PLAIN.test(raw)) return raw;
  const path = withoutQuery(raw);
  if (!path.startsWith('/') || isMalformed(path)) return null;
  const decoded = path.replace(ESCAPE, (encoded, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : encoded;
  });
  const collapsed = decoded.replace(/\/{2,}/g, '/');
  const trimmed = collapsed.length > 1 && collapsed.endsWith('/') ? collapsed.slice(0, -1) : collapsed;
  return lowerCase(trimmed);
}

function withoutQuery(raw: string): string {
  const end = raw.indexOf('?');
  return end === -1 ? raw : raw.slice(0, end);
}

/**
 * Dot segments, encoded separators, an encoded `?` or `#`, control characters, broken encodings and segments that end in
 * a dot or a space have no agreed meaning. Nor has `#`: a request never holds one (RFC 9112 §3.2), and origins differ in
 * whether the path ends there. Nor have letters that some origins fold into a dot or a separator (NFKC).
 */
function isMalformed(path: string): boolean {
  if (BROKEN_ESCAPE.test(path) || SEPARATOR.test(path) || ENCODED_END.test(path) || path.includes('#'))
    return true;
  const decoded = decodeOnce(path);
  if (decoded === null || !path.isWellFormed() || hasControlCharacter(decoded)) return true;
  if (ENCODED_TWICE.test(decoded)) return true;
  return TRIMMED.test(decoded) || [...decoded].some(foldsIntoMeaning);
}

/** Whether Unicode's compatibility form of a character holds a dot or a separator. */
function foldsIntoMeaning(character: string): boolean {
  return character > '\x7f' && MEANINGFUL.test(character.normalize('NFKC'));
}

function decodeOnce(path: string): string | null {
  try {
    return decodeURIComponent(path);
  } catch {
    return null;
  }
}

function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true;
  }
  return false;
}

/** ASCII only: what an origin makes of other letters' cases is not ours to guess. */
function lowerCase(path: string): string {
  return path.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
