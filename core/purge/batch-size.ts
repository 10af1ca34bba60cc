/** Keys of the first batch: few enough to be no burden on a store that nobody has measured yet. */
export const FIRST_BATCH = 100;

/** Fewer than this cost a round trip each and next to nothing of the store's time. */
const MIN_BATCH = 50;

/** More than this bring nothing: the round trip is a small part of the batch by then. */
const MAX_BATCH = 1000;

/** Keys by which a batch grows: from the first to the largest within 20 batches. */
const STEP = 50;

/**
 * A round trip that takes longer than this, ms, shows a store that is busy with others: the largest batch takes 6 to 10
 * alone, with the reading of the next and the deletions of the last under way together. Other clients wait for a small
 * part of it: the store takes turns.
 */
const SLOW = 20;

/**
 * The size of the next batch: a little larger while the store answers at once, half where it does not (additive
 * increase, multiplicative decrease, as TCP does it), so that whoever else uses the store goes first.
 *
 * @param roundTrip ms that the slowest call of the last batch took
 */
export function nextBatchSize(size: number, roundTrip: number): number {
  return roundTrip > SLOW ? Math.max(MIN_BATCH, Math.floor(size / 2)) : Math.min(MAX_BATCH, size + STEP);
}

/** Where fewer than one key in so many is a session, they are few. */
const FEW = 10;

/** How many times the keys are gone past at once where sessions are few. */
const LONGER = 2;

/**
 * How many keys a scan goes past to find a batch of sessions: as many, and more where most keys are none, as in a second
 * pass, which finds little but the keys of others. Twice as many and no more: to skip a key takes the store 1 µs where
 * there are millions, all in one go, so that others wait 2 ms.
 *
 * @param last what the last piece of the scan found
 */
export function keysToPass(
  batchSize: number,
  last: { readonly passed: number; readonly found: number },
): number {
  return last.found * FEW < last.passed ? batchSize * LONGER : batchSize;
}
