import type { Io } from '../io.ts';
import { type CommonOptions, chooseApi, type DirectOptions } from '../options/common-options.ts';
import { accessToken, accessTokenIfAny } from '../sign-in/access-token.ts';
import { HttpTransport } from './http-transport.ts';
import type { Transport } from './transport.ts';

/**
 * The way that a command's calls take, by its options.
 *
 * @param signIn whether calls need a sign-in, or just show one when there is one
 */
export async function openTransport(
  options: CommonOptions & Partial<DirectOptions>,
  io: Io,
  signIn: 'needed' | 'optional',
): Promise<Transport> {
  if (options.direct) {
    const { DirectTransport } = await import('./direct-transport.ts');
    return await DirectTransport.open(options, io);
  }
  return await openHttpTransport(options, io, signIn);
}

/** The way of calls that only the HTTP API can serve. */
export async function openHttpTransport(
  options: CommonOptions,
  io: Io,
  signIn: 'needed' | 'optional',
): Promise<HttpTransport> {
  const timeout = options.timeout * 1000;
  const api = await chooseApi(options, io);
  const token = signIn === 'needed' ? accessToken : accessTokenIfAny;
  return new HttpTransport({ api, timeout, token: () => token(io, api, timeout) });
}
