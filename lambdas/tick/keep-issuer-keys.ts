/** The issuer's public signing keys (RFC 7517), as the state table keeps them. */
export interface IssuerKeys<K> {
  /** Asks the issuer. */
  fetch(): Promise<K>;
  /** What is kept, null when nothing is yet. */
  kept(): Promise<{ readonly keys: K; readonly fetchedAt: number } | null>;
  /** @param fetchedAt ms since the epoch */
  keep(keys: K, fetchedAt: number): Promise<void>;
}

/** Keys that have not changed are written again after this long, so that their age tells that tick still works; ms. */
const REWRITTEN_AFTER = 3600 * 1000;

/** Brings the kept keys up to date. Rejects when the issuer or the table can't be reached; what is kept stays. */
export async function keepIssuerKeys<K>(issuer: IssuerKeys<K>, now: number): Promise<'kept' | 'unchanged'> {
  const [fetched, kept] = await Promise.all([issuer.fetch(), issuer.kept()]);
  const isRecent = kept !== null && now >= kept.fetchedAt && now - kept.fetchedAt < REWRITTEN_AFTER;
  if (isRecent && JSON.stringify(kept.keys) === JSON.stringify(fetched)) return 'unchanged';
  await issuer.keep(fetched, now);
  return 'kept';
}
