import { type ContextVariables, type GatewayAnswer, type GatewayRequest, headerValue } from './exchange.ts';
import { FAILURES, type FailureType } from './gateway-failure.ts';
import type { GatewayResponseSettings } from './rest-api.ts';

const DEFAULT_TEMPLATE = '{"message":$context.error.messageString}';

/**
 * Makes the answer to a failure as the template's gateway responses say: the kind's own, else DEFAULT_4XX
 * or DEFAULT_5XX, else API Gateway's. Source: "Gateway responses for REST APIs in API Gateway".
 */
export function gatewayResponse(
  settings: ReadonlyMap<string, GatewayResponseSettings>,
  type: FailureType,
  request: GatewayRequest,
  variables: ContextVariables,
): GatewayAnswer {
  const { status: usual, message } = FAILURES[type];
  const chosen = settings.get(type) ?? settings.get(usual < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  variables.set('error.message', message);
  variables.set('error.messageString', JSON.stringify(message));
  variables.set('error.responseType', type === 'MALFORMED_PROXY_RESPONSE' ? 'DEFAULT_5XX' : type);
  const headers = new Map<string, readonly [string, string]>([
    ['content-type', ['Content-Type', 'application/json']],
    ['x-amzn-errortype', ['x-amzn-ErrorType', errorType(type)]],
  ]);
  for (const [name, mapping] of Object.entries(chosen?.headers ?? {})) {
    const value = mappedValue(mapping, request, variables);
    if (value !== undefined) headers.set(name.toLowerCase(), [name, headerText(value)]);
  }
  const [template = DEFAULT_TEMPLATE] = Object.values(chosen?.templates ?? {});
  return {
    status: chosen?.status ?? usual,
    headers: [...headers.values()],
    body: Buffer.from(substitute(template, variables)),
  };
}

/**
 * Replaces `$context.…` in one pass, without any escaping; what replaces a variable is not looked at again.
 *
 * @example substitute('{"id": "$context.requestId"}', variables)
 */
export function substitute(template: string, variables: ContextVariables, absent = ''): string {
  return template.replace(
    /\$context\.([A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)*)/g,
    (_match, name: string) => variables.get(name) ?? absent,
  );
}

/** The value of a parameter mapping; undefined where what it names is absent. */
export function mappedValue(
  mapping: string,
  request: GatewayRequest,
  variables: ContextVariables,
): string | undefined {
  const fixed = /^'(.*)'$/s.exec(mapping);
  if (fixed) return fixed[1];
  if (mapping.startsWith('context.')) return variables.get(mapping.slice('context.'.length));
  const [, place, name = ''] = /^method\.request\.(header|querystring)\.(.+)$/.exec(mapping) ?? [];
  if (place === 'header') return headerValue(request.headers, name);
  if (place === 'querystring') return new URLSearchParams(request.search).get(name) ?? undefined;
  throw new Error(`The local cloud does not know the parameter mapping "${mapping}".`);
}

/** HTTP allows no line ends and no characters beyond Latin-1 in a header field. */
function headerText(value: string): string {
  return value.replace(/[^\t\x20-\x7e\x80-\xff]/g, ' ');
}

function errorType(type: FailureType): string {
  const words = type === 'MALFORMED_PROXY_RESPONSE' ? 'INTERNAL_SERVER_ERROR' : type;
  const camel = words
    .toLowerCase()
    .replace(/(?:^|_)([a-z])/g, (_match, letter: string) => letter.toUpperCase());
  return `${camel}Exception`;
}
