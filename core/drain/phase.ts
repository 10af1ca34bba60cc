import { effective } from '../state/clock.ts';
import type { Maintenance, State } from '../state/state.ts';
import type { PauseRecord } from './pause.ts';
import type { DrainRecord } from './record.ts';

/** What a drain works on: jobs of a normal maintenance, or of one emergency. There may be several of it in one maintenance. */
export function phaseOf(maintenance: Maintenance): string {
  return maintenance.mode === 'emergency' ? `emergency-${maintenance.declaredAt}` : 'normal';
}

/**
 * Whether a drain has nothing left to do for a maintenance as it is now. What an emergency has emptied stays empty when
 * it is de-escalated: nothing new begins.
 */
export function isDrained({ finished }: Pick<DrainRecord, 'finished'>, maintenance: Maintenance): boolean {
  if (finished === null) return false;
  if (finished.phase === phaseOf(maintenance)) return true;
  return maintenance.mode === 'normal' && finished.outcome !== 'incomplete';
}

/** Since when jobs that end do so because of the present phase, ms since the epoch. */
export function phaseBegan(maintenance: Maintenance): number {
  return maintenance.mode === 'emergency' ? maintenance.declaredAt : maintenance.startedAt;
}

/** The maintenance at an instant whose jobs have to end; null where none has. */
export function drainable(state: State, now: number): Maintenance | null {
  const { maintenance } = effective(state, now);
  return maintenance === null || maintenance.mode === 'test' ? null : maintenance;
}

/**
 * Which maintenance needs the drain's work at an instant, null where none does: one that is active and not through, or
 * the one that has paused something which is to be set back.
 *
 * @param record that of the maintenance that is active; null before its first step
 */
export function neededDrain(
  state: State,
  now: number,
  record: DrainRecord | null,
  { pauses, maintenanceId }: PauseRecord,
): string | null {
  const maintenance = drainable(state, now);
  if (maintenance === null) return pauses.length > 0 ? maintenanceId : null;
  if (record === null || !isDrained(record, maintenance)) return maintenance.id;
  return isPausing(record) ? maintenance.id : null;
}

/** Whether something has yet to be paused. */
function isPausing({ steps }: Pick<DrainRecord, 'steps'>): boolean {
  return steps.pauses.outcome === 'failed' || steps.pauses.outcome === 'pending';
}

/**
 * The name of a workflow execution: the same for all who start it, so that it runs once.
 * Source: StartExecution, "name": 1 to 80 characters, of which these are safe in log streams too.
 *
 * @example executionName('w1@20260118T013000000Z', 0) // 'w1_20260118T013000000Z-0'
 */
export function executionName(maintenanceId: string, generation: number): string {
  return `${maintenanceId.replace(/[^\w-]/g, '_').slice(0, 64)}-${generation}`;
}
