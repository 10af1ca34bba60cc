import type { WithHeaders } from '../http/request-headers.ts';

/**
 * What API Gateway sends to a REQUEST authorizer, as far as it is read here.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html
 */
export interface AuthorizerEvent extends WithHeaders {
  /** The template of the resource that matched, e.g. `/{proxy+}`. */
  readonly resource: string;
  /** As sent; where the API is mapped under a base path, with it. */
  readonly path: string;
  /** What stands for the names of the resource, as sent. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>> | null;
  readonly httpMethod: string;
  readonly requestContext: {
    readonly requestId: string;
    readonly identity: { readonly sourceIp: string };
  };
}
