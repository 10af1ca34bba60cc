import { type Blocker, minuteOf, type Offence, type Offenders, type Summary } from './offenders.ts';

/** Where the blocked calls of all instances are counted together. */
export interface OffenceCounts {
  /** Whether counting is known to be of no use for now; then `add` is not called. */
  readonly isPaused: boolean;
  /**
   * Adds what clients were blocked in a minute; gives how often they were at all instances. Rejects when it can't be
   * told; what was added then may count or not.
   *
   * @param minute counted from the epoch
   */
  add(minute: number, calls: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>>;
}

/** Clients in one batch; more in so short a time are counted by this instance alone. */
const MAX_BATCH = 100;
/** Blocked calls after which an instance begins to count with others. What it takes to do so is loaded then. */
const BEGIN = 2;

/**
 * Repeat offenders over all instances: each decides by its own table, at once, and hears of the others' calls by the
 * way. Nobody waits for that, and one batch is under way at most: the rest is gathered meanwhile, and goes with the
 * next call. Where the common count can't be reached, an instance's own count stays.
 */
export class SharedOffenders {
  readonly #own: Offenders;
  readonly #counts: OffenceCounts;
  readonly #later: (run: () => void) => void;
  #batch = new Map<string, number>();
  #minute = 0;
  #recorded = 0;
  #isSending = false;

  /** @param parts.later runs a function when the present request has been decided */
  constructor(parts: { own: Offenders; counts: OffenceCounts; later: (run: () => void) => void }) {
    this.#own = parts.own;
    this.#counts = parts.counts;
    this.#later = parts.later;
  }

  /** Counts a call that `maintenance` blocked at `now` (ms since the epoch). */
  record(client: string, operation: string, maintenance: Blocker, now: number): Offence {
    this.#gather(client, minuteOf(now));
    return this.#own.record(client, operation, maintenance, now);
  }

  takeSummaries(now: number): readonly Summary[] {
    return this.#own.takeSummaries(now);
  }

  #gather(client: string, minute: number): void {
    // Of a minute that is over, nobody asks any more.
    if (minute !== this.#minute) this.#batch.clear();
    this.#minute = minute;
    this.#recorded += 1;
    const calls = this.#batch.get(client);
    if (calls !== undefined || this.#batch.size < MAX_BATCH) this.#batch.set(client, (calls ?? 0) + 1);
    if (this.#isSending || this.#recorded < BEGIN || this.#counts.isPaused) return;
    this.#isSending = true;
    this.#later(() => void this.#send());
  }

  async #send(): Promise<void> {
    const minute = this.#minute;
    const batch = this.#batch;
    this.#batch = new Map();
    try {
      const totals = await this.#counts.add(minute, batch);
      for (const [client, calls] of totals) this.#own.raise(client, minute, calls);
    } catch {
      // Whoever keeps the count has told why; offenders are known by this instance's own.
    } finally {
      this.#isSending = false;
    }
  }
}
