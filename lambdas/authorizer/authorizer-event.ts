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
