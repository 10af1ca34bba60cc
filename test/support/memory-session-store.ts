import { createHash } from 'node:crypto';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import { readSession, type SessionFacts, type SessionPolicy } from '../../core/identity/session.ts';
import type {
  ScanBatch,
  ScanPosition,
  SeenSession,
  SessionStore,
} from '../../core/sessions/session-store.ts';

/** A value that is no text, such as a hash. */
export const NO_TEXT = Symbol('no text');

interface Entry {
  readonly value: string | typeof NO_TEXT;
  /** Milliseconds until it is forgotten; null for never. */
  readonly expiresIn: number | null;
}

/** Places of a scan; a session has one by its id, as with SCAN. */
const PLACES = 4096;

/**
 * Sessions in memory. As in Redis, a scan goes through them in an order of its own: a session that appears during a scan
 * may be seen by it or not.
 */
export class MemorySessionStore implements SessionStore {
  /** While true, nothing can be read or deleted. */
  isDown = false;
  /** Runs before each call: for what happens in between. */
  before: (call: keyof SessionStore) => void | Promise<void> = () => {};
  readonly #policy: SessionPolicy;
  /** How many keys of others there are. */
  readonly #others: number;
  readonly #places = Array.from({ length: PLACES }, () => new Map<string, Entry>());

  constructor(policy: SessionPolicy, { others = 0 }: { others?: number } = {}) {
    this.#policy = policy;
    this.#others = others;
  }

  put(id: string, value: Entry['value'], expiresIn: number | null = null): void {
    this.#placeOf(id).set(id, { value, expiresIn });
  }

  delete(id: string): void {
    this.#placeOf(id).delete(id);
  }

  /** The ids of all sessions there are. */
  get ids(): string[] {
    return this.#places.flatMap((place) => [...place.keys()]);
  }

  async find(id: string): Promise<SessionFacts | null> {
    await this.#begin('find');
    const entry = this.#placeOf(id).get(id);
    return entry === undefined ? null : this.#factsOf(entry);
  }

  async expiresIn(id: string): Promise<number | null> {
    await this.#begin('expiresIn');
    return this.#placeOf(id).get(id)?.expiresIn ?? null;
  }

  async scan(position: ScanPosition | null, size: number): Promise<ScanBatch> {
    await this.#begin('scan');
    const sessions: SeenSession[] = [];
    const begin = Number(position?.place ?? 0);
    let place = begin;
    do {
      for (const [id, entry] of this.#places[place] ?? []) {
        sessions.push({ id, facts: this.#factsOf(entry), digest: digestOf(entry) });
      }
      place += 1;
    } while (sessions.length < size && place < PLACES);
    return {
      sessions,
      next: place < PLACES ? { place } : null,
      passed: Math.round(((place - begin) / PLACES) * (this.ids.length + this.#others)),
    };
  }

  async endUnchanged(sessions: readonly Pick<SeenSession, 'id' | 'digest'>[]): Promise<number> {
    await this.#begin('endUnchanged');
    let ended = 0;
    for (const { id, digest } of sessions) {
      const entry = this.#placeOf(id).get(id);
      if (entry === undefined || digestOf(entry) !== digest) continue;
      this.delete(id);
      ended += 1;
    }
    return ended;
  }

  async size(): Promise<number> {
    await this.#begin('size');
    return this.ids.length + this.#others;
  }

  async #begin(call: keyof SessionStore): Promise<void> {
    await this.before(call);
    if (this.isDown) throw new SessionStoreUnavailableError('down');
  }

  #placeOf(id: string): Map<string, Entry> {
    const place = createHash('sha1').update(id).digest().readUInt16BE(0) % PLACES;
    return this.#places[place] as Map<string, Entry>;
  }

  #factsOf({ value }: Entry): SessionFacts {
    return readSession(value === NO_TEXT ? null : value, this.#policy);
  }
}

function digestOf({ value }: Entry): string {
  return value === NO_TEXT ? 'no text' : createHash('sha1').update(value).digest('hex');
}
