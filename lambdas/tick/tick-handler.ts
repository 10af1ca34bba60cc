import { appendDueEvents } from '../../core/events/append-change.ts';
import type { EventLog } from '../../core/events/event-log.ts';
import { extendSchedule } from '../../core/windows/extend-schedule.ts';
import type { WindowStore } from '../../core/windows/window.ts';
import type { Log } from '../aws/log.ts';
import { loggedEventLog } from '../aws/logged-event-log.ts';
import { withTimeLimit } from '../aws/time-limit.ts';
import { type KeyKeeping, keepIssuerKeys } from './keep-issuer-keys.ts';

interface TickParts {
  readonly events: EventLog;
  readonly issuerKeys: KeyKeeping;
  readonly windows: Pick<WindowStore, 'read'>;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Milliseconds for each task. */
  readonly timeLimit: number;
}

/**
 * What has to be done every minute: write the events that the clock has made due, look ahead to further windows, and
 * keep the issuer's keys.
 * All of it can be repeated without harm. One task that fails does not keep the others from being done, but the
 * function fails after them, so that its error metric shows it.
 */
export function createTickHandler(parts: TickParts) {
  return async (_event: unknown, context: { readonly awsRequestId: string }): Promise<void> => {
    const { issuerKeys, windows, log, now, timeLimit } = parts;
    const requestId = context.awsRequestId;
    const events = loggedEventLog(parts.events, log, requestId);
    const failures: unknown[] = [];
    const attempt = async (task: string, run: () => Promise<unknown>): Promise<void> => {
      try {
        await withTimeLimit(timeLimit, run());
      } catch (error) {
        failures.push(error);
        log.warn('A task of the clock failed; the next minute tries again.', {
          event: 'tick_failed',
          task,
          request_id: requestId,
          error,
        });
      }
    };
    // Looking ahead is for when nothing is due: else the two would take the place in the log from each other.
    const appendThenLookAhead = async (): Promise<void> => {
      await attempt('append_due_events', () => appendDueEvents({ log: events, now }));
      await attempt('extend_window_schedule', () => extendSchedule({ events, now }, windows));
    };
    await Promise.all([
      appendThenLookAhead(),
      attempt('keep_issuer_keys', () => keepIssuerKeys(issuerKeys, now())),
    ]);
    if (failures.length > 0) throw new AggregateError(failures, 'Not all tasks of the clock were done.');
  };
}
