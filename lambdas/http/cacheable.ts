import type { Caller } from './caller.ts';
import { entityTag, isKnown } from './entity-tag.ts';
import { empty, headerValues, json, type ProxyEvent, type ProxyResult } from './proxy-event.ts';

/**
 * A public answer, as `unlessKnown` has it.
 *
 * @param lasting what of the body tells whether it has changed: all but the instant at which it was made
 * @param own headers of the answer's own
 */
export function cacheable(
  event: ProxyEvent,
  caller: Caller,
  body: object,
  lasting: object,
  own: Readonly<Record<string, string>>,
): ProxyResult {
  return unlessKnown(event, caller, entityTag(lasting), json(200, body, own));
}

/** An answer that whoever shows no credential may keep for 5 s; nothing at all (304) to a client that has it already. */
export function unlessKnown(
  event: ProxyEvent,
  caller: Caller,
  tag: string,
  answer: ProxyResult,
): ProxyResult {
  const { 'Content-Type': contentType, ...own } = answer.headers;
  const headers = {
    ETag: tag,
    'Cache-Control': caller.credential === 'none' ? 'public, max-age=5' : 'private, no-store',
    ...own,
  };
  if (isKnown(tag, headerValues(event, 'if-none-match'))) return empty(304, headers);
  return { ...answer, headers: { ...headers, 'Content-Type': contentType ?? 'application/json' } };
}
