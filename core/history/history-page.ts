import { check } from '../commands/parse-command.ts';
import { historyQuery } from '../commands/schemas.ts';
import type { EventLog } from '../events/event-log.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { type EventView, eventView } from './event-view.ts';

/** What `GET /api/maintenance/history` answers. */
export interface HistoryPage {
  readonly items: readonly EventView[];
  /** Null on the last page. */
  readonly next_cursor: string | null;
}

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
