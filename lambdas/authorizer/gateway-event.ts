import { CANARY_PATH, CONTROL_BASE_PATH, PAGE_PATH } from '../../core/environment.ts';
import type { GatewayRequest, Shown } from '../../core/gate/authorizer.ts';
import { preferredLanguage } from '../http/preferred-language.ts';
import { prefersHtml } from '../http/prefers-html.ts';
import { type AuthorizerEvent, headerValues } from './authorizer-event.ts';
import { type CredentialSources, identify } from './identify.ts';

/**
 * Which way the request goes is told by the resource that API Gateway matched, not by the path: `/API/maintenance/…`
 * looks like a control route to our case-blind eyes, but goes on to the origin.
 */
function doorOf(resource: string): GatewayRequest['door'] {
  if (resource === CANARY_PATH) return 'canary';
  if (resource === PAGE_PATH) return 'page';
  return resource === CONTROL_BASE_PATH || resource.startsWith(`${CONTROL_BASE_PATH}/`)
    ? 'control'
    : 'origin';
}

export function toGatewayRequest(
  event: AuthorizerEvent,
  sources: CredentialSources,
  refusalForm: 'negotiated' | 'json',
): GatewayRequest {
  const door = doorOf(event.resource);
  return {
    door,
    resource: event.resource,
    method: event.httpMethod,
    path: event.path,
    sourceAddress: event.requestContext.identity.sourceIp,
    requestId: event.requestContext.requestId,
    startedAt: performance.now(),
    prefersHtml: () => refusalForm === 'negotiated' && prefersHtml(headerValues(event, 'accept')),
    language: () => preferredLanguage(headerValues(event, 'accept-language')),
    identify: (now) => identify(event, door, sources, now),
  };
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
