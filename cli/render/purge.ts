import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import { durationInWords } from '../options/duration.ts';
import type { Paint } from './painter.ts';
import { row } from './row.ts';

/** What a status says of sessions that are, or were, deleted; null when there is nothing to say. */
export function purgeInWords(status: JsonObject): string | null {
  const purge = isObject(status.session_purge) ? status.session_purge : null;
  switch (textOf(purge?.status)) {
    case 'pending':
      return 'waiting to be deleted';
    case 'running':
      return `being deleted: ${shareOf(purge)}${numberOf(purge?.deleted) ?? 0} so far`;
    case 'failed':
      return `not all deleted yet: ${whyOf(purge, 'it failed')}; this is tried again every minute`;
    case 'completed':
      return status.is_active === true ? counts(purge) : null;
    default:
      return null;
  }
}

/** Why a purge failed, as part of a sentence: a message may end with a full stop of its own. */
export function whyOf(purge: JsonObject | null, otherwise: string): string {
  return textOf(purge?.error)?.replace(/\.$/, '') ?? otherwise;
}

function shareOf(purge: JsonObject | null): string {
  const progress = numberOf(purge?.progress);
  return progress === null ? '' : `${Math.floor(progress * 100)} %, `;
}

function counts(purge: JsonObject | null): string {
  const unparsable = numberOf(purge?.unparsable) ?? 0;
  const unread = unparsable === 0 ? '' : `, ${unparsable} of them unreadable`;
  return `${numberOf(purge?.deleted) ?? 0} deleted${unread}, ${numberOf(purge?.kept) ?? 0} kept`;
}

/** What came of a purge. */
export function renderPurge(purge: JsonObject, paint: Paint): string {
  const rows: [string, unknown][] = [
    ['Deleted', purge.deleted],
    ['Kept', purge.kept],
    ['Unreadable', purge.unparsable],
    ['Scanned', purge.scanned],
    ['Took', lengthOf(purge)],
  ];
  return [
    paint(['bold', 'green'], 'The sessions are deleted.'),
    ...rows.map(([label, value]) => row(label, String(value ?? 'unknown'), paint)),
  ].join('\n');
}

function lengthOf({ started_at: from, finished_at: to }: JsonObject): string | null {
  const length = Date.parse(textOf(to) ?? '') - Date.parse(textOf(from) ?? '');
  return Number.isNaN(length) ? null : durationInWords(length / 1000);
}
