import type { BlockedOperations } from '../api/types.ts';

/** The counts of blocked calls as they were at one look. */
export interface Sample {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Blocked calls since the maintenance began, by operation type. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Blocked calls of one type in one stretch of time. */
interface Point {
  /** Where the stretch ends. */
  readonly x: Date;
  readonly y: number;
}

/** Milliseconds that one point stands for. */
export const STRETCH = 10_000;
/** Points that are kept: ten minutes. */
const KEPT = 60;

export function sampleOf({ items }: Pick<BlockedOperations, 'items'>, at: number): Sample {
  return {
    at,
    counts: Object.fromEntries(
      items.map(({ operation_type: type, attempt_count }) => [type, attempt_count ?? 0]),
    ),
  };
}

/** Adds a sample, and forgets what is older than the chart shows. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const oldest = sample.at - STRETCH * (KEPT + 1);
  return [...samples.filter(({ at }) => at >= oldest), sample];
}

/**
 * How many calls of each type were blocked in each stretch that is over. What was blocked before the first look belongs
 * to no stretch; counts that fall, as they do when those of another maintenance begin, count as none.
 */
export function seriesOf(samples: readonly Sample[]): ReadonlyMap<string, readonly Point[]> {
  const [first] = samples;
  const last = samples.at(-1);
  const series = new Map<string, Point[]>();
  if (first === undefined || last === undefined) return series;
  const types = Object.keys(last.counts).filter((type) => (last.counts[type] ?? 0) > 0);
  const begin = Math.max(
    Math.floor(first.at / STRETCH) * STRETCH,
    Math.floor(last.at / STRETCH) * STRETCH - STRETCH * (KEPT - 1),
  );
  for (const type of types) {
    const points: Point[] = [];
    for (let end = begin + STRETCH; end < last.at + STRETCH; end += STRETCH) {
      const added = countAt(samples, type, end) - countAt(samples, type, end - STRETCH);
      points.push({ x: new Date(end), y: Math.max(0, added) });
    }
    series.set(type, points);
  }
  return series;
}

/** The count by the last look before an instant; that of the first look where there was none before. */
function countAt(samples: readonly Sample[], type: string, instant: number): number {
  const before = samples.findLast(({ at }) => at <= instant) ?? samples[0];
  return before?.counts[type] ?? 0;
}
