import type { ProxyEvent, ProxyResult } from '../../lambdas/http/proxy-event.ts';
import { NOW } from './examples.ts';

/** The authorizer's context for some callers; all of them signed in a minute before NOW. */
const authTime = String(NOW / 1000 - 60);
export const CALLERS = {
  alice: { principal: 'alice', role: 'admin', credential: 'valid', authTime },
  bob: { principal: 'bob', role: 'admin', credential: 'valid', authTime },
  worker: { principal: 'walt', role: 'worker', credential: 'valid', authTime },
  member: { principal: 'mia', role: 'member', credential: 'valid', authTime },
  nobody: { principal: '-', role: 'anonymous', credential: 'none', authTime: '' },
  impostor: {
    principal: '-',
    role: 'anonymous',
    credential: 'rejected',
    credentialReason: 'the token was signed with an unknown key',
    authTime: '',
  },
  late: {
    principal: '-',
    role: 'anonymous',
    credential: 'expired',
    credentialReason: 'the token has expired',
    authTime: '',
  },
  unchecked: { principal: '-', role: 'anonymous', credential: 'unavailable', authTime: '' },
} as const;

export interface Request {
  readonly as?: keyof typeof CALLERS | Readonly<Record<string, unknown>> | null;
  /** Sent as JSON unless it is text or bytes already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly query?: Readonly<Record<string, string | readonly string[]>>;
}

/** An event as API Gateway makes it of a request; bodies are Base64, as with binary media types. */
export function proxyEvent(method: string, path: string, request: Request = {}): ProxyEvent {
  const { as = 'nobody', body, headers = {}, query = {} } = request;
  const many = (values: Readonly<Record<string, string | readonly string[]>>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, [value].flat()]));
  return {
    httpMethod: method,
    path,
    multiValueHeaders: many(headers),
    multiValueQueryStringParameters: many(query),
    ...(body === undefined
      ? { body: null }
      : { body: bytesOf(body).toString('base64'), isBase64Encoded: true }),
    requestContext: { requestId: 'request-1', authorizer: typeof as === 'string' ? CALLERS[as] : as },
  };
}

function bytesOf(body: unknown): Buffer {
  if (body instanceof Uint8Array) return Buffer.from(body);
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
  readonly text: string;
}

export function answerOf({ statusCode, headers, body }: ProxyResult): Answer {
  const isText = body === '' || headers['Content-Type']?.startsWith('text/');
  return { status: statusCode, headers, json: isText ? null : JSON.parse(body), text: body };
}
