/**
 * One item that is replaced as a whole, by whoever has read what was there before. Implementations pass
 * test/contract/versioned-item. Both methods reject with StoreUnavailableError when the store gives no good answer.
 */
export interface VersionedItem<Entry> {
  /** The entry, read consistently, and its revision: 0 for what counts as there before the first. */
  read(): Promise<{ readonly entry: Entry; readonly revision: number }>;
  /** Puts the entry in the place of a revision, as the next one. False when somebody else was faster. */
  replace(revision: number, entry: Entry): Promise<boolean>;
}
