import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { dynamoDbOverHttps } from '../../adapters/lean/dynamodb-over-https.ts';
import { StoreUnavailableError } from '../../core/errors.ts';

let server: Server;

/** Reads from a server that answers each try in turn, the last one for ever. */
async function readsFrom(...answers: RequestListener[]) {
  let tries = 0;
  server = createServer((request, response) =>
    answers[Math.min(tries++, answers.length - 1)]?.(request, response),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reads = dynamoDbOverHttps({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'eu-central-1',
    credentials: () => ({ accessKeyId: 'test', secretAccessKey: 'test' }),
    timeout: 300,
  });
  return { reads, tries: () => tries };
}

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const good: RequestListener = (_, response) => response.end('{"Items":[]}');

describe('reads without an SDK', () => {
  test.each<[string, RequestListener]>([
    ['no JSON', (_, response) => response.end('<html>Bad gateway</html>')],
    ['nothing', (_, response) => response.end()],
    ['half an answer', (_, response) => response.writeHead(200, { 'Content-Length': 100 }).write('{"It')],
    ['an error', (_, response) => response.writeHead(500).end('{"__type":"InternalServerError"}')],
    ['a closed connection', (request) => request.socket.destroy()],
    ['silence', () => {}],
  ])('%s is a store that is unavailable', async (_, answer) => {
    const { reads } = await readsFrom(answer);
    await expect(reads.query({})).rejects.toThrow(StoreUnavailableError);
  });

  test.each<[string, RequestListener]>([
    ['no JSON', (_, response) => response.end('<')],
    ['an error', (_, response) => response.writeHead(500).end()],
    ['a closed connection', (request) => request.socket.destroy()],
  ])('%s is tried once more', async (_, answer) => {
    const { reads, tries } = await readsFrom(answer, good);
    expect(await reads.query({})).toEqual({ Items: [] });
    expect(tries()).toBe(2);
  });
});
