import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { admit } from './admission.ts';
import { type AwsAnswer, type AwsCall, AwsError, type AwsService, ConnectionLost } from './aws-call.ts';
import { listenLoopback } from './listen-loopback.ts';
import { escaped } from './query-protocol.ts';
import { readBody } from './read-body.ts';

/** Serves a path of its own, such as an issuer's keys; undefined: not its path. */
type PathHandler = (call: AwsCall) => Promise<AwsAnswer> | undefined;

/** The services by the prefix of X-Amz-Target, and by signing name for those of the query protocol. */
interface EndpointRoutes {
  readonly targets: Readonly<Record<string, AwsService>>;
  readonly query: Readonly<Record<string, AwsService>>;
  readonly paths: readonly PathHandler[];
  /** Operations of a user pool that need no signature: what people do to sign in. */
  readonly publicOperations: ReadonlySet<string>;
  /** Whether a caller's network leads to a service, by its signing name. */
  reaches(accessKeyId: string, service: string): boolean;
  /** Lets the faults of a service act on a call to it, before the call is served. */
  suffer(call: AwsCall, service: string): Promise<void>;
}

/** Largest body that a call may have: that of the largest answer or request of DynamoDB. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/**
 * One HTTP endpoint for every AWS API that functions call through AWS_ENDPOINT_URL. The caller is known by the
 * access key id in the signature; the signature itself is not checked, for every program here is on this machine. Web
 * pages are refused, see `admit`.
 * Source: "Signature Version 4" of the IAM user guide.
 */
export class AwsEndpoint {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  /** @param port the port to take if it is free */
  static async start(routes: EndpointRoutes, port: number): Promise<AwsEndpoint> {
    const server = createServer((request, response) => void serve(routes, request, response));
    server.keepAliveTimeout = 60_000;
    const bound = await listenLoopback(server, port);
    return new AwsEndpoint(server, `http://127.0.0.1:${bound}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

async function serve(
  routes: EndpointRoutes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    admit(request, request.socket.localPort ?? 0, routes.publicOperations);
    const call = await parse(request);
    send(response, await dispatch(routes, call));
  } catch (error) {
    if (error instanceof ConnectionLost) request.socket.destroy();
    else if (error instanceof AwsError) send(response, errorAnswer(request, error));
    else send(response, errorAnswer(request, new AwsError('InternalFailure', String(error), 500)));
  }
}

async function parse(request: IncomingMessage): Promise<AwsCall> {
  const { method = 'GET', url = '/', headers } = request;
  const sent = await readBody(request, MAX_BODY_BYTES);
  const body = headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
  const accessKeyId = /Credential=([^/,\s]+)\//.exec(headers.authorization ?? '')?.[1] ?? '';
  const operation = target(headers)?.operation ?? new URLSearchParams(body.toString('utf8')).get('Action');
  return { operation: operation ?? '', accessKeyId, method, url, headers, body };
}

async function dispatch(routes: EndpointRoutes, call: AwsCall): Promise<AwsAnswer> {
  const signingName =
    /Credential=[^,\s]+\/([^/]+)\/aws4_request/.exec(call.headers.authorization ?? '')?.[1] ?? '';
  if (!routes.reaches(call.accessKeyId, signingName)) {
    throw new ConnectionLost(`${signingName} is out of reach.`);
  }
  await routes.suffer(call, signingName);
  for (const handle of routes.paths) {
    const answer = handle(call);
    if (answer) return await answer;
  }
  const wanted = target(call.headers);
  const service = wanted ? routes.targets[wanted.prefix] : routes.query[signingName];
  if (service) return await service.call(call);
  const name = wanted ? `${wanted.prefix}.${wanted.operation}` : `${signingName || call.method} ${call.url}`;
  throw new AwsError('UnknownOperationException', `The local cloud does not serve ${name}.`);
}

function target(headers: IncomingMessage['headers']): { prefix: string; operation: string } | undefined {
  const [prefix, operation] = String(headers['x-amz-target'] ?? '').split('.');
  return prefix && operation ? { prefix, operation } : undefined;
}

function send(response: ServerResponse, { status = 200, headers, body }: AwsAnswer): void {
  response.writeHead(status, {
    'Content-Type': 'application/x-amz-json-1.1',
    'x-amzn-RequestId': randomUUID(),
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

/** A user pool may be called by any page, and its refusals are readable to that. */
function corsOf({ headers }: IncomingMessage): Record<string, string> {
  const isPool = target(headers)?.prefix === 'AWSCognitoIdentityProviderService';
  return isPool ? { 'Access-Control-Allow-Origin': '*' } : {};
}

/** Errors of the JSON protocols are JSON, those of the query protocol are XML. */
function errorAnswer(request: IncomingMessage, { code, message, status }: AwsError): AwsAnswer {
  if (request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) {
    const type = status < 500 ? 'Sender' : 'Receiver';
    return {
      status: code === 'AccessDeniedException' ? 403 : status,
      headers: { 'Content-Type': 'text/xml' },
      body: `<ErrorResponse><Error><Type>${type}</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
    };
  }
  return {
    status,
    headers: { 'x-amzn-ErrorType': code, ...corsOf(request) },
    body: JSON.stringify({ __type: code, message, Message: message }),
  };
}
