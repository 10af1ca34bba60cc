import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '../faults.ts';
import type { Exchange, GatewayAnswer, HeaderFields } from './exchange.ts';
import { GatewayFailure } from './gateway-failure.ts';
import { mappedValue } from './gateway-response.ts';
import { BODY_LIMIT_BYTES, readBody } from './read-body.ts';
import type { Integration } from './rest-api.ts';
import { within } from './within.ts';

type HttpProxyIntegration = Extract<Integration, { type: 'HTTP_PROXY' }>;

/** Where the host names in the template are really to be found, such as `origin.test` at `http://127.0.0.1:4000`. */
export type HostMap = Readonly<Record<string, string>>;

/** Header fields that concern one connection only (RFC 9110, section 7.6.1), or that the proxy sets itself. */
const CONNECTION_FIELDS = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Verbs whose requests may be sent twice (RFC 9110, section 9.2.2). Only these use connections again: one that is
 * kept alive may be closed by the origin just as a request goes out on it, and then nobody knows whether it arrived.
 */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

/** Passes requests on to HTTP origins, path, query, fields and body as they came. */
export class HttpProxy {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 256 });
  readonly #hosts: HostMap;

  constructor(hosts: HostMap) {
    this.#hosts = hosts;
  }

  /** Throws, naming the host, if the integration's host has no address here. */
  check({ uri }: HttpProxyIntegration): void {
    this.#target(uri);
  }

  /** @param fault what is wrong with the origin: it is not there (`down`), or answers later (`slow`) */
  async send(
    integration: HttpProxyIntegration,
    exchange: Exchange,
    fault: Fault | undefined,
  ): Promise<GatewayAnswer> {
    if (fault?.fault === 'down') throw new GatewayFailure('INTEGRATION_FAILURE', 'the origin is down');
    if (fault !== undefined) await within(integration.timeoutMs, delay(fault.ms));
    const { request } = exchange;
    const { address, host, path } = this.#target(this.#fill(integration, exchange));
    const fields = this.#fields(integration, exchange, host);
    const method = integration.method === 'ANY' ? request.method : integration.method;
    const repeatable = IDEMPOTENT.has(method);
    const options = {
      agent: repeatable ? this.#agent : false,
      hostname: address.hostname,
      port: address.port,
      method,
      path: path + request.search,
      headers: fields.flat(),
      setDefaultHeaders: false,
    };
    return await this.#exchange(options, request.body, integration.timeoutMs, repeatable);
  }

  /** Closes the connections to origins. */
  close(): void {
    this.#agent.destroy();
  }

  #target(uri: string): { address: URL; host: string; path: string } {
    const [, host = '', path = ''] = /^https?:\/\/([^/?#]+)(.*)$/s.exec(uri) ?? [];
    const address = this.#hosts[host];
    if (address === undefined) {
      throw new Error(`The template sends requests to "${host}", for which the local cloud has no address.`);
    }
    return { address: new URL(address), host, path: path === '' ? '/' : path };
  }

  /** Puts the mapped path parameters, as they stand in the request, into the integration's URI. */
  #fill({ uri, parameters }: HttpProxyIntegration, { request, match, variables }: Exchange): string {
    return uri.replace(/\{([^}]+)\}/g, (_match, name: string) => {
      const mapping = parameters[`integration.request.path.${name}`];
      if (mapping === undefined)
        throw new GatewayFailure('API_CONFIGURATION_ERROR', `no mapping for {${name}}`);
      const parameter = /^method\.request\.path\.(.+)$/.exec(mapping)?.[1];
      const value = parameter ? match.pathParameters[parameter] : mappedValue(mapping, request, variables);
      return value ?? '';
    });
  }

  #fields(
    { parameters }: HttpProxyIntegration,
    { request, variables }: Exchange,
    host: string,
  ): HeaderFields {
    const added = Object.entries(parameters).flatMap(([name, mapping]) => {
      const header = /^integration\.request\.header\.(.+)$/.exec(name)?.[1];
      const value = header ? mappedValue(mapping, request, variables) : undefined;
      return header && value !== undefined ? [[header, value] as const] : [];
    });
    const replaced = new Set(['host', 'content-length', ...added.map(([name]) => name.toLowerCase())]);
    const kept = withoutConnectionFields(request.headers).filter(
      ([name]) => !replaced.has(name.toLowerCase()),
    );
    const length = request.body.length > 0 || hasBody(request.headers);
    return [
      ['Host', host],
      ...kept,
      ...added,
      ...(length ? [['Content-Length', String(request.body.length)] as const] : []),
    ];
  }

  async #exchange(options: object, body: Buffer, timeoutMs: number, again: boolean): Promise<GatewayAnswer> {
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = httpRequest({ ...options, signal });
    try {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        outgoing.on('response', resolve);
        outgoing.on('error', reject);
        outgoing.end(body);
      });
      const received = await readBody(response, BODY_LIMIT_BYTES);
      if (received === undefined) throw new GatewayFailure('INTEGRATION_FAILURE', 'the answer exceeds 10 MB');
      return { status: response.statusCode ?? 502, headers: answerFields(response), body: received };
    } catch (cause) {
      if (cause instanceof GatewayFailure) throw cause;
      if (signal.aborted)
        throw new GatewayFailure('INTEGRATION_TIMEOUT', `no answer within ${timeoutMs} ms`, { cause });
      const closed = outgoing.reusedSocket && (cause as NodeJS.ErrnoException).code === 'ECONNRESET';
      if (closed && again) return await this.#exchange(options, body, timeoutMs, false);
      throw new GatewayFailure('INTEGRATION_FAILURE', String(cause), { cause });
    }
  }
}

function hasBody(headers: HeaderFields): boolean {
  return headers.some(([name]) => ['content-length', 'transfer-encoding'].includes(name.toLowerCase()));
}

function answerFields(response: IncomingMessage): HeaderFields {
  const pairs: [string, string][] = [];
  for (let index = 0; index < response.rawHeaders.length; index += 2) {
    pairs.push([response.rawHeaders[index] ?? '', response.rawHeaders[index + 1] ?? '']);
  }
  return withoutConnectionFields(pairs);
}

function withoutConnectionFields(headers: HeaderFields): HeaderFields {
  const named = headers
    .filter(([name]) => name.toLowerCase() === 'connection')
    .flatMap(([, value]) => value.split(',').map((token) => token.trim().toLowerCase()));
  return headers.filter(([name]) => {
    const field = name.toLowerCase();
    return !CONNECTION_FIELDS.has(field) && !named.includes(field);
  });
}
