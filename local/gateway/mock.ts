import { isBinary } from './binary.ts';
import { type Exchange, type GatewayAnswer, headerValue } from './exchange.ts';
import { GatewayFailure } from './gateway-failure.ts';
import { mappedValue, substitute } from './gateway-response.ts';
import type { Integration, RestApi } from './rest-api.ts';

/**
 * Answers without an integration: the request template chooses a status, the integration response of that
 * status makes the answer. An API that takes the request's media type for binary cannot apply a template
 * unless the integration converts to text: API Gateway then answers 500, and so does this.
 * Source: "Mock integrations for REST APIs in API Gateway".
 */
export function mock(
  api: RestApi,
  integration: Extract<Integration, { type: 'MOCK' }>,
  exchange: Exchange,
): GatewayAnswer {
  const { request, variables } = exchange;
  const contentType = headerValue(request.headers, 'content-type');
  if (!integration.convertsToText && isBinary(api.binaryMediaTypes, contentType)) {
    throw new GatewayFailure(
      'API_CONFIGURATION_ERROR',
      'unable to transform a binary request: set CONVERT_TO_TEXT',
    );
  }
  const type = (contentType ?? 'application/json').split(';')[0]?.trim() ?? '';
  const template = integration.requestTemplates[type] ?? integration.requestTemplates['application/json'];
  if (template === undefined) throw new GatewayFailure('UNSUPPORTED_MEDIA_TYPE', `no template for ${type}`);
  const { statusCode } = JSON.parse(substitute(template, variables)) as { statusCode?: unknown };
  const response =
    integration.responses.find(({ selectionPattern }) =>
      selectionPattern ? new RegExp(`^(?:${selectionPattern})$`).test(String(statusCode)) : false,
    ) ?? integration.responses.find(({ selectionPattern }) => !selectionPattern);
  if (!response)
    throw new GatewayFailure('API_CONFIGURATION_ERROR', `no integration response for ${statusCode}`);
  const [[mediaType, body] = ['application/json', '']] = Object.entries(response.templates);
  const headers = Object.entries(response.headers).flatMap(([name, mapping]) => {
    const value = mappedValue(mapping, request, variables);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    status: response.status,
    headers: [['Content-Type', mediaType], ...headers],
    body: Buffer.from(substitute(body, variables)),
  };
}
