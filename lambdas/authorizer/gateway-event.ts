import Negotiator from 'negotiator';
import type { Verified } from '../../adapters/lean/token-verifier.ts';
import type { GatewayRequest, Shown } from '../../core/authorize.ts';
import { CANARY_PATH, CONTROL_BASE_PATH } from '../../core/environment.ts';

/**
 * What API Gateway sends to a REQUEST authorizer, as far as it is read here.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export interface AuthorizerEvent {
  /** The template of the resource that matched, e.g. `/{proxy+}`. */
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers?: Readonly<Record<string, string | undefined>> | null;
  readonly multiValueHeaders?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly requestContext: {
    readonly requestId: string;
    readonly identity: { readonly sourceIp: string };
  };
}

/** Verifies a token at an instant (ms since the epoch). */
export type VerifyToken = (token: string, now: number) => Promise<Verified>;

/**
 * Which way the request goes is told by the resource that API Gateway matched, not by the path: `/API/maintenance/…`
 * looks like a control route to our case-blind eyes, but goes on to the origin.
 */
function doorOf(resource: string): GatewayRequest['door'] {
  if (resource === CANARY_PATH) return 'canary';
  return resource === CONTROL_BASE_PATH || resource.startsWith(`${CONTROL_BASE_PATH}/`)
    ? 'control'
    : 'origin';
}

export function toGatewayRequest(
  event: AuthorizerEvent,
  verify: VerifyToken,
  refusalForm: 'negotiated' | 'json',
): GatewayRequest {
  return {
    door: doorOf(event.resource),
    method: event.httpMethod,
    path: event.path,
    sourceAddress: event.requestContext.identity.sourceIp,
    requestId: event.requestContext.requestId,
    startedAt: performance.now(),
    prefersHtml: () => refusalForm === 'negotiated' && prefersHtml(headerValues(event, 'accept')),
    identify: (now) => identify(event, verify, now),
  };
}

/** JSON for whoever does not ask for something else: first in the list wins a tie. */
const FORMS = ['application/problem+json', 'application/json', 'text/html'];

function prefersHtml(accept: readonly string[]): boolean {
  const value = accept.join(',');
  if (!value.includes('html')) return false;
  const [preferred] = new Negotiator({ headers: { accept: value } }).mediaTypes(FORMS);
  return preferred === 'text/html';
}

const BEARER = /^bearer +/i;

async function identify(event: AuthorizerEvent, verify: VerifyToken, now: number): Promise<Shown> {
  const values = headerValues(event, 'authorization');
  const [value] = values;
  if (value === undefined) return { outcome: 'none' };
  if (values.length > 1) return { outcome: 'bad', why: 'there is more than one Authorization header' };
  const scheme = BEARER.exec(value);
  if (scheme === null) return { outcome: 'bad', why: 'the Authorization header holds no bearer token' };
  return verify(value.slice(scheme[0].length), now);
}

/** The same request, whose credential is looked at once however often it is asked for. */
export function identifiedOnce(request: GatewayRequest): GatewayRequest {
  let shown: Promise<Shown> | undefined;
  return {
    ...request,
    identify: (now) => {
      shown ??= request.identify(now);
      return shown;
    },
  };
}

/** Every value of a header, whatever the case of its name. `name` is in lower case. */
export function headerValues({ multiValueHeaders, headers }: AuthorizerEvent, name: string): string[] {
  const found: string[] = [];
  for (const key in multiValueHeaders) {
    if (isNamed(key, name)) found.push(...(multiValueHeaders[key] ?? []));
  }
  if (found.length > 0) return found;
  for (const key in headers) {
    const value = isNamed(key, name) ? headers[key] : undefined;
    if (value !== undefined) found.push(value);
  }
  return found;
}

/** Most names differ in length: those need no copy in lower case. */
function isNamed(key: string, name: string): boolean {
  return key.length === name.length && key.toLowerCase() === name;
}
