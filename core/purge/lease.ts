import { cutOff } from './progress.ts';
import type { PurgeRecord, PurgeRecordItem } from './record.ts';

/** How long after its last save a run counts as alive, ms: several saves may be late, and a killed one is soon replaced. */
const LEASE = 15_000;

interface LeaseParts {
  readonly record: PurgeRecordItem;
  /** Unique: names who holds the lease. */
  readonly owner: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/**
 * The right to work on the record, held by one at a time. Nothing but the record knows of it, so it is held for sure
 * at the moment of a save only: whoever was paused for long finds out by saving.
 */
export class PurgeLease {
  readonly #parts: LeaseParts;
  #revision: number;
  #entry: PurgeRecord;
  #savedAt: number;

  private constructor(parts: LeaseParts, revision: number, entry: PurgeRecord) {
    this.#parts = parts;
    this.#revision = revision;
    this.#entry = entry;
    this.#savedAt = parts.now();
  }

  /**
   * Takes the lease; null when somebody else has it. A lease that ran out without being given back belonged to a run
   * that was killed.
   */
  static async take(parts: LeaseParts): Promise<PurgeLease | null> {
    const { entry, revision } = await parts.record.read();
    const { lease, run } = entry;
    if (lease !== null && lease.until > parts.now()) return null;
    const isKilled = lease !== null && run !== null && run.finishedAt === null;
    const found = isKilled ? { ...entry, run: cutOff(run, false) } : entry;
    const taken = new PurgeLease(parts, revision, found);
    return (await taken.save({})) ? taken : null;
  }

  get entry(): PurgeRecord {
    return this.#entry;
  }

  /** Milliseconds since the last save. */
  get age(): number {
    return this.#parts.now() - this.#savedAt;
  }

  /** Saves what has changed and stays in charge. False when somebody else has taken over: stop then. */
  async save(changes: Partial<Omit<PurgeRecord, 'lease'>>): Promise<boolean> {
    const { owner, now } = this.#parts;
    return this.#replace({ ...this.#entry, ...changes, lease: { owner, until: now() + LEASE } });
  }

  /** Saves what has changed and gives the lease back. */
  async release(changes: Partial<Omit<PurgeRecord, 'lease'>>): Promise<boolean> {
    return this.#replace({ ...this.#entry, ...changes, lease: null });
  }

  async #replace(entry: PurgeRecord): Promise<boolean> {
    const startedAt = this.#parts.now();
    if (!(await this.#parts.record.replace(this.#revision, entry))) return false;
    this.#revision += 1;
    this.#entry = entry;
    this.#savedAt = startedAt;
    return true;
  }
}
