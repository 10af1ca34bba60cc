import { invalidRequest } from './problem.ts';

/** What a list was asked for: how many items, and where its page begins; null for the first one. */
export interface Page<P> {
  readonly limit: number;
  readonly from: P | null;
}

/**
 * The page that a query asks for. Throws HttpProblem with status 400 where the cursor is none of ours.
 *
 * @param decode the place that a cursor stands for, or null
 * @example pageOf({ limit: '20', cursor: 'eyJiZWZvcmUiOjQyfQ' }, decodeCursor) // { limit: 20, from: 42 }
 */
export function pageOf<P>(
  { limit, cursor }: { readonly limit: string; readonly cursor?: string | undefined },
  decode: (cursor: string) => P | null,
): Page<P> {
  const from = cursor === undefined ? null : decode(cursor);
  if (cursor !== undefined && from === null) {
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  }
  return { limit: Number(limit), from };
}
