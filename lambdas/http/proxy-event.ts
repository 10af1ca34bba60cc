import { preflightHeaders } from './cors.ts';
import { RequestHeaders, type WithHeaders } from './request-headers.ts';

/**
 * What API Gateway sends to a function behind a Lambda proxy integration, as far as it is read here.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
 */
export interface ProxyEvent extends WithHeaders {
  readonly httpMethod: string;
  readonly path: string;
  readonly multiValueQueryStringParameters?: Readonly<Record<string, readonly string[] | undefined>> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly authorizer?: Readonly<Record<string, unknown>> | null;
  };
}

export interface ProxyResult {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

/** Every value of a header, whatever the case of its name. */
export function headerValues(event: ProxyEvent, name: string): readonly string[] {
  return new RequestHeaders(event).values(name.toLowerCase());
}

/** A JSON answer. */
export function json(
  statusCode: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ProxyResult {
  return {
    statusCode,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

/** An answer without a body. */
export function empty(statusCode: number, headers: Readonly<Record<string, string>>): ProxyResult {
  return { statusCode, headers, body: '', isBase64Encoded: false };
}

/** The answer to OPTIONS, for scripts of another origin too. */
export function preflight(methods: readonly string[]): ProxyResult {
  return empty(204, { Allow: methods.join(', '), ...preflightHeaders(methods) });
}

/** Query parameters by name; one that is given more than once stays a list, which no schema takes. */
export function queryOf(event: ProxyEvent): Record<string, unknown> {
  const given = Object.entries(event.multiValueQueryStringParameters ?? {});
  return Object.fromEntries(given.map(([name, values]) => [name, values?.length === 1 ? values[0] : values]));
}
