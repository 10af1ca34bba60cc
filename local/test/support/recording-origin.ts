import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as an origin received it. */
interface Received {
  readonly method: string;
  /** The request target, byte for byte. */
  readonly target: string;
  /** Header fields in order: name, value, name, value… */
  readonly fields: readonly string[];
  readonly body: Buffer;
}

/** An HTTP origin that remembers what it receives and answers as told. */
export interface RecordingOrigin {
  readonly url: string;
  readonly received: Received[];
  /** How to answer; set it to what a test needs. */
  answer: (response: ServerResponse, request: Received) => void;
  close(): Promise<void>;
}

/** Starts an origin on a free port of 127.0.0.1; it answers 200 and `ok` until told otherwise. */
export async function startRecordingOrigin(): Promise<RecordingOrigin> {
  const received: Received[] = [];
  const server = createServer((message: IncomingMessage, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const request = {
        method: message.method ?? '',
        target: message.url ?? '',
        fields: message.rawHeaders,
        body: Buffer.concat(chunks),
      };
      received.push(request);
      origin.answer(response, request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin: RecordingOrigin = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    answer: (response) => response.end('ok'),
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return origin;
}
