import type { ScanPosition } from '../sessions/session-store.ts';
import type { PurgeOrder } from '../state/state.ts';
import type { PurgeRun } from './record.ts';

/** What became of a piece of a scan. */
export interface PurgedPiece {
  /** Null where the scan is at its end. */
  readonly next: ScanPosition | null;
  /** Keys of any kind that it went past, about. */
  readonly passed: number;
  readonly seen: number;
  readonly toDelete: number;
  /** Fewer than `toDelete` where sessions have changed or gone since they were seen. */
  readonly deleted: number;
  readonly unparsable: number;
}

/**
 * A run from its begin. What was deleted for the order whose place this one took counts for it: there will be one
 * receipt for both.
 */
export function beginRun(order: PurgeOrder, now: number, replaced: PurgeRun | null): PurgeRun {
  const { deleted = 0, unparsable = 0 } = replaced?.counts ?? {};
  return {
    order,
    pass: 1,
    position: null,
    passed: 0,
    keys: null,
    counts: { scanned: deleted, deleted, kept: 0, unparsable },
    keptAgain: 0,
    interruptions: replaced?.interruptions ?? 0,
    isExact: replaced?.isExact ?? true,
    startedAt: replaced?.startedAt ?? now,
    updatedAt: now,
    finishedAt: null,
    error: null,
  };
}

/** A run after one more piece of its scan. */
export function advanced(run: PurgeRun, piece: PurgedPiece, now: number): PurgeRun {
  const { counts, pass } = run;
  const staying = piece.seen - piece.toDelete;
  const after: PurgeRun = {
    ...run,
    position: piece.next,
    passed: run.passed + piece.passed,
    counts: {
      scanned: counts.scanned + (pass === 1 ? piece.seen : piece.toDelete),
      deleted: counts.deleted + piece.deleted,
      kept: counts.kept + (pass === 1 ? staying : 0),
      unparsable: counts.unparsable + piece.unparsable,
    },
    keptAgain: run.keptAgain + (pass === 2 ? staying : 0),
    updatedAt: now,
    error: null,
  };
  if (piece.next !== null) return after;
  if (pass === 1) return { ...after, pass: 2, passed: 0, keys: null };
  return { ...after, counts: { ...after.counts, kept: after.keptAgain }, finishedAt: now };
}

/** A run that came to nothing this time. */
export function failed(
  run: PurgeRun,
  { error, isCounted, now }: { readonly error: unknown; readonly isCounted: boolean; readonly now: number },
): PurgeRun {
  return {
    ...cutOff(run, isCounted),
    error: error instanceof Error ? error.message : String(error),
    updatedAt: now,
  };
}

/** A run that was cut off; what a killed one deleted after its last save is not counted. */
export function cutOff(run: PurgeRun, isCounted: boolean): PurgeRun {
  return { ...run, interruptions: run.interruptions + 1, isExact: run.isExact && isCounted };
}
