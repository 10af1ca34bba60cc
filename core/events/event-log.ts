import type { EventDraft, Idempotency, MaintenanceEvent } from './event.ts';

/** Where the log stands: its newest event, null when it is empty. */
export type Head = MaintenanceEvent | null;

/** The outcome of an append: written (also when only the answer to an own earlier try was lost), or outrun. */
export type Appended =
  | { readonly outcome: 'appended'; readonly event: MaintenanceEvent }
  | { readonly outcome: 'conflict' };

export interface Page {
  readonly items: readonly MaintenanceEvent[];
  /** The number to go on below, null at the end. */
  readonly nextBefore: number | null;
}

/**
 * The event log as the rest of the system needs it. Implementations pass test/contract/event-log.
 * Every method rejects with StoreUnavailableError when the store can't be reached.
 */
export interface EventLog {
  /** The newest event, read consistently. */
  head(): Promise<Head>;
  /** Appends `draft` directly after `after`, if nothing else has taken that place. */
  append(draft: EventDraft, after: Head, idempotency?: Idempotency): Promise<Appended>;
  /** Events newest first, those below `before` where given. */
  page(options: { limit: number; before?: number | null }): Promise<Page>;
  /** The newest event at or after `since` (ms) that carries this actor's idempotency key. */
  findByIdempotencyKey(actorId: string, key: string, since: number): Promise<MaintenanceEvent | null>;
}
