/** What an admin can ask for. Instants are ms since the epoch, lengths are seconds. */
export interface EnableCommand {
  readonly type: 'enable';
  readonly mode: 'normal' | 'test';
  readonly reason: string;
  readonly publicReason?: string | undefined;
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
  readonly publicReason?: string | undefined;
  readonly terminateJobs: boolean;
  /** Seconds that jobs get to stop by themselves. */
  readonly gracePeriod: number;
}

/** Changes what is given and keeps the rest; `endsAt: null` takes the end away. */
export interface UpdateCommand {
  readonly type: 'update';
  readonly reason?: string | undefined;
  /** Null takes it away. */
  readonly publicReason?: string | null | undefined;
  readonly duration?: number | undefined;
  readonly endsAt?: number | null | undefined;
  /** Seconds after the planned end, or after now where that has passed or is not known; neither of the others then. */
  readonly extend?: number | undefined;
  readonly autoEnd?: boolean | undefined;
  readonly blockedOperations?: readonly string[] | null | undefined;
  /** Seconds from now; null takes the deadline away. */
  readonly drainDeadline?: number | null | undefined;
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

/** Has every instance of every function drop what it remembers, without a new deployment. */
interface RefreshCommand {
  readonly type: 'refresh';
}

/** Has every decision told in the log for a while, or no more. */
export interface LogLevelCommand {
  readonly type: 'log_level';
  readonly level: LogLevel;
  /** How long `debug` holds. */
  readonly minutes: number;
}

/** `info`: what was blocked, and what is worth knowing. `debug`: every decision beside that. */
export type LogLevel = 'debug' | 'info';

/** Takes everything out of the state that could be stuck in it. What has happened stays in the log. */
export interface ResetCommand {
  readonly type: 'reset';
  /** Whether scheduled windows go too. */
  readonly windows: boolean;
  /** Whether the owner's classification rules go too. */
  readonly rules: boolean;
}

export type Command =
  | EnableCommand
  | EmergencyCommand
  | UpdateCommand
  | PurgeSessionsCommand
  | RevokeCommand
  | RefreshCommand
  | LogLevelCommand
  | ResetCommand
  | { readonly type: 'deescalate' }
  | { readonly type: 'disable' };

/** Shortest and longest planned length of a maintenance, seconds: a minute and a week. */
export const MIN_DURATION_S = 60;
export const MAX_DURATION_S = 604_800;

/** A reason, in code points. */
export const MAX_REASON_LENGTH = 500;

/** Minutes for which decisions are told, if nothing else is asked for, and at most: each costs a line. */
export const USUAL_DEBUG_MINUTES = 15;
export const MAX_DEBUG_MINUTES = 60;
