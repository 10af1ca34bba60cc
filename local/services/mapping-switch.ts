/** What UpdateEventSourceMapping turns on and off, and what a mapping is meanwhile. */
type MappingState = 'Enabling' | 'Enabled' | 'Disabling' | 'Disabled';

/** Turns the delivery of one event source mapping on and off. What is under way when it is turned off comes to its end. */
export class MappingSwitch {
  readonly #run: (signal: AbortSignal) => Promise<void>;
  #state: MappingState = 'Disabled';
  #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #closed = false;

  /** @param run delivers until the signal is aborted; resolves when nothing is under way any more */
  constructor(run: (signal: AbortSignal) => Promise<void>) {
    this.#run = run;
  }

  get state(): MappingState {
    return this.#state;
  }

  /** Begins after this call; without effect unless it is off. */
  enable(): void {
    if (this.#state !== 'Disabled') return;
    this.#state = 'Enabling';
    setImmediate(() => {
      if (this.#closed) return;
      this.#state = 'Enabled';
      this.#stop = new AbortController();
      this.#running = this.#run(this.#stop.signal);
    });
  }

  /** Without effect unless it is on. */
  disable(): void {
    if (this.#state !== 'Enabled') return;
    this.#state = 'Disabling';
    this.#stop.abort();
    void this.#running.then(() => {
      this.#state = 'Disabled';
    });
  }

  /** Ends the delivery for good, and waits until it has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop.abort();
    await this.#running;
  }
}
