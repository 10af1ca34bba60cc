import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';

const BASE_PATH = /\/api\/maintenance$/;
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * The address of a protected API as typed, made canonical: no trailing slash, no `/api/maintenance`.
 * Throws CliError for what is no such address, and for plain HTTP to another machine: passwords and tokens go there.
 *
 * @example parseApiUrl('http://localhost:5000/') // 'http://localhost:5000'
 */
export function parseApiUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw badUrl(text, 'is not the address of an API; give one like https://api.example.org');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badUrl(`${url.origin}${url.pathname}`, 'must be given without user, query and fragment');
  }
  if (!isConfidential(url)) {
    throw badUrl(text, 'must be https: over plain http, tokens would be readable on the way');
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '').replace(BASE_PATH, '')}`;
}

/** Whether what is sent there can be read by others on the way. Plain HTTP never leaves this machine. */
export function isConfidential(url: URL): boolean {
  return url.protocol === 'https:' || LOOPBACK.has(url.hostname);
}

function badUrl(shown: string, why: string): CliError {
  return new CliError({ exitCode: EXIT.usage, code: 'bad_api_url', message: `"${shown}" ${why}.` });
}
