import type { EventLog } from '../events/event-log.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { eventView } from './event-view.ts';
import type { HistoryPage, HistoryQuery } from './schemas.ts';

/** The event log, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError. */
export async function historyPage(query: HistoryQuery, log: EventLog): Promise<HistoryPage> {
  const { limit, from } = pageOf(query, decodeCursor);
  const page = await log.page({ limit, before: from });
  return {
    items: page.items.map(eventView),
    next_cursor: page.nextBefore === null ? null : encodeCursor(page.nextBefore),
  };
}
