/** Keys of the first batch: few enough to be no burden on a store that nobody has measured yet. */
export const FIRST_BATCH = 100;

/** Fewer than this cost a round trip each and next to nothing of the store's time. */
const SMALLEST = 50;

/** More than this bring nothing: the round trip is a small part of the batch by then. */
const LARGEST = 1000;

/** Keys by which a batch grows: from the first to the largest within 20 batches. */
const STEP = 50;

/**
 * A round trip that takes longer than this, ms, shows a store that is busy, by us or by others. Other clients wait for
 * a part of it only: the store takes turns.
 */
const SLOW = 10;

/**
 * The size of the next batch: a little larger while the store answers at once, half where it does not (additive
 * increase, multiplicative decrease, as TCP does it), so that whoever else uses the store goes first.
 *
 * @param roundTrip ms that the slowest call of the last batch took
 */
export function nextBatchSize(size: number, roundTrip: number): number {
  return roundTrip > SLOW ? Math.max(SMALLEST, Math.floor(size / 2)) : Math.min(LARGEST, size + STEP);
}
