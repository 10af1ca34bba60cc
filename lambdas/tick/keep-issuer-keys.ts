import type { IssuerKeys, KeySet } from '../../adapters/identity/issuer-keys.ts';

/** The issuer's keys at their source, and where they are kept. */
export interface KeyKeeping {
  /** Asks the issuer. */
  fetch(): Promise<KeySet>;
  /** What is kept, null when nothing is yet. */
  read(): Promise<IssuerKeys | null>;
  write(keys: IssuerKeys): Promise<void>;
}

/** Keys that have not changed are written again after this long, so that their age tells that tick still works; ms. */
const REWRITTEN_AFTER = 3600 * 1000;

/** Brings the kept keys up to date. Rejects when the issuer or the table can't be reached; what is kept stays. */
export async function keepIssuerKeys(keys: KeyKeeping, now: number): Promise<void> {
  const [jwks, kept] = await Promise.all([keys.fetch(), keys.read()]);
  const isRecent = kept !== null && now >= kept.fetchedAt && now - kept.fetchedAt < REWRITTEN_AFTER;
  if (isRecent && JSON.stringify(kept.jwks) === JSON.stringify(jwks)) return;
  await keys.write({ jwks, fetchedAt: now });
}
