import { createHash } from 'node:crypto';
import { canonicalJson } from '../../adapters/events/event-hash.ts';
import { invalidRequest } from '../../core/http/problem.ts';
import { headerValues, type ProxyEvent } from './proxy-event.ts';

const VERSION_TAG = /^(?:W\/)?"(0|[1-9]\d{0,14})"$/;

/**
 * The version that the caller has seen, from `If-Match` (RFC 9110 §13.1.1); undefined when any will do.
 * Weak tags count like strong ones: a proxy that compresses weakens them. Throws HttpProblem with status 400.
 */
export function expectedVersion(event: ProxyEvent): number | undefined {
  const values = headerValues(event, 'if-match');
  const [value] = values;
  if (value === undefined || (values.length === 1 && value.trim() === '*')) return undefined;
  const version = VERSION_TAG.exec(value.trim())?.[1];
  if (values.length > 1 || version === undefined) {
    throw invalidRequest([
      { field: 'If-Match', message: 'must be one version in quotes, like "42" with the quotes, or *' },
    ]);
  }
  return Number(version);
}

/** The caller's `Idempotency-Key`, undefined when there is none. Throws HttpProblem with status 400. */
export function idempotencyKey(event: ProxyEvent): string | undefined {
  const values = headerValues(event, 'idempotency-key');
  const [value] = values;
  if (value === undefined) return undefined;
  if (values.length > 1 || !/^[ -~]{1,255}$/.test(value)) {
    throw invalidRequest([
      { field: 'Idempotency-Key', message: 'must be given once, with 1 to 255 printable ASCII characters' },
    ]);
  }
  return value;
}

/** Tells requests apart that carry the same idempotency key. The order of a body's members makes no difference. */
export function requestHash(route: string, body: unknown): string {
  return createHash('sha256')
    .update(`${route}\n${canonicalJson(body)}`)
    .digest('hex');
}
