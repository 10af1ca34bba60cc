/** Longest pause after failures, ms, unless polls are to be rarer than that anyway. */
const MAX_PAUSE_MS = 120_000;

/**
 * How often one client asks, ms: a fifth more or less than asked for, so that clients that were opened together do not
 * ask together.
 *
 * @param draw evenly distributed in [0, 1), drawn once for each client
 */
export function spread(every: number, draw: number): number {
  return every * (0.8 + 0.4 * draw);
}

/**
 * Milliseconds until the next question: doubled for each failure in a row, and never sooner than the server asked for,
 * as far as that is less than the longest pause.
 *
 * @param interval as spread
 * @param failures in a row, 0 after an answer
 * @param asked milliseconds that the last answer asked to wait, 0 where it did not
 */
export function pollPause(interval: number, failures: number, asked: number): number {
  const longest = Math.max(MAX_PAUSE_MS, interval);
  return Math.min(longest, Math.max(interval * 2 ** failures, asked));
}
