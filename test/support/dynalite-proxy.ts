import {
  Agent,
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type Fate, type Interference, NO_INTERFERENCE } from './interference.ts';

/** Besides the fates of any store: never an answer, an arrival that is late, a server error though all went well. */
type WireFate = Fate | 'hang' | 'hold' | 'error';

/**
 * Stands between a client and DynamoDB and does to requests what networks do. Lost requests and answers look like a
 * reset connection to the client; held requests too, but they are carried out when `release` is called.
 */
export class DynaliteProxy {
  interference: Interference | ((operation: 'read' | 'write') => WireFate) = NO_INTERFERENCE;
  readonly #target: URL;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  #port = 0;
  #held: (() => Promise<unknown>)[] = [];

  constructor(target: string) {
    this.#target = new URL(target);
    this.#server = createServer((incoming, outgoing) => {
      this.#serve(incoming, outgoing).catch(() => outgoing.destroy());
    });
  }

  get endpoint(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens, after `stop` on the same port as before. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections and breaks those that are open. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#agent.destroy();
  }

  /** Carries out the held requests, in the order in which they came. */
  async release(): Promise<void> {
    for (const carryOut of this.#held.splice(0)) await carryOut();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await buffer(incoming);
    const operation = incoming.headers['x-amz-target']?.toString().endsWith('.PutItem') ? 'write' : 'read';
    const carryOut = () => this.#forward(incoming, body);
    switch (this.interference(operation)) {
      case 'pass': {
        const { status, headers, answer } = await carryOut();
        outgoing.writeHead(status, headers).end(answer);
        return;
      }
      case 'lose_answer':
        await carryOut();
        incoming.socket.destroy();
        return;
      case 'lose_request':
        incoming.socket.destroy();
        return;
      case 'hold':
        this.#held.push(carryOut);
        incoming.socket.destroy();
        return;
      case 'hang':
        return;
      case 'error':
        await carryOut();
        outgoing.writeHead(500, { 'content-type': 'application/x-amz-json-1.0' });
        outgoing.end('{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError"}');
        return;
    }
  }

  async #forward({ method, url, headers }: IncomingMessage, body: Buffer) {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request(new URL(url ?? '/', this.#target), { method, headers, agent: this.#agent })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const answer = await buffer(response);
    return { status: response.statusCode ?? 500, headers: response.headers, answer };
  }
}
