import type { ScanBatch, ScanPosition, SessionStore } from '../sessions/session-store.ts';

/** A piece of a scan, and the milliseconds that it took to come. */
interface TimedStep {
  readonly step: ScanBatch;
  readonly time: number;
}

/**
 * A scan whose next piece is on its way while its caller is still at work on the last: so neither the store nor the
 * caller waits for the other. It only reads, so a piece that nobody fetches does no harm, and neither does its failure.
 *
 * @example
 * const { step } = await scan.from(position, 100);
 * if (step.next !== null) scan.begin(step.next, 100);
 * await workOn(step.sessions);
 */
export class Prefetch {
  readonly #store: Pick<SessionStore, 'scan'>;
  /** Milliseconds since some moment, to measure by. */
  readonly #stopwatch: () => number;
  #ahead: { readonly position: ScanPosition; readonly piece: Promise<TimedStep> } | null = null;

  constructor(store: Pick<SessionStore, 'scan'>, stopwatch: () => number) {
    this.#store = store;
    this.#stopwatch = stopwatch;
  }

  /** Asks for the piece at a position, which must be one that this scan gave. */
  begin(position: ScanPosition, size: number): void {
    const piece = this.#fetch(position, size);
    piece.catch(() => {});
    this.#ahead = { position, piece };
  }

  /** The piece at a position, whether it was asked for or not. Rejects as the store does. */
  from(position: ScanPosition | null, size: number): Promise<TimedStep> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead !== null && ahead.position === position ? ahead.piece : this.#fetch(position, size);
  }

  /** Waits until nothing is on its way any more. */
  async idle(): Promise<void> {
    await this.#ahead?.piece.catch(() => {});
  }

  async #fetch(position: ScanPosition | null, size: number): Promise<TimedStep> {
    const startedAt = this.#stopwatch();
    const step = await this.#store.scan(position, size);
    return { step, time: this.#stopwatch() - startedAt };
  }
}
