import { EventTooLarge, FunctionThrottled } from '../lambda-function.ts';
import type { FunctionInvoker } from '../local-services.ts';
import { isBinary } from './binary.ts';
import { type Exchange, type GatewayAnswer, headerValue } from './exchange.ts';
import { GatewayFailure } from './gateway-failure.ts';
import { requestEvent } from './proxy-event.ts';
import type { Integration, RestApi } from './rest-api.ts';
import { within } from './within.ts';

/**
 * Hands the request to a Lambda function and turns its result into the answer.
 * Source: "Lambda proxy integrations in API Gateway", output format.
 */
export async function lambdaProxy(
  api: RestApi,
  integration: Extract<Integration, { type: 'AWS_PROXY' }>,
  functions: FunctionInvoker,
  exchange: Exchange,
): Promise<GatewayAnswer> {
  const { body, headers } = exchange.request;
  const isBase64Encoded =
    body.length > 0 && isBinary(api.binaryMediaTypes, headerValue(headers, 'content-type'));
  const event = {
    ...requestEvent(api, exchange),
    body: body.length === 0 ? null : body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
  const invocation = functions
    .invoke(integration.functionArn, JSON.stringify(event))
    .catch((cause: unknown) => {
      if (cause instanceof EventTooLarge) {
        throw new GatewayFailure('REQUEST_TOO_LARGE', cause.message, { cause });
      }
      if (cause instanceof FunctionThrottled) {
        throw new GatewayFailure('MALFORMED_PROXY_RESPONSE', cause.message, { cause });
      }
      throw cause;
    });
  const outcome = await within(integration.timeoutMs, invocation);
  if (outcome.functionError) throw new GatewayFailure('MALFORMED_PROXY_RESPONSE', outcome.payload);
  return toAnswer(outcome.payload);
}

const ALLOWED_FIELDS = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded']);

function toAnswer(payload: string): GatewayAnswer {
  const malformed = (why: string) => new GatewayFailure('MALFORMED_PROXY_RESPONSE', why);
  const result = JSON.parse(payload) as Record<string, unknown> | null;
  if (typeof result !== 'object' || result === null) throw malformed('the result is no object');
  const unknown = Object.keys(result).find((field) => !ALLOWED_FIELDS.has(field));
  if (unknown !== undefined) throw malformed(`the result has a field "${unknown}"`);
  const status = Number(result.statusCode);
  if (!Number.isInteger(status) || status < 100 || status > 599)
    throw malformed('the result has no valid statusCode');
  const { body = '' } = result;
  if (body !== null && typeof body !== 'string') throw malformed('the body is no string');
  const headers = new Map<string, (readonly [string, string])[]>();
  for (const [name, value] of Object.entries((result.headers ?? {}) as object)) {
    headers.set(name.toLowerCase(), [[name, String(value)]]);
  }
  for (const [name, values] of Object.entries((result.multiValueHeaders ?? {}) as object)) {
    if (!Array.isArray(values)) throw malformed(`the header ${name} is no list`);
    headers.set(
      name.toLowerCase(),
      values.map((value) => [name, String(value)] as const),
    );
  }
  if (!headers.has('content-type')) headers.set('content-type', [['Content-Type', 'application/json']]);
  return {
    status,
    headers: [...headers.values()].flat(),
    body: Buffer.from(body ?? '', result.isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
