/** Most events on one page. A query that reaches DynamoDB's 1 MB earlier gives fewer, and a page may be short. */
export const MAX_PAGE_SIZE = 100;

/** Throws RangeError for a page size that no caller should have let through. */
export function assertPageSize(limit: number): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= MAX_PAGE_SIZE) return;
  throw new RangeError(`A page has 1 to ${MAX_PAGE_SIZE} events, not ${limit}.`);
}
