import type { SessionStore, WalkPosition, WalkStep } from '../sessions/session-store.ts';

/** A piece of a walk, and the milliseconds that it took to come. */
interface TimedStep {
  readonly step: WalkStep;
  readonly time: number;
}

/**
 * A walk whose next piece is on its way while its caller is still at work on the last: so neither the store nor the
 * caller waits for the other. It only reads, so a piece that nobody fetches does no harm, and neither does its failure.
 *
 * @example
 * const { step } = await walk.from(position, 100);
 * if (step.next !== null) walk.begin(step.next, 100);
 * await workOn(step.sessions);
 */
export class WalkAhead {
  readonly #store: Pick<SessionStore, 'walk'>;
  /** Milliseconds since some moment, to measure by. */
  readonly #stopwatch: () => number;
  #ahead: { readonly position: WalkPosition; readonly piece: Promise<TimedStep> } | null = null;

  constructor(store: Pick<SessionStore, 'walk'>, stopwatch: () => number) {
    this.#store = store;
    this.#stopwatch = stopwatch;
  }

  /** Asks for the piece at a position, which must be one that this walk gave. */
  begin(position: WalkPosition, size: number): void {
    const piece = this.#fetch(position, size);
    piece.catch(() => {});
    this.#ahead = { position, piece };
  }

  /** The piece at a position, whether it was asked for or not. Rejects as the store does. */
  from(position: WalkPosition | null, size: number): Promise<TimedStep> {
    const ahead = this.#ahead;
    this.#ahead = null;
    return ahead !== null && ahead.position === position ? ahead.piece : this.#fetch(position, size);
  }

  /** Waits until nothing is on its way any more. */
  async settled(): Promise<void> {
    await this.#ahead?.piece.catch(() => {});
  }

  async #fetch(position: WalkPosition | null, size: number): Promise<TimedStep> {
    const startedAt = this.#stopwatch();
    const step = await this.#store.walk(position, size);
    return { step, time: this.#stopwatch() - startedAt };
  }
}
