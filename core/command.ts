/** What an admin can ask for. Instants are ms since the epoch, lengths are seconds. */
export interface EnableCommand {
  readonly type: 'enable';
  readonly mode: 'normal' | 'test';
  readonly reason: string;
  /** Length in seconds; never given together with `endsAt`. */
  readonly duration?: number | undefined;
  readonly endsAt?: number | undefined;
  readonly autoEnd: boolean;
  /** Null blocks everything that can be blocked. */
  readonly blockedOperations: readonly string[] | null;
  readonly invalidateSessions: boolean;
  readonly notifyUsers: boolean;
  /** Seconds after which jobs should be gone. */
  readonly drainDeadline?: number | undefined;
}

export interface EmergencyCommand {
  readonly type: 'emergency';
  readonly reason: string;
  readonly terminateJobs: boolean;
  /** Seconds that jobs get to stop by themselves. */
  readonly gracePeriod: number;
}

/** Changes what is given and keeps the rest; `endsAt: null` takes the end away. */
export interface UpdateCommand {
  readonly type: 'update';
  readonly reason?: string | undefined;
  readonly duration?: number | undefined;
  readonly endsAt?: number | null | undefined;
  readonly autoEnd?: boolean | undefined;
  readonly blockedOperations?: readonly string[] | null | undefined;
}

/** Ends sessions without a maintenance, or once more during one. */
export interface PurgeSessionsCommand {
  readonly type: 'purge_sessions';
  /** Admins' sessions too, but for those of the admin who asks. */
  readonly all: boolean;
}

/** Ends everything that a principal was given until now, whatever their role. */
export interface RevokeCommand {
  readonly type: 'revoke';
  /** The principal's id. */
  readonly principal: string;
}

export type Command =
  | EnableCommand
  | EmergencyCommand
  | UpdateCommand
  | PurgeSessionsCommand
  | RevokeCommand
  | { readonly type: 'deescalate' }
  | { readonly type: 'disable' };

/** Shortest and longest planned length of a maintenance, seconds: a minute and a week. */
export const SHORTEST = 60;
export const LONGEST = 604_800;

/** A reason, in code points. */
export const LONGEST_REASON = 500;
