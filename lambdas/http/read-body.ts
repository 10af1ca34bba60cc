import { HttpProblem, invalidRequest } from '../../core/http/problem.ts';
import type { ProxyEvent } from './proxy-event.ts';

/** Bytes. The largest honest body is under 4 KB. */
const MAX_BODY_BYTES = 64 * 1024;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The JSON value in a request's body; an empty body counts as `{}`. Throws HttpProblem with status 400. */
export function readBody(event: ProxyEvent): unknown {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length > MAX_BODY_BYTES) {
    throw invalidRequest([{ field: 'body', message: `must have at most ${MAX_BODY_BYTES} bytes` }]);
  }
  const text = decode(bytes);
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const details = [{ field: 'body', message: 'must be JSON' }];
    throw new HttpProblem('malformed_json', 'The body is not JSON.', { details }, { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw invalidRequest([{ field: 'body', message: 'must be UTF-8' }]);
  }
}
