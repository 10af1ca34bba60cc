import { createHash } from 'node:crypto';
import { SessionStoreUnavailableError } from '../../core/errors.ts';
import type { SessionFacts } from '../../core/session.ts';
import type { SeenSession, SessionStore, WalkPosition, WalkStep } from '../../core/session-store.ts';

const BUCKETS = 64;

export function facts(changes: Partial<SessionFacts> = {}): SessionFacts {
  return {
    readable: true,
    role: 'member',
    roleName: 'member',
    rolePointer: '/role',
    user: 'mia',
    createdAt: null,
    ...changes,
  };
}

/**
 * Sessions in memory, kept in buckets by a hash of their ids and walked as Redis walks: a step takes whole buckets, so
 * it may hold more than was asked for, and what comes or goes elsewhere does not move the others.
 */
export class BucketSessionStore implements SessionStore {
  readonly sessions = new Map<string, SessionFacts>();
  /** Milliseconds; null for never. */
  timeToLive: number | null = 3_600_000;
  /** Keys of other kinds, spread evenly. */
  otherKeys = 0;
  isDown = false;
  walks = 0;
  /** Called after each step. */
  afterStep = (): void => {};

  async find(id: string): Promise<SessionFacts | null> {
    this.#reach();
    return this.sessions.get(id) ?? null;
  }

  async expiresIn(id: string): Promise<number | null> {
    this.#reach();
    return this.sessions.has(id) ? this.timeToLive : null;
  }

  async walk(position: WalkPosition | null, size: number): Promise<WalkStep> {
    this.#reach();
    this.walks += 1;
    const buckets = this.#buckets();
    const sessions: SeenSession[] = [];
    let bucket = Number(position?.bucket ?? 0);
    let passed = 0;
    do {
      sessions.push(...(buckets[bucket] ?? []));
      passed += (buckets[bucket]?.length ?? 0) + this.otherKeys / BUCKETS;
      bucket += 1;
    } while (passed < size && bucket < BUCKETS);
    this.afterStep();
    return { sessions, next: bucket === BUCKETS ? null : { bucket }, passed };
  }

  async endUnchanged(sessions: readonly Pick<SeenSession, 'id' | 'digest'>[]): Promise<number> {
    this.#reach();
    const unchanged = sessions.filter(({ id, digest }) => JSON.stringify(this.sessions.get(id)) === digest);
    return unchanged.filter(({ id }) => this.sessions.delete(id)).length;
  }

  async size(): Promise<number> {
    this.#reach();
    return this.sessions.size + this.otherKeys;
  }

  #buckets(): SeenSession[][] {
    const buckets: SeenSession[][] = Array.from({ length: BUCKETS }, () => []);
    for (const [id, found] of this.sessions) {
      buckets[bucketOf(id)]?.push({ id, facts: found, digest: JSON.stringify(found) });
    }
    return buckets;
  }

  #reach(): void {
    if (this.isDown) throw new SessionStoreUnavailableError('Redis is down: redis://10.0.0.7');
  }
}

function bucketOf(id: string): number {
  return createHash('sha256').update(id).digest().readUInt32BE(0) % BUCKETS;
}
