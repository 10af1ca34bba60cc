import type { Role } from '../state/principal.ts';
import { pointerSegments, valueAt } from './json-pointer.ts';

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

/** Names longer than this, in UTF-16 units, are none: nobody is called so, and a batch of them would fill memory. */
export const MAX_NAME_LENGTH = 512;

/** Numbers below are seconds, others milliseconds: in milliseconds this is a day in 1973, in seconds the year 5138. */
const FIRST_MILLISECONDS = 1e11;
/** The last instant that a Date can be, ms. */
const LAST_INSTANT = 8.64e15;

const RFC_3339 = /^(\d{4}-\d{2}-(\d{2}))[Tt ](\d{2}:\d{2}:\d{2}(?:\.\d+)?)([Zz]|[+-]\d{2}:\d{2})$/;

/**
 * What a session's text says of its holder. Any text will do: what can't be read is a member's, and has no date.
 *
 * @param text the value in the store; null where it is no text at all
 * @example readSession('{"role": "admin", "user": "alice"}', policy).role // 'admin'
 */
export function readSession(text: string | null, policy: SessionPolicy): SessionFacts {
  const session = text === null ? null : parseObject(text);
  if (session === null) return UNREADABLE;
  const places = placesOf(policy);
  const role = first(places.role, session, nameIn);
  return {
    readable: true,
    role: role === null ? 'member' : roleOf(role.value, policy),
    roleName: role?.value ?? null,
    rolePointer: role?.pointer ?? null,
    user: first(places.user, session, userIn)?.value ?? null,
    createdAt: first(places.createdAt, session, instantIn)?.value ?? null,
  };
}

const UNREADABLE: SessionFacts = {
  readable: false,
  role: 'member',
  roleName: null,
  rolePointer: null,
  user: null,
  createdAt: null,
};

/** A pointer, taken apart once: sessions are read by the million. */
interface Place {
  readonly pointer: string;
  readonly segments: readonly string[];
}

type Places = Readonly<Record<'role' | 'user' | 'createdAt', readonly Place[]>>;

const known = new WeakMap<SessionPolicy, Places>();

function placesOf(policy: SessionPolicy): Places {
  const already = known.get(policy);
  if (already !== undefined) return already;
  const all = (pointers: readonly string[]): Place[] =>
    pointers.map((pointer) => ({ pointer, segments: pointerSegments(pointer) }));
  const places = {
    role: all(policy.rolePointers),
    user: all(policy.userPointers),
    createdAt: all(policy.createdAtPointers),
  };
  known.set(policy, places);
  return places;
}

function parseObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

/** The first place that holds something of use. */
function first<T>(
  places: readonly Place[],
  session: object,
  read: (value: unknown) => T | null,
): { readonly pointer: string; readonly value: T } | null {
  for (const { pointer, segments } of places) {
    const value = read(valueAt(session, segments));
    if (value !== null) return { pointer, value };
  }
  return null;
}

function nameIn(value: unknown): string | null {
  return typeof value === 'string' && value.length <= MAX_NAME_LENGTH ? value : null;
}

/** Users are often known by a number, and nobody by an empty text. */
function userIn(value: unknown): string | null {
  return Number.isSafeInteger(value) ? String(value) : nameIn(value) || null;
}

function roleOf(name: string, policy: SessionPolicy): SessionFacts['role'] {
  const lower = name.toLowerCase();
  const among = (names: readonly string[]): boolean =>
    names.some((candidate) => candidate.toLowerCase() === lower);
  if (among(policy.adminRoles)) return 'admin';
  return among(policy.workerRoles) ? 'worker' : 'member';
}

function instantIn(value: unknown): number | null {
  if (typeof value === 'string') return parseRfc3339(value);
  if (typeof value !== 'number') return null;
  const instant = Math.floor(value < FIRST_MILLISECONDS ? value * 1000 : value);
  return Math.abs(instant) <= LAST_INSTANT ? instant : null;
}

/** A text without offset from UTC names no instant: taken for UTC, it could make a session younger than it is. */
function parseRfc3339(text: string): number | null {
  const [, date, day, time, offset] = RFC_3339.exec(text) ?? [];
  if (date === undefined || offset === undefined) return null;
  // Date.parse takes the 30th of February for a day in March.
  if (Number(day) > 28 && new Date(`${date}T00:00:00Z`).getUTCDate() !== Number(day)) return null;
  const instant = Date.parse(`${date}T${time}${offset.toUpperCase()}`);
  return Number.isNaN(instant) ? null : instant;
}

/** Begins every key of our own in Redis: no session's key may. */
export const OWN_PREFIX = 'enhanced-maintenance-mode:';

/** Key of the copy of the state in Redis. */
export function mirrorKey(scope: string): string {
  return `${OWN_PREFIX}${scope}:state`;
}

/** Begins the keys under which blocked calls of a client are counted. */
export function offencePrefix(scope: string): string {
  return `${OWN_PREFIX}${scope}:blocked:`;
}
