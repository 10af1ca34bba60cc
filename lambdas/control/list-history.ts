import type { EventLog } from '../../core/events/event-log.ts';
import { historyPage } from '../../core/history/history-page.ts';
import { json, type ProxyEvent, type ProxyResult, queryOf } from '../http/proxy-event.ts';

/** The event log, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError. */
export async function listHistory(event: ProxyEvent, log: EventLog): Promise<ProxyResult> {
  return json(200, await historyPage(queryOf(event), log));
}
