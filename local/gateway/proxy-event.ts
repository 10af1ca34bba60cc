import type { Exchange, HeaderFields } from './exchange.ts';
import type { RestApi } from './rest-api.ts';

/** The parts that the events for a proxy integration and for an authorizer have in common. */
interface RequestEvent {
  readonly resource: string;
  readonly path: string;
  readonly httpMethod: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>;
  readonly queryStringParameters: Readonly<Record<string, string>> | null;
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null;
  readonly pathParameters: Readonly<Record<string, string>> | null;
  readonly stageVariables: Readonly<Record<string, string>> | null;
  readonly requestContext: Readonly<Record<string, unknown>>;
}

/**
 * Builds the event of a REST API's request. Path and path parameters are as sent, still percent-encoded;
 * query parameters are decoded. Source: "Lambda proxy integrations in API Gateway", input format, and
 * "Amazon API Gateway important notes" on the decoding of parameters.
 */
export function requestEvent(
  api: RestApi,
  { request, match, variables, authorizer }: Exchange,
): RequestEvent {
  const headers = grouped(request.headers, (name) => name.toLowerCase());
  const query = grouped(queryFields(request.search), (name) => name);
  const get = (name: string) => variables.get(name);
  return {
    resource: match.resourcePath,
    path: request.path,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lastOf(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(match.pathParameters),
    stageVariables: orNull(api.stageVariables),
    requestContext: {
      accountId: get('accountId'),
      apiId: api.id,
      ...(authorizer ? { authorizer } : {}),
      domainName: get('domainName'),
      domainPrefix: get('domainPrefix'),
      extendedRequestId: get('extendedRequestId'),
      httpMethod: request.method,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        cognitoAuthenticationProvider: null,
        cognitoAuthenticationType: null,
        cognitoIdentityId: null,
        cognitoIdentityPoolId: null,
        principalOrgId: null,
        sourceIp: request.sourceIp,
        user: null,
        userAgent: get('identity.userAgent') ?? null,
        userArn: null,
      },
      path: request.path,
      protocol: 'HTTP/1.1',
      requestId: get('requestId'),
      requestTime: get('requestTime'),
      requestTimeEpoch: request.receivedAt,
      resourceId: match.method.resourceId,
      resourcePath: match.resourcePath,
      stage: api.stage,
    },
  };
}

/** Query parameters in order, decoded; a badly encoded one stays as it is. */
function queryFields(search: string): HeaderFields {
  return search
    .slice(1)
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=');
      const [name, value] = equals < 0 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
      return [decoded(name), decoded(value)];
    });
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

/** All values by name; names that are the same by `key` are one, written as the first was. */
function grouped(fields: HeaderFields, key: (name: string) => string): Record<string, string[]> {
  const byKey = new Map<string, string[]>();
  // Without a prototype, so that a header called __proto__ is a header like any other.
  const found: Record<string, string[]> = Object.create(null);
  for (const [name, value] of fields) {
    const values = byKey.get(key(name));
    if (values) {
      values.push(value);
      continue;
    }
    const first = [value];
    found[name] = first;
    byKey.set(key(name), first);
  }
  return found;
}

function lastOf(values: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const [name, all] of Object.entries(values)) found[name] = all.at(-1) ?? '';
  return found;
}

function orNull<T extends object>(value: T): T | null {
  return Object.keys(value).length === 0 ? null : value;
}
