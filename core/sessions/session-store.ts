import type { SessionFacts } from '../identity/session.ts';

/** One session as it was seen in the store. */
export interface SeenSession {
  /** What follows the prefix in its key. */
  readonly id: string;
  readonly facts: SessionFacts;
  /** Names the value that `facts` were read from, for `endUnchanged`. */
  readonly digest: string;
}

/** Where a scan of all sessions stands. Opaque to everybody but the store; JSON. */
export type ScanPosition = Readonly<Record<string, unknown>>;

/** A piece of a scan. */
export interface ScanBatch {
  readonly sessions: readonly SeenSession[];
  /** Null at the end. */
  readonly next: ScanPosition | null;
  /** Keys of any kind that were passed, about: tells how far the scan has come. */
  readonly passed: number;
}

/**
 * The application's sessions as the rest of the system needs them. Implementations pass test/contract/session-store.
 * Every method rejects with SessionStoreUnavailableError when the store can't be reached.
 */
export interface SessionStore {
  /** One session; null when there is none. The id is data: it is never part of a pattern. */
  find(id: string): Promise<SessionFacts | null>;
  /** Milliseconds until the store forgets a session; null when it never does, or there is none. */
  expiresIn(id: string): Promise<number | null>;
  /**
   * The next piece of a scan that sees every session which is there from its begin to its end, at least once.
   *
   * @param position where the last piece ended, null to begin
   * @param size about how many keys to pass
   */
  scan(position: ScanPosition | null, size: number): Promise<ScanBatch>;
  /** Deletes those that have not changed since they were seen. Returns how many were deleted. */
  endUnchanged(sessions: readonly Pick<SeenSession, 'id' | 'digest'>[]): Promise<number>;
  /** Keys of any kind in the store, about. */
  size(): Promise<number>;
}
