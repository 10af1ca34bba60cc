import { stateOf } from '../events/append-change.ts';
import { CLOCK, type EventDraft } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { nextOccurrence } from '../state/schedule.ts';
import { nextState } from '../state/transition.ts';
import { comingIn, isRunningLow, scheduleOf } from './occurrences.ts';
import type { WindowStore } from './window.ts';

/**
 * Puts further occurrences into the state before those that it holds run out. Nothing is decided by it: windows begin
 * and end by what the state holds, and a command never waits for this. When something else is written meanwhile, the
 * next minute tries again. Rejects with StoreUnavailableError or CorruptLogError.
 *
 * @param now ms since the epoch
 */
export async function extendSchedule(
  log: EventLog,
  store: Pick<WindowStore, 'read'>,
  now: number,
): Promise<void> {
  const head = await log.head();
  const state = stateOf(head);
  const { windows: present } = state;
  if (present === undefined || !isRunningLow(present)) return;
  // What is due is settled by others: it must not be passed over, nor come twice.
  const after = Math.min(now, (nextOccurrence(present)?.startsAt ?? Number.POSITIVE_INFINITY) - 1);
  const extended = scheduleOf(present.name, await store.read(present.name), () => after);
  if (comingIn(extended) <= comingIn(present)) return;
  const draft: EventDraft = {
    type: 'window_schedule_extended',
    at: now,
    actor: CLOCK,
    reason: null,
    maintenanceId: null,
    details: { coming: comingIn(extended) },
    state: nextState(state, now, { windows: extended }),
  };
  await log.append(draft, head);
}
