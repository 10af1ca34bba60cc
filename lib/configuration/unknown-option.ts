/**
 * The sentence for an option that doesn't exist, with the one that was probably meant.
 *
 * @example unknownOption('orgin', ['origin']) // 'Unknown option "orgin". Did you mean "origin"?'
 */
export function unknownOption(name: string, known: readonly string[]): string {
  const nearest = known
    .map((candidate) => ({ candidate, distance: editDistance(name.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (nearest === undefined) return `Unknown option "${name}"; remove it.`;
  const hint =
    nearest.distance <= 3 ? `Did you mean "${nearest.candidate}"?` : `The options are: ${known.join(', ')}.`;
  return `Unknown option "${name}". ${hint}`;
}

/** Levenshtein's distance, by rows. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, left] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, right] of [...b].entries()) {
      const substituted = (row[j] ?? 0) + (left === right ? 0 : 1);
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
