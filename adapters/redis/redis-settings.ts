import type { RedisAuth, RedisSettings } from '../../core/sessions/redis-settings.ts';

/**
 * Reads the settings. Throws a sentence that names what is wrong, and never shows the password.
 *
 * @example parseRedisSettings('{"host": "127.0.0.1", "port": 6379, "tls": false, "auth": {"type": "none"}}')
 */
export function parseRedisSettings(text: string): RedisSettings {
  const settings = readMembers('the text', parseJson(text));
  const port = settings.port;
  if (typeof port !== 'number' || !Number.isInteger(port) || port < 1 || port > 65_535) {
    throw wrong('port', 'must be a whole number from 1 to 65535');
  }
  return {
    host: readText('host', settings.host),
    port,
    tls: readBoolean('tls', settings.tls),
    auth: readAuth(readMembers('auth', settings.auth)),
  };
}

type Members = Readonly<Record<string, unknown>>;

function readAuth(auth: Members): RedisAuth {
  switch (auth.type) {
    case 'iam':
      return {
        type: 'iam',
        user: readText('auth.user', auth.user),
        cache: readText('auth.cache', auth.cache),
        serverless: readBoolean('auth.serverless', auth.serverless),
      };
    case 'password':
      return {
        type: 'password',
        user: auth.user === null ? null : readText('auth.user', auth.user),
        password: readText('auth.password', auth.password),
      };
    case 'none':
      return { type: 'none' };
    default:
      throw wrong('auth.type', 'must be "iam", "password" or "none"');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error of JSON.parse would show a piece of the text, and so of the password.
    throw wrong('the text', 'must be JSON');
  }
}

function readMembers(name: string, value: unknown): Members {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members;
  throw wrong(name, 'must be an object');
}

function readText(name: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(name, 'must be a text that is not empty');
}

function readBoolean(name: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw wrong(name, 'must be true or false');
}

function wrong(name: string, must: string): Error {
  return new Error(`Settings of Redis: ${name} ${must}.`);
}
