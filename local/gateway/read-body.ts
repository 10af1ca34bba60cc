import type { IncomingMessage } from 'node:http';

/** Largest body that API Gateway takes or gives. Source: "Amazon API Gateway quotas", payload size. */
export const BODY_LIMIT_BYTES = 10 * 1024 * 1024;

/** The whole body of a message; undefined if it is larger than the limit. Rejects if the sender breaks off. */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks, size) : undefined;
}
