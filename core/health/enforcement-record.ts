import { changeItem } from '../change-item.ts';
import type { EventType } from '../events/event-types.ts';
import type { VersionedItem } from '../versioned-item.ts';

/** How long it took until the gateway was seen to decide by an event. */
export interface MeasuredLag {
  /** Number of the event. */
  readonly version: number;
  readonly type: EventType;
  /** When the event was written, ms since the epoch. */
  readonly at: number;
  /**
   * From the event's instant to the first answer of the gateway that showed it, ms. An upper bound: the event's way to
   * whoever looks is in it. Null where no answer had shown it when the look was given up.
   */
  readonly milliseconds: number | null;
}

/** What the health check saw during one maintenance, for its report: one item for each, kept for good. */
export interface WatchRecord {
  /** Oldest first. */
  readonly lags: readonly MeasuredLag[];
  /** Names of the alarms that were raised while it was active, in the order in which they were seen. */
  readonly alarms: readonly string[];
}

export const NOTHING_WATCHED: WatchRecord = { lags: [], alarms: [] };

/** Where the record of a maintenance is kept; null before the first that was seen of it. */
export type WatchRecords = (maintenanceId: string) => VersionedItem<WatchRecord | null>;

/** The latest lags and the first alarms that a record has room for. */
const MAX_KEPT = 100;

/** The record with a lag; one that is measured again is kept as it was first. */
export function withLag(record: WatchRecord, lag: MeasuredLag): WatchRecord {
  if (record.lags.some(({ version }) => version === lag.version)) return record;
  const lags = [...record.lags, lag].toSorted((one, other) => one.version - other.version);
  return { ...record, lags: lags.slice(-MAX_KEPT) };
}

/** The record with alarms that are raised. The same record where all are in it. */
export function withAlarms(record: WatchRecord, raised: readonly string[]): WatchRecord {
  const fresh = raised.filter((name) => !record.alarms.includes(name));
  return fresh.length === 0 ? record : { ...record, alarms: [...record.alarms, ...fresh].slice(0, MAX_KEPT) };
}

/** Times that a change is tried: others change the record too, a moment before or after. */
const MAX_TRIES = 3;

/** Changes the record of a maintenance. Whether it could be; rejects with StoreUnavailableError. */
export async function changeWatchRecord(
  records: WatchRecords,
  maintenanceId: string,
  change: (record: WatchRecord) => WatchRecord,
): Promise<boolean> {
  // One that has nothing to say of a maintenance does not begin its record.
  const changed = (entry: WatchRecord | null): WatchRecord | null => {
    const before = entry ?? NOTHING_WATCHED;
    const after = change(before);
    return after === before ? entry : after;
  };
  return changeItem(records(maintenanceId), changed, MAX_TRIES);
}
