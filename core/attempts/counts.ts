import { ATTEMPT_KINDS, type Attempt, type AttemptKind } from './attempt.ts';

export interface AttemptCount {
  readonly calls: number;
  /** When the last of them was made, ms since the epoch. */
  readonly lastAt: number;
}

/** Calls by what became of them and by operation type. */
export type AttemptCounts = Readonly<Record<AttemptKind, ReadonlyMap<string, AttemptCount>>>;

export const NO_ATTEMPTS: AttemptCounts = {
  blocked: new Map(),
  bypassed: new Map(),
  would_block: new Map(),
  would_allow: new Map(),
};

/** The sum of counts that have no call in common. */
export function sumOf(parts: readonly AttemptCounts[]): AttemptCounts {
  const sum = emptyCounts();
  for (const part of parts) {
    for (const kind of ATTEMPT_KINDS) {
      for (const [operation, count] of part[kind]) addTo(sum[kind], operation, count);
    }
  }
  return sum;
}

/** The counts of attempts, each taken for a new one. */
export function countsOf(attempts: Iterable<Attempt>): AttemptCounts {
  const counts = emptyCounts();
  for (const { kind, operation, calls, lastAt } of attempts)
    addTo(counts[kind], operation, { calls, lastAt });
  return counts;
}

function emptyCounts(): Record<AttemptKind, Map<string, AttemptCount>> {
  return { blocked: new Map(), bypassed: new Map(), would_block: new Map(), would_allow: new Map() };
}

/** All calls of one kind, whatever their operation type; null when there are none. */
export function totalOf(counts: ReadonlyMap<string, AttemptCount>): AttemptCount | null {
  let total: AttemptCount | null = null;
  for (const count of counts.values()) total = plus(total ?? undefined, count);
  return total;
}

function addTo(counts: Map<string, AttemptCount>, operation: string, count: AttemptCount): void {
  counts.set(operation, plus(counts.get(operation), count));
}

function plus(one: AttemptCount | undefined, other: AttemptCount): AttemptCount {
  if (one === undefined) return other;
  return { calls: one.calls + other.calls, lastAt: Math.max(one.lastAt, other.lastAt) };
}
