import { createHash } from 'node:crypto';
import type { MaintenanceEvent } from '../../core/events/event.ts';

/**
 * JSON with one spelling for each value: members sorted by the UTF-16 code units of their names, no white space.
 * Takes what JSON.parse gives. Source: RFC 8785.
 *
 * @example canonicalJson({ b: 1, a: [null] }) // '{"a":[null],"b":1}'
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/**
 * The hash that seals an event: SHA-256, in hexadecimal, over everything it holds, the hash of the event before
 * included. So a change anywhere breaks either this event's hash or the link of the next one.
 */
export function hashOf({ hash: _, ...sealed }: Omit<MaintenanceEvent, 'hash'> & { hash?: string }): string {
  return createHash('sha256').update(canonicalJson(sealed)).digest('hex');
}
