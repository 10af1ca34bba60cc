import type { EventLog } from '../events/event-log.ts';
import { check } from '../http/check.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { eventView } from './event-view.ts';
import type { HistoryPage } from './schemas.ts';
import { historyQuery } from './schemas.ts';

/**
 * The event log, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError.
 *
 * @param query the query's parameters as they came
 */
export async function historyPage(
  query: Readonly<Record<string, unknown>>,
  log: EventLog,
): Promise<HistoryPage> {
  const parsed = check(historyQuery, query, 'query');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { limit, cursor } = parsed.value;
  const before = cursor === undefined ? null : decodeCursor(cursor);
  if (cursor !== undefined && before === null) {
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  }
  const page = await log.page({ limit: Number(limit), before });
  return {
    items: page.items.map(eventView),
    next_cursor: page.nextBefore === null ? null : encodeCursor(page.nextBefore),
  };
}
