import type { After } from '../../core/state/state-cache.ts';

/** A clock that moves when it is told to, and the timers that hang on it. */
export class ManualTimers {
  time: number;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  constructor(time = 0) {
    this.time = time;
  }

  readonly now = (): number => this.time;

  readonly after: After = (milliseconds, run) => {
    const timer = { at: this.time + milliseconds, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  /** How many timers wait. */
  get waiting(): number {
    return this.#timers.length;
  }

  /** Moves the clock forward, runs what is due in its order, and lets what hangs on it come to rest. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      await settled();
      const [next] = this.#timers.filter(({ at }) => at <= end).sort((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.time = Math.max(this.time, next.at);
      next.run();
    }
    this.time = end;
    await settled();
  }
}

/** Lets every promise that can settle without a timer do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
