import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** A request exactly as the origin received it. */
interface ReceivedRequest {
  readonly method: string;
  /** Path and query as they stood in the request line. */
  readonly url: string;
  /** Names and values in turn, in their order and spelling. */
  readonly rawHeaders: readonly string[];
  readonly bodySha256: string;
  readonly bodyBase64: string;
  /** RFC 3339. */
  readonly receivedAt: string;
}

/** Requests kept, and bytes of a body kept of each. */
const LIMITS = { requests: 1_000, bodyBytes: 1024 * 1024 };

/** Fields whose values let their reader act for somebody. */
const SECRETS: ReadonlySet<string> = new Set(['x-origin-secret', 'cookie', 'authorization']);

/** The same request, its credentials by name only. */
export function withoutSecrets(request: ReceivedRequest): ReceivedRequest {
  const { rawHeaders } = request;
  return {
    ...request,
    rawHeaders: rawHeaders.map((text, place) =>
      place % 2 === 1 && SECRETS.has(rawHeaders[place - 1]?.toLowerCase() ?? '') ? '[hidden]' : text,
    ),
  };
}

/** Keeps the last requests, so that a test can see what reached the origin and what didn't. */
export class RequestsLog {
  readonly #requests: ReceivedRequest[] = [];

  add(request: IncomingMessage, body: Buffer): ReceivedRequest {
    const received: ReceivedRequest = {
      method: request.method ?? '',
      url: request.url ?? '',
      rawHeaders: request.rawHeaders,
      bodySha256: createHash('sha256').update(body).digest('hex'),
      bodyBase64: body.subarray(0, LIMITS.bodyBytes).toString('base64'),
      receivedAt: new Date().toISOString(),
    };
    this.#requests.push(received);
    if (this.#requests.length > LIMITS.requests) this.#requests.shift();
    return received;
  }

  list(): readonly ReceivedRequest[] {
    return this.#requests;
  }

  clear(): void {
    this.#requests.length = 0;
  }
}
