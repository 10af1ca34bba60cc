import type { EventLog } from '../../core/event-log.ts';
import { historyPage } from '../../core/history-page.ts';
import { json, type ProxyEvent, type ProxyResult } from '../shared/proxy-event.ts';

/** The event log, newest first, a page at a time. Throws HttpProblem or StoreUnavailableError. */
export async function listHistory(event: ProxyEvent, log: EventLog): Promise<ProxyResult> {
  return json(200, await historyPage(queryOf(event), log));
}

/** Query parameters by name; one that is given more than once stays a list, which no schema takes. */
export function queryOf(event: ProxyEvent): Record<string, unknown> {
  const given = Object.entries(event.multiValueQueryStringParameters ?? {});
  return Object.fromEntries(given.map(([name, values]) => [name, values?.length === 1 ? values[0] : values]));
}
