import { CANARY_PATH, CONTROL_BASE_PATH, PAGE_PATH } from '../../core/environment.ts';
import type { GatewayRequest, Route } from '../../core/gate/gateway-request.ts';
import type { PresentedCredential } from '../../core/identity/identity.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { prefersHtml } from '../http/prefers-html.ts';
import type { RequestHeaders } from '../http/request-headers.ts';
import type { AuthorizerEvent } from './authorizer-event.ts';
import { type CredentialSources, identify } from './identify.ts';

/**
 * Which way the request goes is told by the resource that API Gateway matched, not by the path: `/API/maintenance/…`
 * looks like a control route to our case-blind eyes, but goes on to the origin.
 */
function routeOf(resource: string): Route {
  if (resource === CANARY_PATH) return 'canary';
  if (resource === PAGE_PATH) return 'page';
  return resource === CONTROL_BASE_PATH || resource.startsWith(`${CONTROL_BASE_PATH}/`)
    ? 'control'
    : 'origin';
}

/**
 * The path that the resource matched: a base path that a domain maps the API under is no part of it. Whether a path
 * parameter comes decoded is not documented, so only how many segments it has is taken from it.
 */
function matchedPath({ resource, path, pathParameters }: AuthorizerEvent): string {
  const rest = pathParameters?.proxy;
  if (!rest) return path;
  const matched = segmentsOf(resource.replace('{proxy+}', () => rest)).length;
  const sent = segmentsOf(path);
  return sent.length > matched ? `/${sent.slice(-matched).join('/')}` : path;
}

function segmentsOf(path: string): string[] {
  return path.split('/').filter(Boolean);
}

export function toGatewayRequest(
  event: AuthorizerEvent,
  headers: RequestHeaders,
  sources: CredentialSources,
  refusalForm: 'negotiated' | 'json',
): GatewayRequest {
  const route = routeOf(event.resource);
  return {
    route,
    resource: event.resource,
    method: event.httpMethod,
    otherMethods: () => otherMethods(headers),
    path: matchedPath(event),
    sourceAddress: event.requestContext.identity.sourceIp,
    requestId: event.requestContext.requestId,
    startedAt: performance.now(),
    prefersHtml: () => refusalForm === 'negotiated' && prefersHtml(headers.values('accept')),
    language: () => preferredLanguage(headers.values('accept-language')),
    identify: (now) => identify(headers, route, sources, now),
  };
}

/** Whether a REQUEST authorizer sees the verb before or after the override is not documented: so both are judged. */
function otherMethods(headers: RequestHeaders): string[] {
  const values = headers.values('x-http-method-override').flatMap((value) => value.split(','));
  return values.map((value) => value.trim().toUpperCase());
}

/** The same request, whose credential is looked at once however often it is asked for. */
export function identifiedOnce(request: GatewayRequest): GatewayRequest {
  let presented: Promise<PresentedCredential> | undefined;
  return {
    ...request,
    identify: (now) => {
      presented ??= request.identify(now);
      return presented;
    },
  };
}
