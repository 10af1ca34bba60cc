import type { IncomingMessage } from 'node:http';
import { isLocalHost, isLocalOrigin } from '../gateway/host-check.ts';
import { AwsError } from './aws-call.ts';

/** Where an issuer's keys are, and the document that names them. */
const WELL_KNOWN = /^\/[\w-]+\/\.well-known\/(?:jwks\.json|openid-configuration)$/;

const USER_POOL_TARGET = 'AWSCognitoIdentityProviderService.';

/**
 * Lets programs of this machine call the AWS endpoint, and no web page: a page may reach it under a name of its own
 * (DNS rebinding), or send a request whose answer it can't read. A page of this machine may do what a sign-in needs.
 *
 * @param publicOperations those of a user pool that need no signature
 * @throws AwsError AccessDeniedException, MissingAuthenticationTokenException
 */
export function admit(
  { method, url = '/', headers }: IncomingMessage,
  port: number,
  publicOperations: ReadonlySet<string>,
): void {
  if (!isLocalHost(headers.host, port)) throw denied('The local cloud serves localhost only.');
  const isSignIn =
    url === '/' &&
    (method === 'OPTIONS' || (method === 'POST' && isPublic(headers['x-amz-target'], publicOperations)));
  if (isSignIn || (WELL_KNOWN.test(url) && (method === 'GET' || method === 'OPTIONS'))) {
    if (headers.origin === undefined || isLocalOrigin(headers.origin)) return;
    throw denied('A page of another machine may not sign in here.');
  }
  const site = headers['sec-fetch-site'] ?? 'none';
  if (headers.origin !== undefined || (site !== 'none' && site !== 'same-origin')) {
    throw denied('A web page may not call this API.');
  }
  if (!/Credential=[^/,\s]+\//.test(headers.authorization ?? '')) {
    throw new AwsError('MissingAuthenticationTokenException', 'Missing Authentication Token', 403);
  }
}

function isPublic(target: unknown, publicOperations: ReadonlySet<string>): boolean {
  const name = String(target ?? '');
  return name.startsWith(USER_POOL_TARGET) && publicOperations.has(name.slice(USER_POOL_TARGET.length));
}

const denied = (message: string) => new AwsError('AccessDeniedException', message, 403);
