import type { Revocation, State } from './state.ts';

/**
 * How long a revocation is kept, ms: tokens live for 15 minutes, and clocks may differ by one. After that no token from
 * before can be believed any more, and the sessions from before have been deleted or wait to be.
 */
export const REVOCATION_KEPT = 16 * 60_000;

/** Principals that can be revoked at a time: they are part of the state, which has little room. */
export const MOST_REVOCATIONS = 10;

/** Bytes, as JSON, that the ids of revoked principals may take together. */
const MOST_BYTES = 640;

/** The revocations that still matter at `now`. */
export function revocationsAt(state: State, now: number): readonly Revocation[] {
  return (state.revoked ?? []).filter(({ before }) => now - before < REVOCATION_KEPT);
}

/**
 * The revocations after one more; null where there is no room for it. Who is revoked again is so from the later instant.
 */
export function withRevocation(state: State, id: string, now: number): readonly Revocation[] | null {
  const standing = revocationsAt(state, now);
  const earlier = standing.find((revocation) => revocation.id === id);
  const revocation = { id, before: Math.max(now, earlier?.before ?? now) };
  const revoked = [...standing.filter((other) => other !== earlier), revocation];
  // Those whose sessions wait for the store take room too, however long ago they were revoked.
  const named = new Set([...revoked.map((one) => one.id), ...(state.purge?.users ?? [])]);
  const bytes = new TextEncoder().encode(JSON.stringify([...named])).length;
  return named.size > MOST_REVOCATIONS || bytes > MOST_BYTES ? null : revoked;
}
