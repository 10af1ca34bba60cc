import type { VersionedItem } from '../versioned-item.ts';
import type { DrainProgress } from './decide-drain.ts';

/**
 * What a drain has come to: one item for each maintenance, replaced as a whole and kept for good, so that reports can
 * be made of it. Instants are ms since the epoch.
 */
export interface DrainRecord {
  readonly maintenanceId: string;
  /** Names the workflow execution that works on it, together with the id: one more for each that has come to its end. */
  readonly generation: number;
  /** What its executions were started for, or have seen last: see `phaseOf`. Null before the first step. */
  readonly phase: string | null;
  /** Steps taken by the execution of this generation. */
  readonly turns: number;
  /** When the first step was taken. */
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly progress: DrainProgress;
  /** The newest end that it has come to; null while it has come to none. */
  readonly finished: DrainEnd | null;
  readonly jobs: DrainedWork;
  /** What holds the maintenance back, as of the last look. */
  readonly waitingFor: { readonly count: number; readonly ids: readonly string[] };
  /** What could not be looked at, asked or terminated: the newest of them, as many as there is room for. */
  readonly failed: readonly FailedWork[];
  /** The parts of entering maintenance, which are carried out side by side, each with its own outcome. */
  readonly steps: Readonly<Record<DrainPart, StepRecord>>;
}

export interface DrainEnd {
  /** What was to be drained: see `phaseOf`. */
  readonly phase: string;
  /** `drained`: all ended by themselves. `terminated`: some had to be. `incomplete`: some could not be. */
  readonly outcome: 'drained' | 'terminated' | 'incomplete';
  readonly at: number;
}

/** What became of the work that the drain found. */
interface DrainedWork {
  /** The most that were active at once. */
  readonly found: number;
  /** How many had to be terminated, by kind. */
  readonly terminated: Readonly<Record<string, number>>;
  /** Of which nothing was heard any more. */
  readonly lost: number;
  /** Whether `terminated` and `lost` are all there were; before the end they are what the drain itself has stopped. */
  readonly isExact: boolean;
}

export interface FailedWork {
  /** The kind of work, see JobKind. */
  readonly kind: string;
  /** Null where a kind as a whole could not be looked at. */
  readonly id: string | null;
  readonly reason: string;
}

/** Sessions are ended, jobs drained, and what would bring new work is paused. */
type DrainPart = 'sessions' | 'jobs' | 'pauses';

export interface StepRecord {
  /** `failed`: it is tried again. `not_needed`: there was nothing to do, or nobody wanted it. */
  readonly outcome: 'pending' | 'done' | 'failed' | 'not_needed';
  /** When it got this outcome; null before the first look. */
  readonly at: number | null;
  /** Why it failed; null where it has not. */
  readonly error: string | null;
}

/** Where the record of a maintenance is kept; null before the first step of its drain. */
export type DrainRecords = (maintenanceId: string) => VersionedItem<DrainRecord | null>;

/** Reads the record of a maintenance. Rejects with StoreUnavailableError. */
export async function readDrainRecord(
  records: DrainRecords,
  maintenanceId: string,
): Promise<DrainRecord | null> {
  return (await records(maintenanceId).read()).entry;
}

/** Failures that a record names. */
export const MAX_FAILURES = 50;

const PENDING: StepRecord = { outcome: 'pending', at: null, error: null };

export function newDrainRecord(maintenanceId: string, progress: DrainProgress, now: number): DrainRecord {
  return {
    maintenanceId,
    generation: 0,
    phase: null,
    turns: 0,
    startedAt: now,
    updatedAt: now,
    progress,
    finished: null,
    jobs: { found: 0, terminated: {}, lost: 0, isExact: true },
    waitingFor: { count: 0, ids: [] },
    failed: [],
    steps: { sessions: PENDING, jobs: PENDING, pauses: PENDING },
  };
}

/** The sum of what was counted by kind. */
export function totalOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
