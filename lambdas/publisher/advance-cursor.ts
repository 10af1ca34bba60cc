import { changeItem } from '../../core/change-item.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';

/** Times that it is tried: the stream and the sweep may be at it at once. */
const MAX_TRIES = 3;

/**
 * Moves the cursor to the last of some events that were published one after the other. It stays where it is when one
 * before them is missing, so that the sweep begins there. The first that is ever published is where counting begins.
 */
export async function advanceCursor(
  cursor: VersionedItem<number | null>,
  first: number,
  last: number,
): Promise<void> {
  const advanced = (entry: number | null): number =>
    entry !== null && (last <= entry || first > entry + 1) ? entry : last;
  await changeItem(cursor, advanced, MAX_TRIES);
}
