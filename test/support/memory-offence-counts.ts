import type { OffenceCounts } from '../../core/attempts/shared-offenders.ts';
import { SessionStoreUnavailableError } from '../../core/errors.ts';

/** The common count, in memory. */
export class MemoryOffenceCounts implements OffenceCounts {
  isPaused = false;
  isDown = false;
  readonly totals = new Map<string, number>();
  readonly batches: ReadonlyMap<string, number>[] = [];
  #answered = Promise.resolve();

  /** Lets no answer out until the function that it returns is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#answered = promise;
    return resolve;
  }

  async add(minute: number, calls: ReadonlyMap<string, number>): Promise<ReadonlyMap<string, number>> {
    this.batches.push(new Map(calls));
    const answer = new Map<string, number>();
    for (const [client, number] of calls) {
      const total = (this.totals.get(`${minute} ${client}`) ?? 0) + number;
      this.totals.set(`${minute} ${client}`, total);
      answer.set(client, total);
    }
    await this.#answered;
    if (this.isDown) throw new SessionStoreUnavailableError('down');
    return answer;
  }
}
