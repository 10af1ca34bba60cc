import * as z from 'zod';

/** Where a page of the history goes on: below this event number. Opaque to clients. */
const position = z.strictObject({ before: z.int().min(1) });

/** @example encodeCursor(42) // 'eyJiZWZvcmUiOjQyfQ' */
export function encodeCursor(before: number): string {
  return btoa(JSON.stringify({ before })).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

/** The event number that a cursor stands for, or null when it is none of ours. */
export function decodeCursor(cursor: string): number | null {
  if (!/^[\w-]{1,200}$/.test(cursor)) return null;
  try {
    const text = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    return position.parse(JSON.parse(text)).before;
  } catch {
    return null;
  }
}
