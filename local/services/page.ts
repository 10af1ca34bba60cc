import { AwsError } from './aws-call.ts';

/** A part of a list, and the token with which the next part is asked for; absent at the end. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string;
}

/**
 * The part of a list that a token stands for: it is the position of the first item.
 *
 * @param token as the caller sent it; undefined or null for the first part
 * @throws AwsError for a token that none of these answers gave
 */
export function pageOf<T>(list: readonly T[], token: unknown, size: number): Page<T> {
  const first = token === undefined || token === null ? 0 : Number(token);
  if (!Number.isSafeInteger(first) || first < 0) {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
  const next = first + size;
  return { items: list.slice(first, next), ...(next < list.length ? { next: String(next) } : {}) };
}
