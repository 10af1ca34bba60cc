import type { MovableClock } from '../clock.ts';

/** The longest that a timer of Node.js can run, in milliseconds; a longer one would end at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/**
 * Waits until the movable clock shows an instant, whether time passes by itself or the clock is moved.
 *
 * @param instant milliseconds since 1970
 * @throws the signal's reason when it is aborted before
 * @example await waitUntil(clock, clock.now() + 60_000, signal)
 */
export function waitUntil(
  clock: Pick<MovableClock, 'now' | 'onMove'>,
  instant: number,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const leave = () => {
      clearTimeout(timer);
      unsubscribe();
      signal.removeEventListener('abort', onAbort);
    };
    const onAbort = () => {
      leave();
      reject(signal.reason);
    };
    const look = () => {
      clearTimeout(timer);
      const left = instant - clock.now();
      if (left > 0) {
        timer = setTimeout(look, Math.min(left, MAX_TIMER_MS));
        return;
      }
      leave();
      resolve();
    };
    const unsubscribe = clock.onMove(look);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    else look();
  });
}
