/** How texts from people are shown in places that give some characters a meaning. */

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  $: '&#36;',
};

/** Text for HTML, in content and in quoted attributes. `$` too: API Gateway gives it a meaning in templates. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"'$]/g, (character) => HTML[character] as string);
}

/**
 * JSON for a place that is filled in without escaping: no `$` that API Gateway could take for a variable,
 * no `<` that a browser could take for markup. Parses to the same value.
 */
export function templateSafeJson(value: unknown): string {
  return JSON.stringify(value).replace(/[$<\u2028\u2029]/g, unicodeEscape);
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** At most `limit` UTF-16 units, never half a surrogate pair. */
export function truncate(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return text.slice(0, end);
}

/** An instant (ms since the epoch) in RFC 3339, UTC, whole seconds where it is one. */
export function rfc3339(instant: number): string {
  return new Date(instant).toISOString().replace('.000Z', 'Z');
}

/**
 * An instant (ms since the epoch) for people, in UTC, to the minute or to the second.
 *
 * @example readableUtc(0) // '1970-01-01 00:00 UTC'
 */
export function readableUtc(instant: number, to: 'minute' | 'second' = 'minute'): string {
  const length = to === 'minute' ? 16 : 19;
  return `${new Date(instant).toISOString().slice(0, length).replace('T', ' ')} UTC`;
}

/** A log line: its text in one of the documented forms, and the same facts as fields. */
export interface LogLine {
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * A text and its values, each quoted and escaped as in JSON: nothing in a value can end the line or forge another.
 *
 * @example line('[MAINTENANCE] Access refused', { user: 'eve"\n' }) // '[MAINTENANCE] Access refused: user="eve\"\n"', in one line
 */
export function line(text: string, values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${text}: ${pairs.join(' ')}`;
}
