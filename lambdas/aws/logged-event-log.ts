import type { EventDraft, Idempotency } from '../../core/events/event.ts';
import type { Appended, EventLog, Head } from '../../core/events/event-log.ts';
import { eventLine } from '../../core/history/event-line.ts';
import type { Log } from './log.ts';

/**
 * An event log that tells of every event it appends, in one line: also of those that the clock made due and that
 * were written on the way to another.
 */
export function loggedEventLog(events: EventLog, log: Log, requestId: string): EventLog {
  return {
    head: () => events.head(),
    page: (options) => events.page(options),
    findByIdempotencyKey: (actorId, key, since) => events.findByIdempotencyKey(actorId, key, since),
    append: async (draft: EventDraft, after: Head, idempotency?: Idempotency): Promise<Appended> => {
      const appended = await events.append(draft, after, idempotency);
      if (appended.outcome === 'appended') {
        const { message, fields } = eventLine(appended.event);
        log.info(message, { ...fields, request_id: requestId });
      }
      return appended;
    },
  };
}
