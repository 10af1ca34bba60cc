import { stateOf } from '../events/append-change.ts';
import { dueEvent } from '../events/due-event.ts';
import type { EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import type { State } from '../state/state.ts';
import { begunBy, type ReportFacts, reportFacts, toldOfBy } from './facts.ts';

/** Events read at a time. */
const PAGE = 100;
/** Events that are looked through for one report: some years of it, where maintenance is not a matter of every hour. */
export const MAX_EVENTS_READ = 10_000;
/** Events after which a list gives what it has found. */
export const MAX_EVENTS_LISTED = 1000;

/** Where a list goes on. */
interface ReportsFound {
  readonly reports: readonly ReportFacts[];
  /** The number of the event to go on from, null at the end. */
  readonly next: number | null;
}

/**
 * The maintenances of the log, newest first. One never begins before the one before it is over: so the events from one
 * begin to the next say who began it and who ended it, and nothing has to be kept beside the log.
 *
 * A page may hold fewer than `limit`, or none, and go on. Rejects with StoreUnavailableError.
 *
 * @param from where to go on, null for the newest
 * @param now ms since the epoch: what the clock has done by then is shown as done
 */
export async function listReports(
  log: EventLog,
  { limit, from, now }: { readonly limit: number; readonly from: number | null; readonly now: number },
): Promise<ReportsFound> {
  const groups = new Map<string, EventDraft[]>(); // newest first
  const reports: ReportFacts[] = [];
  let looked = 0;
  for await (const event of backwards(log, from, now)) {
    looked += 1;
    for (const id of toldOfBy(event))
      groups
        .set(id, groups.get(id) ?? [])
        .get(id)
        ?.push(event);
    const { version: number } = event.state;
    const begun = begunBy(event);
    // The event that a list goes on from has been listed; it is read once more for the test run that it may have ended.
    if (begun !== null && number !== from) {
      reports.push(reportFacts((groups.get(begun.id) ?? [event]).toReversed()));
      groups.delete(begun.id);
      if (reports.length === limit) return { reports, next: number > 1 ? number : null };
    }
    const isBetween = begun !== null || event.state.maintenance === null;
    if (looked >= MAX_EVENTS_LISTED && isBetween && number > 1) return { reports, next: number };
  }
  return { reports, next: null };
}

/**
 * What the log says of one maintenance, null where none of that id is among the newest MAX_EVENTS_READ events. Rejects with
 * StoreUnavailableError.
 */
export async function findReport(
  log: EventLog,
  id: string,
  now: number,
): Promise<{ readonly facts: ReportFacts; readonly newest: State } | null> {
  const events: EventDraft[] = [];
  let newest: State | null = null;
  let looked = 0;
  for await (const event of backwards(log, null, now)) {
    newest ??= event.state;
    if (toldOfBy(event).includes(id)) events.push(event);
    if (begunBy(event)?.id === id) return { facts: reportFacts(events.toReversed()), newest };
    looked += 1;
    if (looked >= MAX_EVENTS_READ) return null;
  }
  return null;
}

/** Events newest first, before them those that the clock has made due and that nobody has written yet. */
async function* backwards(log: EventLog, from: number | null, now: number): AsyncGenerator<EventDraft> {
  let before: number | null = from === null ? null : from + 1;
  do {
    const page = await log.page({ limit: PAGE, before });
    if (before === null) yield* dueEvents(page.items[0] ?? null, now);
    yield* page.items;
    before = page.nextBefore;
  } while (before !== null);
}

function dueEvents(head: EventDraft | null, now: number): EventDraft[] {
  const due: EventDraft[] = [];
  let state = head?.state ?? stateOf(null);
  let since = head?.at ?? 0;
  for (let next = dueEvent(state, now, since); next !== null; next = dueEvent(state, now, since)) {
    due.unshift(next);
    state = next.state;
    since = next.at;
  }
  return due;
}
