import type { ChainableCommander, Redis } from 'ioredis';

/** What one command of a pipeline came to: an error, or a value. */
export type Reply = readonly [error: Error | null, value: unknown];

/**
 * Sends commands to one server in one go; replies in their order. A command that fails doesn't fail the others; a
 * connection that is lost fails them all, and then the first error is thrown.
 */
export async function inPipeline<T>(
  server: Redis,
  items: readonly T[],
  add: (pipeline: ChainableCommander, item: T, index: number) => unknown,
): Promise<readonly Reply[]> {
  if (items.length === 0) return [];
  const pipeline = server.pipeline();
  for (const [index, item] of items.entries()) add(pipeline, item, index);
  return (await pipeline.exec()) ?? [];
}

/** Commands of a portion: to build them takes about as long as Redis takes to carry them out. */
const PORTION = 200;

/**
 * Items for one pipeline after the other. Redis is at work on the first while the second is being built, and answers of
 * the first are looked at while it works on the second.
 */
export function portionsOf<T>(items: readonly T[]): (readonly T[])[] {
  const count = Math.ceil(items.length / PORTION);
  return Array.from({ length: count }, (_, n) => items.slice(n * PORTION, (n + 1) * PORTION));
}

/** Whether the key is at, or on its way to, another server. */
export function isElsewhere(error: Error): boolean {
  return /^(?:MOVED|ASK|TRYAGAIN)\b/.test(error.message);
}

/** Whether the key holds something else than a text. */
export function isNoText(error: Error): boolean {
  return error.message.startsWith('WRONGTYPE');
}

/** Whether the server doesn't know the script. */
export function isUnknownScript(error: Error): boolean {
  return error.message.startsWith('NOSCRIPT');
}
