import { isDrained } from '../drain/phase.ts';
import type { DrainRecord } from '../drain/record.ts';
import type { PurgeRecord } from '../purge/record.ts';
import { purgeView } from '../purge/view.ts';
import { effective } from '../state/clock.ts';
import type { State } from '../state/state.ts';
import type { ServicesFacts } from './checks/services.ts';
import { SILENT_AFTER_MS } from './thresholds.ts';

/** How far the work behind the scenes has come. Instants are ms since the epoch. */
export interface WorkFacts {
  readonly state: State;
  /** Absent where there are no sessions to delete. */
  readonly purging?: PurgeRecord | undefined;
  /** Of the maintenance that is active; null where none was made, absent where there are no jobs to drain. */
  readonly drain?: DrainRecord | null | undefined;
}

/** Work that is left over, by the function that takes it up again. */
export type LeftOver = 'purge' | 'starter';

/** What stands still although it should not. @param now ms since the epoch */
export function leftOver({ state, purging, drain }: WorkFacts, now: number): readonly LeftOver[] {
  return [
    ...(purging && purgeSilence(state, purging, now) > SILENT_AFTER_MS ? (['purge'] as const) : []),
    ...(drain !== undefined && (drainSilence(state, drain, now) ?? 0) > SILENT_AFTER_MS
      ? (['starter'] as const)
      : []),
  ];
}

/** Where the deleting of sessions stands. @param now ms since the epoch */
export function purgeFacts(state: State, purging: PurgeRecord, now: number): ServicesFacts['purge'] {
  const view = purgeView(state, purging, true);
  return view && { status: view.status, error: view.error, silence: purgeSilence(state, purging, now) };
}

/** How long an order to delete sessions has been waiting without progress, ms. */
function purgeSilence({ purge }: State, { run }: PurgeRecord, now: number): number {
  if (purge === undefined) return 0;
  const last = run?.order.id === purge.id ? Math.max(run.updatedAt, purge.at) : purge.at;
  return now - last;
}

/** How long a drain that has to go on has not moved, ms; null where none has to. @param now ms since the epoch */
export function drainSilence(state: State, drain: DrainRecord | null, now: number): number | null {
  const { maintenance } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test') return null;
  if (drain !== null && isDrained(drain, maintenance)) return null;
  return now - Math.max(drain?.updatedAt ?? 0, maintenance.startedAt);
}
