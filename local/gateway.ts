import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { MovableClock } from './clock.ts';
import type { Drift } from './drift.ts';
import type { Fault } from './faults.ts';
import { authorize } from './gateway/authorize.ts';
import { contextVariables } from './gateway/context-variables.ts';
import {
  type ContextVariables,
  type Exchange,
  type GatewayAnswer,
  type GatewayRequest,
  type HeaderFields,
  headerValue,
} from './gateway/exchange.ts';
import { withForwardingFields } from './gateway/forwarding-fields.ts';
import { GatewayFailure } from './gateway/gateway-failure.ts';
import { gatewayResponse, substitute } from './gateway/gateway-response.ts';
import { isLocalHost } from './gateway/host-check.ts';
import { type HostMap, HttpProxy } from './gateway/http-proxy.ts';
import { lambdaProxy } from './gateway/lambda-proxy.ts';
import { mock } from './gateway/mock.ts';
import { BODY_LIMIT_BYTES, readBody } from './gateway/read-body.ts';
import type { RestApi } from './gateway/rest-api.ts';
import { Throttle } from './gateway/throttle.ts';
import { UsageLimits } from './gateway/usage-limits.ts';
import type { FunctionInvoker, LocalServices } from './local-services.ts';
import { ACCESS_LOG, GATEWAY_LOG, type LogStore } from './log-store.ts';

/** What a gateway works with. */
interface GatewayOptions {
  readonly api: RestApi;
  readonly functions: FunctionInvoker;
  readonly hosts: HostMap;
  readonly clock: MovableClock;
  readonly logs: LogStore;
  readonly drift: Drift;
  /** Serves `/_local` and `/console`. */
  readonly handleLocal: LocalServices['handle'];
  readonly observe?: LocalServices['observe'];
  /** What is wrong with the origins at the moment. */
  readonly originFault?: () => Fault | undefined;
  /** The client's address. Default: the connection's; nothing that a caller sends can change it. */
  readonly sourceAddress?: (request: IncomingMessage) => string;
}

/** Serves the stack's REST API over HTTP, on loopback only, its stage at the root as a custom domain would. */
export class Gateway {
  readonly #options: GatewayOptions;
  readonly #proxy: HttpProxy;
  readonly #throttle: Throttle | undefined;
  readonly #usage: UsageLimits;
  readonly #server: Server;
  #port = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#proxy = new HttpProxy(options.hosts);
    for (const { integration } of options.api.routes.methods()) {
      if (integration.type === 'HTTP_PROXY') this.#proxy.check(integration);
    }
    this.#throttle = options.api.throttle && new Throttle(options.api.throttle);
    this.#usage = new UsageLimits(options.api.usagePlanKeys);
    this.#server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
      this.#serve(request, response).catch((error: unknown) => this.#fail(response, error));
    });
    this.#server.on('clientError', (_error, socket) => {
      if (socket.writable)
        socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    });
  }

  /** Starts to listen; 0 chooses a free port. Resolves with the port. */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
    return this.#port;
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    this.#proxy.close();
    await closed;
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = fields(message);
    const hosts = headers.filter(([name]) => name.toLowerCase() === 'host');
    const target = message.url ?? '';
    if (hosts.length !== 1 || !target.startsWith('/')) return refuse(response, 400);
    if (!isLocalHost(hosts[0]?.[1], this.#port)) return refuse(response, 403);
    if (/^\/(_local|console)(?=[/?]|$)/.test(target)) {
      if (!(await this.#options.handleLocal(message, response))) refuse(response, 404);
      return;
    }
    const sourceIp = this.#options.sourceAddress?.(message) ?? address(message);
    const receivedAt = this.#options.clock.now();
    const query = target.indexOf('?');
    const body = await readBody(message, BODY_LIMIT_BYTES);
    const request: GatewayRequest = {
      method: message.method ?? 'GET',
      path: query < 0 ? target : target.slice(0, query),
      search: query < 0 ? '' : target.slice(query),
      headers: withForwardingFields(headers, { sourceIp, port: this.#port, now: receivedAt }),
      body: body ?? Buffer.alloc(0),
      sourceIp,
      receivedAt,
    };
    const started = performance.now();
    const variables = contextVariables(this.#options.api, request);
    const answer = await this.#answer(request, variables, body === undefined);
    write(response, request.method, answer, variables);
    const milliseconds = performance.now() - started;
    this.#logAccess(variables, answer, milliseconds);
    const { api, observe } = this.#options;
    observe?.({ kind: 'request', stage: api.stage, status: answer.status, milliseconds });
  }

  async #answer(
    request: GatewayRequest,
    variables: ContextVariables,
    tooLarge: boolean,
  ): Promise<GatewayAnswer> {
    try {
      if (tooLarge) throw new GatewayFailure('REQUEST_TOO_LARGE', 'the body exceeds 10 MB');
      return await this.#pass(request, variables);
    } catch (error) {
      const failure =
        error instanceof GatewayFailure
          ? error
          : new GatewayFailure('API_CONFIGURATION_ERROR', String(error), { cause: error });
      if (failure.type !== 'ACCESS_DENIED') this.#logFailure(failure, variables);
      return gatewayResponse(this.#options.api.gatewayResponses, failure.type, request, variables);
    }
  }

  /** The way of a request that nothing stops: method, limit, authorizer, usage plan, integration. */
  async #pass(request: GatewayRequest, variables: ContextVariables): Promise<GatewayAnswer> {
    const { api, functions, drift } = this.#options;
    const match = api.routes.find(request.method, request.path);
    if (!match) throw new GatewayFailure('MISSING_AUTHENTICATION_TOKEN', 'the API has no such method');
    variables.set('resourcePath', match.resourcePath);
    variables.set('resourceId', match.method.resourceId);
    if (this.#throttle && !this.#throttle.take())
      throw new GatewayFailure('THROTTLED', "the stage's limit is reached");
    const exchange: Exchange = { request, match, variables };
    const { authorizer, verb } = match.method;
    if (authorizer && !drift.isUnguarded({ method: verb, path: match.resourcePath })) {
      await authorize(api, authorizer, functions, exchange);
    }
    if (match.method.apiKeyRequired) this.#usage.count(apiKeyOf(api, exchange));
    const started = performance.now();
    const answer = await this.#integrate(exchange);
    const latency = String(Math.round(performance.now() - started));
    for (const name of ['integration.status', 'integrationStatus'])
      variables.set(name, String(answer.status));
    for (const name of ['integration.latency', 'integrationLatency']) variables.set(name, latency);
    return answer;
  }

  async #integrate(exchange: Exchange): Promise<GatewayAnswer> {
    const { api, functions } = this.#options;
    const { integration } = exchange.match.method;
    switch (integration.type) {
      case 'AWS_PROXY':
        return await lambdaProxy(api, integration, functions, exchange);
      case 'HTTP_PROXY':
        return await this.#proxy.send(integration, exchange, this.#options.originFault?.());
      case 'MOCK':
        return mock(api, integration, exchange);
    }
  }

  /** Why the gateway answered by itself: what API Gateway's execution log would say. */
  #logFailure(failure: GatewayFailure, variables: ContextVariables): void {
    const { clock, logs } = this.#options;
    const requestId = variables.get('requestId') ?? '';
    logs.append({ group: GATEWAY_LOG, timestamp: clock.now(), message: failure.message, requestId });
  }

  #logAccess(variables: ContextVariables, answer: GatewayAnswer, milliseconds: number): void {
    const { api, clock, logs } = this.#options;
    if (api.accessLogFormat === undefined) return;
    variables.set('status', String(answer.status));
    variables.set('responseLength', String(answer.body.length));
    variables.set('responseLatency', String(Math.round(milliseconds)));
    const message = substitute(api.accessLogFormat, variables, '-');
    logs.append({ group: ACCESS_LOG, timestamp: clock.now(), message });
  }

  /** A client that broke off needs no answer; anything else is a mistake in the local cloud itself. */
  #fail(response: ServerResponse, error: unknown): void {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    console.error(error);
    refuse(response, 500);
  }
}

/** With the authorizer as the source of keys, a header of the caller's means nothing. */
function apiKeyOf(api: RestApi, { request, usageIdentifierKey }: Exchange): string | undefined {
  return api.apiKeySource === 'AUTHORIZER' ? usageIdentifierKey : headerValue(request.headers, 'x-api-key');
}

function fields(message: IncomingMessage): HeaderFields {
  const pairs: [string, string][] = [];
  for (let index = 0; index < message.rawHeaders.length; index += 2) {
    pairs.push([message.rawHeaders[index] ?? '', message.rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

function address(message: IncomingMessage): string {
  return message.socket.remoteAddress ?? '127.0.0.1';
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, { 'Content-Length': 0, Connection: 'close' }).end();
}

function write(
  response: ServerResponse,
  method: string,
  answer: GatewayAnswer,
  variables: ContextVariables,
): void {
  const { status, headers, body } = answer;
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const own = headers.filter(([name]) => name.toLowerCase() !== 'content-length' || method === 'HEAD');
  const hasLength = own.some(([name]) => name.toLowerCase() === 'content-length');
  const length =
    hasLength || status === 204 || status === 304 ? [] : [['Content-Length', String(body.length)]];
  const added = [...length, ['x-amzn-RequestId', variables.get('requestId') ?? '']];
  response.writeHead(status, [...own, ...added].flat() as string[]);
  response.end(bodiless ? undefined : body);
}
