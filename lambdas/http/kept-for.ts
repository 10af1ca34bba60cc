/**
 * Remembers what `make` comes to for some milliseconds, counted from the start of the making. Callers at the same
 * time share one making; a failure is not remembered.
 *
 * @param now ms since the epoch
 * @example const health = keptFor(5000, Date.now, () => checkHealth(sources, Date.now, log));
 */
export function keptFor<T>(
  milliseconds: number,
  now: () => number,
  make: () => Promise<T>,
): () => Promise<T> {
  let kept: { readonly made: Promise<T>; readonly at: number } | null = null;
  return () => {
    const at = now();
    if (kept !== null && at >= kept.at && at - kept.at < milliseconds) return kept.made;
    const making = { made: make(), at };
    kept = making;
    making.made.catch(() => {
      if (kept === making) kept = null;
    });
    return making.made;
  };
}
