import type { VersionedItem } from './versioned-item.ts';

/**
 * Changes a versioned item: reads it, and puts in its place what comes of it; again where somebody else has written
 * meanwhile. Where `change` gives back the very entry that it was given, nothing is written. Rejects with what the item
 * and `change` reject with.
 *
 * @param change is asked again with each new entry
 * @param maxTries how often others may be faster
 * @returns false where others were faster each time
 * @example await changeItem(cursor, (last) => Math.max(last ?? 0, 42), 3)
 */
export async function changeItem<Entry>(
  item: VersionedItem<Entry>,
  change: (entry: Entry) => Entry | Promise<Entry>,
  maxTries: number,
): Promise<boolean> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const { entry, revision } = await item.read();
    const changed = await change(entry);
    if (changed === entry || (await item.replace(revision, changed))) return true;
  }
  return false;
}
