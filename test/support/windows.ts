import type { ComingWindow, WindowSchedule } from '../../core/state/state.ts';
import type { Window } from '../../core/windows/window.ts';
import { NOW } from './examples.ts';

const HOUR = 3_600_000;

/** A window that begins an hour after NOW and lasts an hour. */
export function window(changes: Partial<Window> = {}): Window {
  return {
    id: 'w-1',
    reason: 'Weekly upgrades',
    startsAt: NOW + HOUR,
    length: HOUR,
    mode: 'normal',
    autoEnd: true,
    blockedOperations: null,
    rrule: null,
    timezone: 'UTC',
    scheduledAt: NOW,
    scheduledBy: 'alice',
    ...changes,
  };
}

/** The same as a state holds it. */
export function comingWindow(changes: Partial<ComingWindow> = {}): ComingWindow {
  return {
    id: 'w-1',
    reason: 'Weekly upgrades',
    length: HOUR,
    mode: 'normal',
    autoEnd: true,
    blockedOperations: null,
    scheduledBy: 'alice',
    starts: [NOW + HOUR],
    ...changes,
  };
}

export function scheduleWith(...windows: readonly ComingWindow[]): WindowSchedule {
  return { name: 'f'.repeat(64), windows, hasMore: false, operations: [] };
}
