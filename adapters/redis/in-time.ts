/** Something took longer than it was given. */
export class TooSlowError extends Error {
  override readonly name = 'TooSlowError';
  /** Milliseconds. */
  readonly limit: number;
  constructor(what: string, limit: number) {
    super(`${what} took more than ${limit} ms.`);
    this.limit = limit;
  }
}

/**
 * What `work` comes to, unless it takes too long; it goes on all the same, and what it comes to is dropped.
 * An answer that has arrived counts even when the time is over: a function that was frozen between two requests finds
 * both waiting, and the timer would come first.
 */
export async function inTime<T>(what: string, limit: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => setImmediate(() => reject(new TooSlowError(what, limit))), limit);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
