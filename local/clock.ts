/**
 * The clock that functions, schedules and tokens of the local cloud see: the machine's time plus an
 * offset that can be moved. The offset lives in shared memory, so that a function running in another
 * thread sees a move at its very next look at the time. `performance.now()` and timers never move.
 */
export class MovableClock {
  /** Shared memory of eight bytes: the offset in milliseconds, to hand to another thread. */
  readonly shared: SharedArrayBuffer;
  readonly #offset: BigInt64Array;
  readonly #listeners = new Set<(now: number) => void>();

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(8)) {
    this.shared = shared;
    this.#offset = new BigInt64Array(shared);
  }

  /** Milliseconds by which the clock is ahead of the machine's. */
  get offsetMs(): number {
    return Number(Atomics.load(this.#offset, 0));
  }

  /** Milliseconds since 1970 as functions see them. */
  now(): number {
    return Date.now() + this.offsetMs;
  }

  /**
   * Moves the clock by whole milliseconds (negative: back) and tells the listeners.
   *
   * @example clock.advance(60_000) // functions are now a minute further on
   */
  advance(milliseconds: number): void {
    if (!Number.isSafeInteger(milliseconds)) {
      throw new RangeError(`The clock moves by whole milliseconds, not by ${milliseconds}.`);
    }
    Atomics.add(this.#offset, 0, BigInt(milliseconds));
    const now = this.now();
    for (const listener of this.#listeners) listener(now);
  }

  /** Calls the listener after each move; returns a function that ends this. */
  onMove(listener: (now: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
