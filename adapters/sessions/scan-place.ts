import type { ScanPosition } from '../../core/sessions/session-store.ts';

/** Where a scan over several servers stands. */
export interface Place {
  /** The server that is being scanned. */
  readonly server: string;
  /** What its last SCAN gave; an unsigned 64-bit number, so never a JavaScript number. */
  readonly cursor: string;
  /** The servers that have been scanned. */
  readonly done: readonly string[];
}

const BEGIN = '0';

/**
 * The place that a position names, among the servers that there are now. A server that has gone has handed its keys on:
 * to a new one, which is then among those to scan, or to any of those that were scanned, and then all begins anew.
 * So does what is no position.
 */
export function placeOf(position: ScanPosition | null, servers: readonly string[]): Place {
  const place = position !== null && isPlace(position) ? position : null;
  if (place !== null && servers.includes(place.server)) return place;
  const done = place?.done ?? [];
  const server = servers.find((candidate) => !done.includes(candidate));
  return server === undefined
    ? { server: servers[0] ?? '', cursor: BEGIN, done: [] }
    : { server, cursor: BEGIN, done };
}

/** Where a scan goes on after a SCAN; null when every server has been scanned. */
export function nextPlace(place: Place, cursor: string, servers: readonly string[]): Place | null {
  if (cursor !== BEGIN) return { ...place, cursor };
  const done = [...place.done, place.server];
  const server = servers.find((candidate) => !done.includes(candidate));
  return server === undefined ? null : { server, cursor: BEGIN, done };
}

export function positionOf({ server, cursor, done }: Place): ScanPosition {
  return { server, cursor, done };
}

function isPlace(position: ScanPosition): position is ScanPosition & Place {
  const { server, cursor, done } = position;
  return (
    typeof server === 'string' &&
    typeof cursor === 'string' &&
    /^\d{1,20}$/.test(cursor) &&
    Array.isArray(done) &&
    done.every((name) => typeof name === 'string')
  );
}
