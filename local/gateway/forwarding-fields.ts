import { randomBytes } from 'node:crypto';
import { type HeaderFields, headerValue } from './exchange.ts';

/**
 * The request's header fields with those that API Gateway adds for functions and origins alike: where the
 * request came from (what the caller says of that stays in front, and proves nothing) and its trace.
 */
export function withForwardingFields(
  headers: HeaderFields,
  from: { sourceIp: string; port: number; now: number },
): HeaderFields {
  const said = headers.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  const trace = `Root=1-${Math.floor(from.now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const added = [
    ['X-Amzn-Trace-Id', headerValue(headers, 'x-amzn-trace-id') ?? trace],
    ['X-Forwarded-For', [...said, from.sourceIp].join(', ')],
    ['X-Forwarded-Port', String(from.port)],
    ['X-Forwarded-Proto', 'http'],
  ] as const;
  const names = new Set(added.map(([name]) => name.toLowerCase()));
  return [...headers.filter(([name]) => !names.has(name.toLowerCase())), ...added];
}
