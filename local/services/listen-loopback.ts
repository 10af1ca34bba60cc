import { once } from 'node:events';
import type { Server } from 'node:net';

/**
 * Listens on the loopback address.
 *
 * @param preferred the port to take if it is free; else, and for 0, any free one
 * @returns the port
 */
export async function listenLoopback(server: Server, preferred = 0): Promise<number> {
  try {
    return await listen(server, preferred);
  } catch (error) {
    if (preferred === 0 || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return await listen(server, 0);
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return address.port;
}
