import type { Role } from '../state/principal.ts';
import type { State } from '../state/state.ts';

/**
 * The event log: immutable, numbered events, each holding the whole state after it.
 * Writing one event is the toggle, the optimistic lock, the idempotency record and the audit record at once.
 */
export const EVENT_TYPES = [
  'activated',
  'escalated',
  'deescalated',
  'updated',
  'deactivated',
  'auto_ended',
  'rules_changed',
  'window_scheduled',
  'window_changed',
  'window_cancelled',
  'window_begun',
  'window_ended',
  'window_absorbed',
  'window_schedule_extended',
  'principal_revoked',
  'sessions_purge_requested',
  'sessions_purged',
  'drained',
  'drain_incomplete',
  'refreshed',
  'log_level_changed',
  'reset',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** Tells of what came by itself: work that is done, or times that were computed. Nobody decides by it. */
export function isReceipt(type: EventType): boolean {
  return RECEIPTS.includes(type);
}

const RECEIPTS: readonly EventType[] = [
  'window_schedule_extended',
  'sessions_purged',
  'drained',
  'drain_incomplete',
];

/** Who caused an event, and by which way in: the HTTP API, IAM credentials alone, or the clock. */
export interface Actor {
  readonly id: string;
  readonly role: Role | 'system';
  readonly via: 'api' | 'direct' | 'clock';
}

/** The actor of events that time itself has made due. */
export const CLOCK: Actor = { id: 'clock', role: 'system', via: 'clock' };

/** An event before it has a place in the log. `state.version` is the number it asks for. */
export interface EventDraft {
  readonly type: EventType;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly actor: Actor;
  readonly reason: string | null;
  /** The maintenance that the event is about, null where it is about none. */
  readonly maintenanceId: string | null;
  /** Facts that belong to the type, for people and reports; JSON. */
  readonly details: Readonly<Record<string, unknown>>;
  readonly state: State;
}

/** The first answer given for an idempotency key, kept with the event that it caused. */
export interface Idempotency {
  /** The caller's key. Keys of different actors never meet. */
  readonly key: string;
  /** Digest of what was asked; the same key with another digest is an error. */
  readonly requestHash: string;
  /** The answer to give again, JSON. */
  readonly answer: unknown;
}

export interface MaintenanceEvent extends EventDraft {
  readonly number: number;
  /** Unique; a writer recognises its own event by it. */
  readonly id: string;
  readonly idempotency: Idempotency | null;
  readonly previousHash: string;
  readonly hash: string;
}

/** The hash before the first event. */
export const GENESIS_HASH = '0'.repeat(64);
