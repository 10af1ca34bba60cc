import type { Maintenance } from '../state/state.ts';
import type { ClosingDetails, ReplacingDetails } from './event-types.ts';

/** What the event that ends a maintenance says of it. */
export function closing({ id, mode, startedAt }: Maintenance, endedAt: number): ClosingDetails {
  return { id, mode, duration: wholeSeconds(startedAt, endedAt) };
}

/** What the event that takes the place of a test run says of that. */
export function completedTestRun(maintenance: Maintenance | null, now: number): ReplacingDetails {
  return maintenance?.mode === 'test' ? { completed_test_run: closing(maintenance, now) } : {};
}

/** Never negative: the clocks of two writers may differ. */
export function wholeSeconds(from: number, to: number): number {
  return Math.max(0, Math.round((to - from) / 1000));
}
