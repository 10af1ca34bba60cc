import type { ScanPosition } from '../sessions/session-store.ts';
import type { PurgeOrder } from '../state/state.ts';
import type { VersionedItem } from '../versioned-item.ts';

/** What a run has come across. */
export interface PurgeCounts {
  /** Sessions that were looked at: all of the first pass, and those of the second that were to be deleted. */
  readonly scanned: number;
  readonly deleted: number;
  /** Sessions that were to stay, as of the last pass that came to its end. */
  readonly kept: number;
  /** How many of those to be deleted were no JSON object or named no role. */
  readonly unparsable: number;
}

/** How far an order has been carried out. Instants are ms since the epoch. */
export interface PurgeRun {
  readonly order: PurgeOrder;
  /** The second pass catches what appeared during the first. */
  readonly pass: 1 | 2;
  /** Where the pass stands, null at its begin. */
  readonly position: ScanPosition | null;
  /** Keys of any kind that this pass has gone past, about. */
  readonly passed: number;
  /** Keys of any kind in the store when this pass began, about; null before anybody has asked. */
  readonly keys: number | null;
  readonly counts: PurgeCounts;
  /** Sessions that were to stay, in the second pass. */
  readonly keptAgain: number;
  /** How often it was cut off, by the store or by being killed. */
  readonly interruptions: number;
  /** Whether nothing was deleted uncounted. */
  readonly isExact: boolean;
  readonly startedAt: number;
  readonly updatedAt: number;
  /** When both passes were through; null before. */
  readonly finishedAt: number | null;
  /** Why the last try came to nothing, for admins; null while all is well. */
  readonly error: string | null;
}

/** What is known of purging, in one item that is replaced as a whole. */
export interface PurgeRecord {
  /** The newest run, whether it is through or not; null before the first. */
  readonly run: PurgeRun | null;
  /** Where the next slice begins that looks for sessions which appeared after the purge; null for the begin. */
  readonly slice: ScanPosition | null;
  /** How many sessions were deleted for or during a maintenance, slices included: of the newest that had any. */
  readonly ended: { readonly maintenanceId: string; readonly deleted: number } | null;
  /** Who works on it, and until when they must have said so again; null when nobody does. */
  readonly lease: { readonly owner: string; readonly until: number } | null;
}

export const EMPTY_ENTRY: PurgeRecord = { run: null, slice: null, ended: null, lease: null };

/** Where the progress of purging is kept; EMPTY_ENTRY is there before the first. */
export type PurgeRecordItem = VersionedItem<PurgeRecord>;
