import type { Revocation, State } from './state.ts';

/** How long a revocation is kept at least, ms: tokens live for 15 minutes, and clocks may differ by one. */
export const REVOCATION_KEPT = 16 * 60_000;

/** Principals that can be revoked at a time: they are part of the state, which has little room. */
export const MAX_REVOCATIONS = 10;

/** Bytes, as JSON, that the ids of revoked principals may take together. */
const MAX_REVOCATION_BYTES = 640;

/**
 * The revocations that still matter at `now`: of those who may have a token from before, or a session that has yet to be
 * deleted.
 */
export function revocationsAt(
  { revoked = [], purge }: Pick<State, 'revoked' | 'purge'>,
  now: number,
): readonly Revocation[] {
  return revoked.filter(
    ({ id, before }) => now - before < REVOCATION_KEPT || (purge?.users.includes(id) ?? false),
  );
}

/**
 * The revocations after one more; null where there is no room for it. Who is revoked again is so from the later instant.
 */
export function withRevocation(state: State, id: string, now: number): readonly Revocation[] | null {
  const standing = revocationsAt(state, now);
  const earlier = standing.find((revocation) => revocation.id === id);
  const revocation = { id, before: Math.max(now, earlier?.before ?? now) };
  const revoked = [...standing.filter((other) => other !== earlier), revocation];
  const bytes = new TextEncoder().encode(JSON.stringify(revoked.map((one) => one.id))).length;
  return revoked.length > MAX_REVOCATIONS || bytes > MAX_REVOCATION_BYTES ? null : revoked;
}
