import type { EventType } from '../events/event-types.ts';
import type { VersionedItem } from '../versioned-item.ts';

/** What became of the notice of one event. */
export interface NoticeGiven {
  readonly eventId: string;
  /** The event's number. */
  readonly number: number;
  readonly type: EventType;
  /** `failed`: it is tried again. `suppressed`: whoever began the maintenance wanted nobody to be told. */
  readonly outcome: 'sent' | 'failed' | 'suppressed';
  /** When it got this outcome, ms since the epoch. */
  readonly at: number;
  /** Why it failed, null where it did not. */
  readonly error: string | null;
}

/** The notices of one maintenance, or of one window, the newest last. */
export interface NoticeRecord {
  readonly given: readonly NoticeGiven[];
}

export const NO_NOTICES: NoticeRecord = { given: [] };

/** Notices that a record names; a maintenance has a handful. */
const MAX_NOTICES = 100;

/** Where the notices of a maintenance, or of a window, are kept: one item for each. */
export type NoticeRecords = (subject: string) => VersionedItem<NoticeRecord>;

/** The record after a notice: each event has one entry, the newest of its outcomes. */
export function withNotice({ given }: NoticeRecord, notice: NoticeGiven): NoticeRecord {
  const others = given.filter(({ eventId }) => eventId !== notice.eventId);
  return { given: [...others, notice].slice(-MAX_NOTICES) };
}

/** Whether an event needs no notice any more. */
export function isSettled({ given }: NoticeRecord, eventId: string): boolean {
  return given.some((notice) => notice.eventId === eventId && notice.outcome !== 'failed');
}
