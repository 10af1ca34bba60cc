import { effective } from '../state/clock.ts';
import type { Maintenance, State } from '../state/state.ts';
import { rfc3339 } from '../text.ts';
import { isDrained } from './phase.ts';
import { type DrainRecord, totalOf } from './record.ts';
import type { DrainView } from './schemas.ts';

/**
 * The drain of the maintenance that is active; null where there is none to be drained.
 *
 * @param record what is known of it: null before the first look, undefined where it can't be told
 */
export function drainView(
  state: State,
  record: DrainRecord | null | undefined,
  { now, forAdmin }: { readonly now: number; readonly forAdmin: boolean },
): DrainView | null {
  const { maintenance } = effective(state, now);
  if (maintenance === null || maintenance.mode === 'test' || record === undefined) return null;
  const known = record?.maintenanceId === maintenance.id ? record : null;
  const asked = known?.progress.asked ?? null;
  const deadline =
    maintenance.mode === 'normal'
      ? (maintenance.drainDeadline ?? null)
      : asked?.emergency === maintenance.declaredAt
        ? asked.deadline
        : null;
  return {
    status: statusOf(known, maintenance),
    remaining: known?.waitingFor.count ?? 0,
    terminated: totalOf(known?.jobs.terminated ?? {}),
    lost: known?.jobs.lost ?? 0,
    deadline: deadline === null ? null : rfc3339(deadline),
    holding: forAdmin ? (known?.waitingFor.ids ?? []) : null,
  };
}

function statusOf(record: DrainRecord | null, maintenance: Maintenance): DrainView['status'] {
  if (record === null) return 'pending';
  return record.finished !== null && isDrained(record, maintenance) ? record.finished.outcome : 'draining';
}
