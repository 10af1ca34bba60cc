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
