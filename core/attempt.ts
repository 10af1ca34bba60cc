/** What became of a call that maintenance forbids: refused, let through for an admin, or only recorded by a test run. */
export const ATTEMPT_KINDS = ['blocked', 'bypassed', 'would_block'] as const;

export type AttemptKind = (typeof ATTEMPT_KINDS)[number];

/** A forbidden call as it is counted; or several of one client, where only their sum was told. */
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
}
