import { StoreUnavailableError } from '../../core/errors.ts';
import { EMPTY_ENTRY, type PurgeLedger, type PurgeLedgerEntry } from '../../core/purge-ledger.ts';

/** The progress of purging in memory, as the ledger in DynamoDB keeps it. */
export class InMemoryPurgeLedger implements PurgeLedger {
  /** While true, nothing can be read or written. */
  isDown = false;
  revision = 0;
  #text: string | null = null;

  get entry(): PurgeLedgerEntry {
    return this.#text === null ? EMPTY_ENTRY : JSON.parse(this.#text);
  }

  async read() {
    await this.#mustBeUp();
    return { entry: this.entry, revision: this.revision };
  }

  async replace(revision: number, entry: PurgeLedgerEntry): Promise<boolean> {
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
