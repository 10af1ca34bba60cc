/** What the workers of the propagation benchmark know of the toggles, in memory that all threads share. */
export class Toggles {
  readonly buffer: SharedArrayBuffer;
  readonly #begun: Int32Array;
  readonly #acknowledged: Float64Array;

  /** @param last number of the last event */
  constructor(last: number, buffer = new SharedArrayBuffer(8 + (last + 1) * 8)) {
    this.buffer = buffer;
    this.#begun = new Int32Array(buffer, 0, 1);
    this.#acknowledged = new Float64Array(buffer, 8, last + 1);
  }

  /** The number of the newest event whose append has begun. */
  get begun(): number {
    return Atomics.load(this.#begun, 0);
  }

  begin(version: number): void {
    Atomics.store(this.#begun, 0, version);
  }

  acknowledge(version: number): void {
    this.#acknowledged[version] = sharedNow();
  }

  acknowledgedAt(version: number): number {
    return this.#acknowledged[version] ?? Number.NaN;
  }
}

/** Milliseconds of the machine's monotonic clock, the same in every thread. */
export function sharedNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
