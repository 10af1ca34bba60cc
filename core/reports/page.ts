import type { EventLog } from '../events/event-log.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { pageOf } from '../http/page.ts';
import { listReports } from './find-reports.ts';
import type { ReportsPage, ReportsQuery } from './schemas.ts';
import { reportSummary } from './view.ts';

/**
 * The reports, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError.
 *
 * @param now ms since the epoch
 */
export async function reportsPage(query: ReportsQuery, log: EventLog, now: number): Promise<ReportsPage> {
  const { reports, next } = await listReports(log, { ...pageOf(query, decodeCursor), now });
  return {
    items: reports.map((facts) => reportSummary(facts, now)),
    next_cursor: next === null ? null : encodeCursor(next),
  };
}
