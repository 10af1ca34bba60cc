import { StoreUnavailableError } from '../../core/errors.ts';
import type { VersionedItem } from '../../core/versioned-item.ts';

/** An entry in memory, as the item in DynamoDB keeps it. */
export class InMemoryVersionedItem<Entry> implements VersionedItem<Entry> {
  /** While true, nothing can be read or written. */
  isDown = false;
  revision = 0;
  readonly #empty: Entry;
  #text: string | null = null;

  constructor(empty: Entry) {
    this.#empty = empty;
  }

  get entry(): Entry {
    return this.#text === null ? this.#empty : JSON.parse(this.#text);
  }

  async read() {
    await this.#mustBeUp();
    return { entry: this.entry, revision: this.revision };
  }

  async replace(revision: number, entry: Entry): Promise<boolean> {
    await this.#mustBeUp();
    if (revision !== this.revision) return false;
    this.#text = JSON.stringify(entry);
    this.revision += 1;
    return true;
  }

  /** Gives way to other calls first, as going over a network does. */
  async #mustBeUp(): Promise<void> {
    await Promise.resolve();
    if (this.isDown) throw new StoreUnavailableError('down');
  }
}
