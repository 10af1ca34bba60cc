import type { Simulated } from './test-record.ts';

/**
 * What became of a call: refused or let through for an admin, where maintenance forbids it; or only recorded by a test
 * run, as one that would have been refused or allowed.
 */
export const ATTEMPT_KINDS = ['blocked', 'bypassed', 'would_block', 'would_allow'] as const;

export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** A call as it is counted; or several of one client, where only their sum was told. */
export interface Attempt {
  /** Tells it from every other: the id of the request, or of the sum. */
  readonly id: string;
  readonly maintenanceId: string;
  readonly kind: AttemptKind;
  readonly operation: string;
  /** What tells clients apart: the principal's id, else the source address. */
  readonly client: string;
  readonly calls: number;
  /** When it was told, ms since the epoch. */
  readonly at: number;
  /** When the last of the calls was made, ms since the epoch. */
  readonly lastAt: number;
  /** What a test run records of it; absent where none does. */
  readonly simulated?: Simulated;
}
