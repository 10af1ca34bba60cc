/** Up to so many different values are counted exactly. */
export const EXACT_UP_TO = 10_000;

/** How many different values there are, and whether that is exact or an estimate. */
export interface Distinct {
  readonly count: number;
  readonly exact: boolean;
}

/**
 * The smallest of the different fingerprints seen, sorted: one more than are counted exactly. Fingerprints are hashes
 * in hexadecimal, all of one length (12 digits or more), so the smallest say how densely all of them lie.
 * Adding is idempotent, and the order of additions does not matter.
 * Source: Bar-Yossef et al., "Counting Distinct Elements in a Data Stream" (2002), k minimum values.
 */
export type DistinctSketch = readonly string[];

/** The sketch of everything that any of these has seen. */
export function union(sketches: readonly Iterable<string>[]): DistinctSketch {
  const all = new Set<string>();
  for (const sketch of sketches) for (const fingerprint of sketch) all.add(fingerprint);
  return [...all].sort().slice(0, EXACT_UP_TO + 1);
}

/** The number of different values; beyond EXACT_UP_TO an estimate, with a standard error of 1 %. */
export function distinctIn(sketch: DistinctSketch): Distinct {
  const largest = sketch[EXACT_UP_TO];
  if (largest === undefined) return { count: sketch.length, exact: true };
  const share = Number.parseInt(largest.slice(0, 12), 16) / 16 ** 12;
  return { count: Math.round(EXACT_UP_TO / share), exact: false };
}
