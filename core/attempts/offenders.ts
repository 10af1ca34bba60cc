import type { Maintenance } from '../state/state.ts';

/** What is made of one blocked call. */
export interface Offence {
  /** Consecutive minutes, this one included, in which the client was over the threshold; 0 while it is not. */
  readonly minutes: number;
  /** Whether the call gets a log line of its own; otherwise it is summed up, see `takeSummaries`. */
  readonly logged: boolean;
}

/** The maintenance that blocked a call; it may be over, or have changed its mode, when the call is told. */
export type Blocker = Pick<Maintenance, 'id' | 'mode'>;

/** Blocked calls that had no log line of their own. */
export interface Summary {
  readonly client: string;
  readonly operation: string;
  readonly maintenance: Blocker;
  readonly calls: number;
  /** When the last of them was made, ms since the epoch. */
  readonly lastAt: number;
}

interface Entry {
  minute: number;
  /** Calls of this minute, here or, where more are known of, everywhere. */
  calls: number;
  /** Consecutive minutes over the threshold before `minute`. */
  minutesBefore: number;
  /** Calls of this minute without a line, by maintenance, its mode, and operation type. */
  readonly unlogged: Map<string, Unlogged>;
}

type Unlogged = { -readonly [Part in Exclude<keyof Summary, 'client'>]: Summary[Part] };

const MINUTE = 60_000;

/** The minute of an instant (ms since the epoch), counted from the epoch. */
export function minuteOf(now: number): number {
  return Math.floor(now / MINUTE);
}

/** What the authorizer needs to know of offenders. */
export type OffenderTable = Pick<Offenders, 'record' | 'takeSummaries'>;

/**
 * Who calls again and again although blocked. One table per authorizer instance, bounded: the clients that were
 * silent longest are forgotten first, their unlogged calls are not.
 */
export class Offenders {
  readonly #threshold: number;
  readonly #capacity: number;
  readonly #entries = new Map<string, Entry>();
  #summaries: Summary[] = [];
  #sweptMinute = 0;

  /**
   * @param threshold blocked calls a minute that are still taken as ordinary
   * @param capacity clients remembered at most
   */
  constructor(threshold: number, capacity = 10_000) {
    this.#threshold = threshold;
    this.#capacity = capacity;
  }

  /** Counts a call that `maintenance` blocked at `now` (ms since the epoch). */
  record(client: string, operation: string, maintenance: Blocker, now: number): Offence {
    const entry = this.#touch(client, minuteOf(now));
    entry.calls += 1;
    if (entry.calls <= this.#threshold) return { minutes: 0, logged: true };
    const { id, mode } = maintenance;
    const key = `${id} ${mode} ${operation}`;
    const unlogged = entry.unlogged.get(key) ?? {
      operation,
      maintenance: { id, mode },
      calls: 0,
      lastAt: now,
    };
    unlogged.calls += 1;
    unlogged.lastAt = now;
    entry.unlogged.set(key, unlogged);
    return { minutes: entry.minutesBefore + 1, logged: false };
  }

  /** Takes in how often a client was blocked in a minute at all instances together, if that minute is its last. */
  raise(client: string, minute: number, calls: number): void {
    const entry = this.#entries.get(client);
    if (entry?.minute === minute) entry.calls = Math.max(entry.calls, calls);
  }

  /** The calls without a line of their own, of minutes that are over at `now`; each is told once. */
  takeSummaries(now: number): readonly Summary[] {
    const minute = minuteOf(now);
    if (minute !== this.#sweptMinute) {
      this.#sweptMinute = minute;
      for (const [client, entry] of this.#entries) {
        if (entry.minute !== minute) this.#sumUp(client, entry);
      }
    }
    const taken = this.#summaries;
    if (taken.length > 0) this.#summaries = [];
    return taken;
  }

  /** Takes every client for one that has not called yet. Calls without a line are told all the same. */
  forget(): void {
    for (const [client, entry] of this.#entries) this.#sumUp(client, entry);
    this.#entries.clear();
  }

  #touch(client: string, minute: number): Entry {
    const entry = this.#entries.get(client) ?? { minute, calls: 0, minutesBefore: 0, unlogged: new Map() };
    if (entry.minute !== minute) {
      this.#sumUp(client, entry);
      const follows = entry.minute === minute - 1 && entry.calls > this.#threshold;
      entry.minutesBefore = follows ? entry.minutesBefore + 1 : 0;
      entry.minute = minute;
      entry.calls = 0;
    }
    this.#entries.delete(client);
    this.#entries.set(client, entry);
    if (this.#entries.size > this.#capacity) this.#forgetOldest();
    return entry;
  }

  #forgetOldest(): void {
    for (const [client, entry] of this.#entries) {
      this.#sumUp(client, entry);
      this.#entries.delete(client);
      return;
    }
  }

  #sumUp(client: string, entry: Entry): void {
    for (const unlogged of entry.unlogged.values()) this.#summaries.push({ client, ...unlogged });
    entry.unlogged.clear();
  }
}
