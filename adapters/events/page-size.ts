/** Most events on one page. A query that reaches DynamoDB's 1 MB earlier gives fewer, and a page may be short. */
export const LARGEST_PAGE = 100;

/** Throws RangeError for a page size that no caller should have let through. */
export function assertPageSize(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= LARGEST_PAGE) return;
  throw new RangeError(`A page has 1 to ${LARGEST_PAGE} events, not ${limit}.`);
}
