import type { ApiMethod } from './rest-api.ts';
import type { RouteMatch } from './route-table.ts';

/** Header fields in the order sent, repeated ones included, with the case as sent. */
export type HeaderFields = readonly (readonly [name: string, value: string])[];

/** A request as it came over the wire. */
export interface GatewayRequest {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  /** From the question mark on, as sent; empty if there is none. */
  readonly search: string;
  readonly headers: HeaderFields;
  readonly body: Buffer;
  /** Address that the connection comes from. */
  readonly sourceIp: string;
  /** Milliseconds since 1970 by the movable clock. */
  readonly receivedAt: number;
}

/** A response as it goes over the wire. */
export interface GatewayAnswer {
  readonly status: number;
  readonly headers: HeaderFields;
  readonly body: Buffer;
}

/**
 * The variables `$context.…` of a request, by their name after `$context.`; grows as the request goes on.
 * Source: "Variables for data transformations" of the API Gateway guide.
 */
export type ContextVariables = Map<string, string>;

/** A request on its way through the API, once a method is found for it. */
export interface Exchange {
  readonly request: GatewayRequest;
  readonly match: RouteMatch<ApiMethod>;
  readonly variables: ContextVariables;
  /** What the authorizer passed on, as strings. */
  authorizer?: Readonly<Record<string, string>>;
  /** The API key that the authorizer named for the request. */
  usageIdentifierKey?: string;
}

/** The first field of a name, whatever its case. */
export function headerValue(headers: HeaderFields, name: string): string | undefined {
  const wanted = name.toLowerCase();
  return headers.find(([field]) => field.toLowerCase() === wanted)?.[1];
}
