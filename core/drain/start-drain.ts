import { stateOf } from '../events/append-change.ts';
import type { EventLog } from '../events/event-log.ts';
import type { VersionedItem } from '../versioned-item.ts';
import { NOTHING_DONE } from './decide-drain.ts';
import type { PauseRecord } from './pause.ts';
import { drainable, neededDrain, phaseOf } from './phase.ts';
import { type DrainRecords, newDrainRecord } from './record.ts';

/** The executions of the drain's workflow. Both methods reject when their service gives no good answer. */
export interface Drains {
  /** Starts one; `known` where one of its name is there, running or not. */
  start(drain: DrainName): Promise<'started' | 'known'>;
  isRunning(drain: DrainName): Promise<boolean>;
}

export interface DrainName {
  readonly maintenanceId: string;
  readonly generation: number;
}

export interface StartParts {
  readonly events: Pick<EventLog, 'head'>;
  readonly records: DrainRecords;
  readonly pauses: Pick<VersionedItem<PauseRecord>, 'read'>;
  readonly drains: Drains;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** `idle`: nothing needs a drain. `running`: the one that is needed runs. */
type StartOutcome = { readonly outcome: 'idle' } | ({ readonly outcome: 'running' | 'started' } & DrainName);

/**
 * Starts the drain that the newest state needs. Any number may do so at once: the name of an execution is made of the
 * maintenance and of how many have worked on it, so it runs once. One that broke off has used its name up, and one that
 * waits patiently is not waited for when an emergency is declared: then the record asks for the next, and whatever ran
 * before goes home at its next step.
 */
export async function startDrain({
  events,
  records,
  pauses,
  drains,
  now,
}: StartParts): Promise<StartOutcome> {
  const state = stateOf(await events.head());
  const active = drainable(state, now());
  const ofActive = active === null ? null : (await records(active.id).read()).entry;
  const maintenanceId = neededDrain(state, now(), ofActive, (await pauses.read()).entry);
  if (maintenanceId === null) return { outcome: 'idle' };
  const item = records(maintenanceId);
  const { entry, revision } = await item.read();
  const record = entry ?? newDrainRecord(maintenanceId, NOTHING_DONE, now());
  const drain = { maintenanceId, generation: record.generation };
  const isOvertaken =
    active?.mode === 'emergency' && record.phase !== null && record.phase !== phaseOf(active);
  if (!isOvertaken) {
    if (await drains.isRunning(drain)) return { outcome: 'running', ...drain };
    if ((await drains.start(drain)) === 'started') return { outcome: 'started', ...drain };
  }
  const next = { ...drain, generation: record.generation + 1 };
  const phase = active === null ? record.phase : phaseOf(active);
  // Where the record has changed meanwhile, somebody is at work.
  if (!(await item.replace(revision, { ...record, phase, generation: next.generation, turns: 0 }))) {
    return { outcome: 'running', ...drain };
  }
  return { outcome: (await drains.start(next)) === 'started' ? 'started' : 'running', ...next };
}
