import { type EventItem, eventOf, itemOf } from '../../adapters/events/event-item.ts';
import { assertPageSize } from '../../adapters/events/page-size.ts';
import { sealEvent } from '../../adapters/events/seal-event.ts';
import { MAX_ATTEMPTS } from '../../adapters/state/state-store.ts';
import { OutcomeUnknownError, StoreUnavailableError } from '../../core/errors.ts';
import type { EventDraft, Idempotency, MaintenanceEvent } from '../../core/events/event.ts';
import type { Appended, EventLog, Head, Page } from '../../core/events/event-log.ts';
import { type Interference, NO_INTERFERENCE } from './interference.ts';

/**
 * An event log in memory that passes the same contract as the one in DynamoDB (test/contract).
 *
 * @example
 * const log = new InMemoryEventLog();
 * log.down(); // every call rejects with StoreUnavailableError
 * log.interference = writesMeet('lose_answer'); // the next append is written, its first answer is lost
 */
export class InMemoryEventLog implements EventLog {
  /** What befalls requests on their way. */
  interference: Interference = NO_INTERFERENCE;
  /** The items as the table would hold them, by number; tests may damage them. */
  readonly items = new Map<number, EventItem>();
  #ids = 0;

  /** Nothing reaches the store any more. */
  down(): void {
    this.interference = () => 'lose_request';
  }

  /** Everything reaches the store again. */
  up(): void {
    this.interference = NO_INTERFERENCE;
  }

  async head(): Promise<Head> {
    await this.#read();
    return this.#newestFirst().next().value ?? null;
  }

  async append(draft: EventDraft, after: Head, idempotency?: Idempotency): Promise<Appended> {
    this.#ids += 1;
    const event = sealEvent(draft, after, { id: `event-${this.#ids}`, idempotency });
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      const fate = await this.#fateOf('write');
      if (fate !== 'lose_request' && !this.items.has(event.number)) {
        this.items.set(event.number, itemOf('memory', event));
      }
      if (fate === 'pass') return this.#outcomeOf(event);
    }
    try {
      await this.#read();
    } catch (cause) {
      throw new OutcomeUnknownError(event.number, event.id, { cause });
    }
    if (!this.items.has(event.number)) throw new OutcomeUnknownError(event.number, event.id);
    return this.#outcomeOf(event);
  }

  async page({ limit, before = null }: { limit: number; before?: number | null }): Promise<Page> {
    assertPageSize(limit);
    await this.#read();
    const items = this.#newestFirst(before).take(limit).toArray();
    const lowest = items.at(-1)?.number ?? 1;
    return { items, nextBefore: lowest > 1 ? lowest : null };
  }

  async findByIdempotencyKey(actorId: string, key: string, since: number): Promise<MaintenanceEvent | null> {
    await this.#read();
    const found = this.#newestFirst().find(
      ({ at, actor, idempotency }) => at >= since && actor.id === actorId && idempotency?.key === key,
    );
    return found ?? null;
  }

  #outcomeOf(event: MaintenanceEvent): Appended {
    return this.items.get(event.number)?.id?.S === event.id
      ? { outcome: 'appended', event }
      : { outcome: 'conflict' };
  }

  async #read(): Promise<void> {
    for (let tries = 0; tries < MAX_ATTEMPTS; tries += 1) {
      if ((await this.#fateOf('read')) === 'pass') return;
    }
    throw new StoreUnavailableError('The store in memory is told to be away.');
  }

  /** Gives way to other calls first, as going over a network does. */
  async #fateOf(operation: 'read' | 'write') {
    await Promise.resolve();
    return this.interference(operation);
  }

  #newestFirst(before: number | null = null): IteratorObject<MaintenanceEvent, undefined> {
    return [...this.items.keys()]
      .filter((number) => before === null || number < before)
      .sort((one, other) => other - one)
      .values()
      .map((number) => eventOf(this.items.get(number) ?? {}));
  }
}
