import type { Role } from './principal.ts';

/** What the application's sessions look like. One JSON text tells every function (environment variable SESSIONS). */
export interface SessionPolicy {
  /** Begins the key of every session in Redis, e.g. `vedfolnir:session:`; what follows is the session's id. */
  readonly prefix: string;
  /** Name of the cookie that holds a session's id. */
  readonly cookie: string;
  /** Where the role stands in a session, JSON pointers (RFC 6901); the first that leads to a text counts. */
  readonly rolePointers: readonly string[];
  /** Where the name of the user stands. */
  readonly userPointers: readonly string[];
  /** Where the instant stands at which the session began: RFC 3339, or a number of seconds or milliseconds. */
  readonly createdAtPointers: readonly string[];
  /** Roles of admins, compared without regard to case. */
  readonly adminRoles: readonly string[];
  /** Roles of workers. */
  readonly workerRoles: readonly string[];
}

/** What a session says of itself, never what else it holds. */
export interface SessionFacts {
  /** Whether it is a JSON object. One that is not counts as a member's. */
  readonly readable: boolean;
  /** What the role makes of its holder; a session without a role is a member's. */
  readonly role: Exclude<Role, 'anonymous'>;
  /** The role as it stands in the session, null where there is none. */
  readonly roleName: string | null;
  /** The pointer that led to it. */
  readonly rolePointer: string | null;
  readonly user: string | null;
  /** Milliseconds since the epoch; null when it is missing or can't be read. */
  readonly createdAt: number | null;
}

/** Key of the copy of the state in Redis. */
export function mirrorKey(scope: string): string {
  return `enhanced-maintenance-mode:${scope}:state`;
}

/** Begins the keys under which blocked calls of a client are counted. */
export function offencePrefix(scope: string): string {
  return `enhanced-maintenance-mode:${scope}:blocked:`;
}
