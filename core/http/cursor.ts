import * as z from 'zod';

/** Where a page of the history goes on: below this event number. Opaque to clients. */
const position = z.strictObject({ before: z.int().min(1) });

/** Characters of a cursor that is read. */
const MAX_CURSOR_LENGTH = 4000;

/** @example encodeCursor(42) // 'eyJiZWZvcmUiOjQyfQ' */
export function encodeCursor(before: number): string {
  return encodeOpaque({ before });
}

/** The event number that a cursor stands for, or null when it is none of ours. */
export function decodeCursor(cursor: string): number | null {
  const parsed = position.safeParse(decodeOpaque(cursor));
  return parsed.success ? parsed.data.before : null;
}

/** A JSON value as a text that fits into a query as it is, and that nobody is tempted to make by hand. */
export function encodeOpaque(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const text = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** What `encodeOpaque` was given; undefined when the text is none of ours. */
export function decodeOpaque(text: string): unknown {
  if (text.length > MAX_CURSOR_LENGTH || !/^[\w-]+$/.test(text)) return undefined;
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}
