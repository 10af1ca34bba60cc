/** A limit on requests: a stage's, or a usage plan's for each of its keys. */
export interface ThrottleSettings {
  /** Requests a second. */
  readonly rate: number;
  /** Requests at once. */
  readonly burst: number;
}

/** A token bucket: holds `burst` tokens, gets `rate` a second, and each request takes one. */
export class Throttle {
  readonly #settings: ThrottleSettings;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds by a clock that never goes back */
  constructor(settings: ThrottleSettings, now: () => number = () => performance.now()) {
    this.#settings = settings;
    this.#now = now;
    this.#tokens = settings.burst;
    this.#filledAt = now();
  }

  /** Whether one more request may pass now. */
  take(): boolean {
    const now = this.#now();
    const { rate, burst } = this.#settings;
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filledAt) / 1000) * rate);
    this.#filledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}
