import { createHash } from 'node:crypto';

/** A strong entity tag over a JSON value (RFC 9110 §8.8.3). */
export function entityTag(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 27)}"`;
}

/** Whether a client that sends these `If-None-Match` values has what the tag stands for; weak comparison. */
export function isKnown(tag: string, ifNoneMatch: readonly string[]): boolean {
  const given = ifNoneMatch.flatMap((value) => value.split(',')).map((part) => part.trim());
  return given.some((part) => part === '*' || part.replace(/^W\//, '') === tag);
}
