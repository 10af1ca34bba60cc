import type { Role } from '../state/principal.ts';
import type { State } from '../state/state.ts';
import type { EventFacts, EventType } from './event-types.ts';

/** Who caused an event, and by which way in: the HTTP API, IAM credentials alone, or the clock. */
export interface Actor {
  readonly id: string;
  readonly role: Role | 'system';
  readonly via: 'api' | 'direct' | 'clock';
}

/** The actor of events that time itself has made due. */
export const CLOCK: Actor = { id: 'clock', role: 'system', via: 'clock' };

interface EventFrame {
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  readonly reason: string | null;
  /** The maintenance that the event is about, null where it is about none. */
  readonly maintenanceId: string | null;
  readonly state: State;
}

/** An event before it has a place in the log. `state.version` is the number it asks for. */
export type EventDraft = EventFacts & EventFrame;

/** Those of one type, or of several. */
export type EventOf<Type extends EventType> = Extract<EventDraft, { readonly type: Type }>;

/** The first answer given for an idempotency key, kept with the event that it caused. */
export interface Idempotency {
  /** The caller's key. Keys of different actors never meet. */
  readonly key: string;
  /** Digest of what was asked; the same key with another digest is an error. */
  readonly requestHash: string;
  /** The answer to give again, JSON. */
  readonly answer: unknown;
}

/**
 * An event of the log: immutable, numbered, holding the whole state after it. Writing one is the toggle, the optimistic
 * lock, the idempotency record and the audit record at once.
 */
export type MaintenanceEvent = EventDraft & Seal;

interface Seal {
  readonly number: number;
  /** Unique; a writer recognises its own event by it. */
  readonly id: string;
  readonly idempotency: Idempotency | null;
  readonly previousHash: string;
  readonly hash: string;
}

/** The hash before the first event. */
export const GENESIS_HASH = '0'.repeat(64);
