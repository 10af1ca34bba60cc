import type { EventLog, Head } from '../../core/events/event-log.ts';
import type { State } from '../../core/state/state.ts';

/** An event log that remembers the newest state which has passed through it, null while none has. */
export function rememberingNewest(events: EventLog): {
  readonly events: EventLog;
  readonly newest: () => State | null;
} {
  let newest: State | null = null;
  const see = (head: Head | undefined): void => {
    if (head && head.state.version >= (newest?.version ?? 0)) newest = head.state;
  };
  return {
    newest: () => newest,
    events: {
      head: async () => {
        const head = await events.head();
        see(head);
        return head;
      },
      append: async (draft, after, idempotency) => {
        const appended = await events.append(draft, after, idempotency);
        if (appended.outcome === 'appended') see(appended.event);
        return appended;
      },
      page: async (options) => {
        const page = await events.page(options);
        if (!options.before) see(page.items[0]);
        return page;
      },
      findByIdempotencyKey: (actorId, key, since) => events.findByIdempotencyKey(actorId, key, since),
    },
  };
}
