import { changeItem } from '../change-item.ts';
import { StoreUnavailableError } from '../errors.ts';
import type { EventLog } from '../events/event-log.ts';
import { isSilent, type Notice, noticeOf, noticeSubject } from './notice.ts';
import { isSettled, type NoticeGiven, type NoticeRecords, withNotice } from './record.ts';

/** Hands a notice to whoever follows. Rejects when it was not taken. */
export interface NoticeBoard {
  publish(notice: Notice): Promise<void>;
}

export interface GiveNoticeParts {
  readonly events: EventLog;
  readonly records: NoticeRecords;
  readonly board: NoticeBoard;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Told when a notice was given and that could not be written down: it may be given again. */
  readonly onUnrecorded: (error: unknown) => void;
}

/** How often a record is read anew that somebody else has changed meanwhile. */
const MAX_TRIES = 5;

/**
 * Tells people of the event with this number, unless they have been told, or it is none of their business. The event
 * is read from the log, which holds the state around it; what the bus says of it may be repeated or out of order.
 * Rejects where the notice was not taken: invoke it again. Between the notice and its record lies a moment in which a
 * crash leads to a second notice; Amazon SNS knows nothing by which to tell one from the other.
 *
 * @returns `repeated`: it had been done before. `unknown`: there is no such event to tell of.
 */
export async function giveNotice(
  number: number,
  parts: GiveNoticeParts,
): Promise<'sent' | 'suppressed' | 'repeated' | 'unknown'> {
  const { events, records, board } = parts;
  const { items } = await events.page({ limit: 2, before: number + 1 });
  const [event, before] = items;
  const notice = event?.number === number ? noticeOf(event) : null;
  if (event === undefined || notice === null) return 'unknown';
  const item = records(noticeSubject(event));
  const { entry } = await item.read();
  if (isSettled(entry, event.id)) return 'repeated';
  const { id: eventId, type } = event;
  const keep = (outcome: NoticeGiven['outcome'], error: string | null = null): Promise<void> =>
    remember(item, { eventId, number, type, outcome, at: parts.now(), error }).catch(parts.onUnrecorded);
  if (isSilent(event, before?.state ?? null)) {
    await keep('suppressed');
    return 'suppressed';
  }
  try {
    await board.publish(notice);
  } catch (error) {
    await keep('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
  await keep('sent');
  return 'sent';
}

async function remember(item: ReturnType<NoticeRecords>, notice: NoticeGiven): Promise<void> {
  if (await changeItem(item, (record) => withNotice(record, notice), MAX_TRIES)) return;
  throw new StoreUnavailableError('The record of notices changes faster than it can be written.');
}
