import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as the stub got it. */
export interface StubRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers one request. */
export type StubAnswer = (request: StubRequest, response: ServerResponse) => void;

/** An HTTP server that answers as the test says, and keeps what it was asked. */
export class StubServer {
  readonly url: string;
  readonly requests: StubRequest[] = [];
  readonly #close: () => Promise<void>;
  answer: StubAnswer;

  private constructor(url: string, answer: StubAnswer, close: () => Promise<void>) {
    this.url = url;
    this.answer = answer;
    this.#close = close;
  }

  static async start(answer: StubAnswer = json(404, {})): Promise<StubServer> {
    const server = createServer(async (incoming, response) => {
      const body = Buffer.concat(await Array.fromAsync(incoming)).toString();
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, headers, body };
      stub.requests.push(request);
      stub.answer(request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const stub = new StubServer(`http://127.0.0.1:${port}`, answer, async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return stub;
  }

  async stop(): Promise<void> {
    await this.#close();
  }
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): StubAnswer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}
