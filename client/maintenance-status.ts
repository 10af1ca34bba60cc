/** What is known of maintenance. Texts are an admin's own words: escape them wherever they are shown. */
export interface MaintenanceStatus {
  readonly active: boolean;
  /** In `test` mode nothing is blocked. Null while nothing is active. */
  readonly mode: 'normal' | 'emergency' | 'test' | null;
  readonly reason: string | null;
  readonly since: Date | null;
  /** The planned end; null where none is known. */
  readonly until: Date | null;
  readonly blockedOperations: readonly string[];
  /** For people, in English. */
  readonly message: string;
  readonly next: { readonly reason: string; readonly from: Date; readonly until: Date } | null;
  /** The number of the newest event of the event log. */
  readonly version: number;
  /** Whether the server could not read its newest state, and told the last one it knew. */
  readonly isLastKnown: boolean;
}

/** @param api address of the protected API, without the path of a call: `https://api.example.com` */
export function statusAddressOf(api: string): string {
  return `${api.replace(/\/+$/, '')}/api/maintenance/status`;
}

/** Throws where the text is no status. */
export function statusOf(text: string): MaintenanceStatus {
  const status = JSON.parse(text);
  if (typeof status?.is_active !== 'boolean' || typeof status.version !== 'number') {
    throw new Error('The answer is no status of maintenance.');
  }
  const { next_window: next } = status;
  return {
    active: status.is_active,
    mode: status.is_active ? status.mode : null,
    reason: status.reason ?? null,
    since: dateOf(status.started_at),
    until: dateOf(status.estimated_completion),
    blockedOperations: status.blocked_operations ?? [],
    message: status.message ?? '',
    next: next
      ? { reason: next.reason, from: new Date(next.starts_at), until: new Date(next.ends_at) }
      : null,
    version: status.version,
    isLastKnown: status.state_source === 'last_known',
  };
}

function dateOf(value: unknown): Date | null {
  return typeof value === 'string' ? new Date(value) : null;
}
