import type { EventLog } from '../events/event-log.ts';
import { check } from '../http/check.ts';
import { decodeCursor, encodeCursor } from '../http/cursor.ts';
import { invalidRequest } from '../http/problem.ts';
import { listReports } from './find-reports.ts';
import type { ReportsPage } from './schemas.ts';
import { reportsQuery } from './schemas.ts';
import { reportSummary } from './view.ts';

/**
 * The reports, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError.
 *
 * @param query the query's parameters as they came
 * @param now ms since the epoch
 */
export async function reportsPage(
  query: Readonly<Record<string, unknown>>,
  log: EventLog,
  now: number,
): Promise<ReportsPage> {
  const parsed = check(reportsQuery, query, 'query');
  if (!parsed.ok) throw invalidRequest(parsed.problems);
  const { limit, cursor } = parsed.value;
  const from = cursor === undefined ? null : decodeCursor(cursor);
  if (cursor !== undefined && from === null) {
    throw invalidRequest([{ field: 'cursor', message: 'must be a next_cursor of an earlier answer' }]);
  }
  const { reports, next } = await listReports(log, { limit: Number(limit), from, now });
  return {
    items: reports.map((facts) => reportSummary(facts, now)),
    next_cursor: next === null ? null : encodeCursor(next),
  };
}
