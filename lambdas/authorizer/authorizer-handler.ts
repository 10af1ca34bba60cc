import type { Authorizer } from '../../core/gate/authorizer.ts';
import type { GatewayRequest } from '../../core/gate/gateway-request.ts';
import type { UsageKeyChooser } from '../../core/gate/usage-keys.ts';
import { refusalCors } from '../http/refusal-cors.ts';
import { RequestHeaders } from '../http/request-headers.ts';
import type { AuthorizerEvent } from './authorizer-event.ts';
import { identifiedOnce, toGatewayRequest } from './gateway-event.ts';
import type { CredentialSources } from './identify.ts';
import { type AuthorizerResult, metered, respond } from './respond.ts';

interface AuthorizerHandlerParts {
  readonly authorizer: Authorizer;
  /** Absent where callers are not throttled by class. */
  readonly chooser: UsageKeyChooser | undefined;
  readonly credentials: CredentialSources;
  readonly allowedOrigins: readonly string[];
  readonly refusalForm: 'negotiated' | 'json';
}

/** The REQUEST authorizer of the REST API: Deny means maintenance, and nothing else. */
export function createAuthorizerHandler(parts: AuthorizerHandlerParts) {
  const { authorizer, chooser, credentials, allowedOrigins, refusalForm } = parts;

  const decide = async (request: GatewayRequest, headers: RequestHeaders): Promise<AuthorizerResult> =>
    respond(await authorizer.decideRequest(request), () =>
      refusalCors(headers.values('origin')[0], allowedOrigins),
    );

  return async (event: AuthorizerEvent): Promise<AuthorizerResult> => {
    const headers = new RequestHeaders(event);
    const request = toGatewayRequest(event, headers, credentials, refusalForm);
    if (chooser === undefined) return decide(request, headers);
    const identified = identifiedOnce(request);
    const [result, key] = await Promise.all([decide(identified, headers), chooser.choose(identified)]);
    return metered(result, key);
  };
}
