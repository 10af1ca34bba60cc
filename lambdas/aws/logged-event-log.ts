import type { EventLog, Head } from '../../core/events/event-log.ts';
import { eventLine } from '../../core/history/event-line.ts';
import type { State } from '../../core/state/state.ts';
import type { Log } from './log.ts';

/** An event log as one invocation of a function uses it. */
interface LoggedEventLog extends EventLog {
  /** The newest state that has passed through it, null while none has. */
  newest(): State | null;
}

/**
 * An event log that writes a line for every event it appends, also for those that the clock made due and that were
 * written on the way to another; and that remembers the newest state it has seen, so that nobody reads it twice.
 */
export function loggedEventLog(events: EventLog, log: Log, requestId: string): LoggedEventLog {
  let newest: State | null = null;
  const remember = (head: Head | undefined): void => {
    if (head && head.state.version >= (newest?.version ?? 0)) newest = head.state;
  };
  return {
    newest: () => newest,
    head: async () => {
      const head = await events.head();
      remember(head);
      return head;
    },
    append: async (draft, after, idempotency) => {
      const appended = await events.append(draft, after, idempotency);
      if (appended.outcome === 'appended') {
        remember(appended.event);
        const { message, fields } = eventLine(appended.event);
        log.info(message, { ...fields, request_id: requestId });
      }
      return appended;
    },
    page: async (options) => {
      const page = await events.page(options);
      if (!options.before) remember(page.items[0]);
      return page;
    },
    findByIdempotencyKey: (actorId, key, since) => events.findByIdempotencyKey(actorId, key, since),
  };
}
