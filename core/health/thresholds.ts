/**
 * From when on something is not as it should be: each limit once, for whoever judges by it. Milliseconds, where nothing
 * else is said.
 */

/** What works tells of itself every minute or more often: when three of those are missing, that is no chance. */
export const SILENT_AFTER_MS = 180_000;
/** What the clock makes due, and what follows an event, is there within a minute; it is overdue after this. */
export const OVERDUE_AFTER_MS = 120_000;
/** A read or a write of a store takes a few milliseconds; longer than this, and it holds everybody up. */
export const SLOW_STORE_MS = 500;
/** What the PING of Redis takes by itself. */
export const SLOW_PING_MS = 200;
/** An answer takes a tenth of a second, the start of a function another one or two; after this people wait. */
export const SLOW_ANSWER_MS = 2000;
/** A decision takes a few milliseconds, and a start from nothing up to half a second. */
export const SLOW_DECISION_MS = 500;
/** The issuer's keys are renewed every hour. Missing that for a day, nobody would notice a rotation. */
export const OLD_KEYS_MS = 24 * 3600 * 1000;
/** An emergency is a matter of hours: after this somebody should ask whether it was forgotten. */
export const LONG_EMERGENCY_MS = 4 * 3600 * 1000;
/** The share of a limit from which there is little left. */
export const HIGH_USE_SHARE = 0.8;
/** More refusals than this in a quarter of an hour are no slips of the keyboard. */
export const MANY_REFUSALS = 100;
/** So many keys that never expire are no accident, if they are most. */
export const MANY_LASTING_KEYS = 100;
