import { appendReceipt, type Receipt } from '../events/append-receipt.ts';
import { CLOCK } from '../events/event.ts';
import type { EventLog } from '../events/event-log.ts';
import { nextOccurrence } from '../state/schedule.ts';
import type { State } from '../state/state.ts';
import { nextState } from '../state/transition.ts';
import { comingIn, isRunningLow, scheduleOf } from './occurrences.ts';
import type { WindowStore } from './window.ts';

/**
 * Puts further occurrences into the state before those that it holds run out. Nothing is decided by it: windows begin
 * and end by what the state holds, and a command never waits for this. Rejects with StoreUnavailableError or
 * CorruptLogError.
 */
export async function extendSchedule(
  parts: { readonly events: EventLog; readonly now: () => number },
  store: Pick<WindowStore, 'read'>,
): Promise<void> {
  await appendReceipt(parts, (state, now) => extensionOf(state, now, store));
}

/** The event that extends a schedule which is running low, null where there is nothing to put in. */
async function extensionOf(
  state: State,
  now: number,
  store: Pick<WindowStore, 'read'>,
): Promise<Receipt | null> {
  const { windows: present } = state;
  if (present === undefined || !isRunningLow(present)) return null;
  // What has become due this very moment must not be passed over, nor come twice.
  const after = Math.min(now, (nextOccurrence(present)?.startsAt ?? Number.POSITIVE_INFINITY) - 1);
  const extended = scheduleOf(present.name, await store.read(present.name), () => after);
  if (comingIn(extended) <= comingIn(present)) return null;
  return {
    draft: {
      type: 'window_schedule_extended',
      at: now,
      actor: CLOCK,
      reason: null,
      maintenanceId: null,
      details: { coming: comingIn(extended) },
      state: nextState(state, now, { windows: extended }),
    },
  };
}
