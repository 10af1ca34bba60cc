import { BUILT_IN_RULES } from '../../core/decision/built-in-rules.ts';

/** A request as somebody might send it who looks for a way round the gate. */
export interface TrickyRequest {
  readonly method: string;
  /** Path and query, in origin-form: it begins with a slash. */
  readonly target: string;
  readonly as: 'nobody' | 'member' | 'admin';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** A number from 0 up to and without 1. */
type Random = () => number;

/**
 * Numbers that look random and depend on the seed alone (Marsaglia's xorshift, 32 bits).
 * Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (14), 2003.
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Makes requests out of a grammar of tricky spellings. The same numbers make the same requests. */
export class TrickyRequests {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  next(): TrickyRequest {
    const method = this.#pick(METHODS);
    const body = this.#body(method);
    return {
      method,
      target: this.#target(),
      as: this.#pick(['nobody', 'nobody', 'nobody', 'nobody', 'member', 'member', 'admin']),
      headers: this.#headers(),
      ...(body === undefined ? {} : { body }),
    };
  }

  #pick<T>(from: readonly T[]): T {
    return from[Math.floor(this.#random() * from.length)] as T;
  }

  #chance(probability: number): boolean {
    return this.#random() < probability;
  }

  #target(): string {
    let path = this.#path();
    for (let changes = Math.floor(this.#random() * 4); changes > 0; changes -= 1) {
      path = this.#pick(CHANGES)(path, this.#random);
    }
    return `${path}${this.#chance(0.3) ? this.#pick(QUERIES) : ''}`;
  }

  #path(): string {
    const kind = this.#random();
    if (kind < 0.6) return TEMPLATES[Math.floor(this.#random() * TEMPLATES.length)] ?? '/';
    if (kind < 0.75) return `/api/maintenance${this.#pick(CONTROL_PATHS)}`;
    const length = 1 + Math.floor(this.#random() * 4);
    return Array.from({ length }, () => `/${this.#pick(SEGMENTS)}`).join('');
  }

  #headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    for (let more = Math.floor(this.#random() * 4); more > 0; more -= 1) {
      const [name, values] = this.#pick(HEADERS);
      headers[name] = this.#pick(values);
    }
    return headers;
  }

  #body(method: string): string | Uint8Array | undefined {
    if (BODILESS.has(method) || this.#chance(0.3)) return undefined;
    if (this.#chance(0.2)) {
      const length = Math.floor(this.#random() * 2000);
      return Uint8Array.from({ length }, () => Math.floor(this.#random() * 256));
    }
    return this.#pick(BODIES);
  }
}

const METHODS = [
  ...['GET', 'HEAD', 'OPTIONS', 'POST', 'POST', 'POST', 'PUT', 'PATCH', 'DELETE', 'DELETE'],
  ...['TRACE', 'PROPFIND', 'MKCOL', 'LOCK', 'PURGE', 'SEARCH', 'REPORT', 'COPY', 'MOVE', 'LINK'],
];

const BODILESS = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

const fill = (template: string) => template.replaceAll(/\{\w+\+?\}/g, 'x1');

/** Every path that a built-in rule knows, and some that everybody may always see. */
const TEMPLATES = [
  ...new Set(BUILT_IN_RULES.map(({ path }) => fill(path))),
  ...[
    '/',
    '/health',
    '/favicon.ico',
    '/static/app.js',
    '/api/csrf-token',
    '/profile',
    '/images/1',
    '/upload',
  ],
];

const CONTROL_PATHS = [
  ...['', '/', '/status', '/signin', '/health', '/openapi.json', '/whoami', '/validate', '/history'],
  ...['/canary', '/rules', '/nowhere', '/../echo/x', '/%2e%2e/echo/x', '/status/..', '//status', '/Status'],
];

const SEGMENTS = [
  ...['start_caption_generation', 'static', 'health', 'login', 'admin', 'api', 'profile', 'echo', 'upload'],
  ...['..', '.', '...', '%2e%2e', '%2E', '..;a=b', '%252e%252e', '%2f', '%5c', '\\', '%00', '%0a', '%7f'],
  ...[
    '%ff',
    '%c0%ae',
    '%zz',
    '%',
    '%e6%bc%a2',
    ';',
    'a;b=c',
    'a:b',
    '~user',
    '%7euser',
    '*',
    '@',
    '$',
    '{id}',
  ],
  ...[
    '$context.requestId',
    '$' + '{jndi}',
    '<script>',
    '"quote"',
    "'",
    'a+b',
    '%20',
    'constructor',
    '__proto__',
  ],
  ...['x'.repeat(300), '', '#', '!', ',', '(', '|', '^', '`'],
];

type Change = (path: string, random: Random) => string;

const at = (path: string, random: Random) => Math.floor(random() * path.length);

const CHANGES: readonly Change[] = [
  (path) => path.toUpperCase(),
  (path, random) => {
    const index = at(path, random);
    return `${path.slice(0, index)}${path.slice(index).toUpperCase()}`;
  },
  (path) => `${path}/`,
  (path) => `/${path}`,
  (path) => path.replaceAll('/', '//'),
  (path, random) => {
    const index = Math.max(1, at(path, random));
    const code = path.charCodeAt(index);
    if (Number.isNaN(code)) return path;
    const hex = code.toString(16).padStart(2, '0');
    return `${path.slice(0, index)}%${random() < 0.5 ? hex : hex.toUpperCase()}${path.slice(index + 1)}`;
  },
  (path) => `/static/..${path}`,
  (path) => `/static/%2e%2e${path}`,
  (path) => `/health/..${path}`,
  (path) => `/.${path}`,
  (path) => `/live${path}`,
  (path) => `/${path.slice(1).replace('/', '\\')}`,
  (path) => path.replace(/\/(?!$)/g, '%2f').replace('%2f', '/'),
  (path) => `${path};jsessionid=1`,
  (path) => `${path}%20`,
  (path) => `${path}%00.css`,
  (path) => `${path}.json`,
  (path) => `${path}/..`,
  (path) => `${path}#/static/app.js`,
];

const QUERIES = [
  ...['?', '?a=1', '?a=1&a=2', '?_method=GET', '?path=/static/app.js', '?%', '?a=%zz', '?x=/../..', '?a[]=1'],
  ...['?next=https://evil.example', `?q=${'y'.repeat(500)}`, '?$context.authorizer.body', '?a=%00'],
];

const HEADERS: readonly (readonly [name: string, values: readonly string[]])[] = [
  [
    'Accept',
    ['text/html', '*/*', 'application/json', 'text/html;q=0', 'text/*, application/json;q=0.1', ';;,'],
  ],
  ['Accept-Language', ['de', 'xx-yy;q=9']],
  ['Origin', ['https://app.example', 'null', 'x']],
  ['Cookie', ['session_id=1', 'session_id=; role=admin', 'a=b; a=b']],
  [
    'Content-Type',
    ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'x'],
  ],
  ['X-HTTP-Method-Override', ['GET', 'DELETE']],
  ['X-Original-URL', ['/static/app.js']],
  ['X-Rewrite-URL', ['/health']],
  ['X-Forwarded-For', ['127.0.0.1', '::1', "' OR 1=1"]],
  ['X-Forwarded-Host', ['evil.example']],
  ['X-Role', ['admin']],
  ['X-Origin-Secret', ['guess']],
  ['X-Maintenance-Mode', ['inactive']],
  ['X-Amzn-RequestId', ['$' + '{x}']],
  ['If-None-Match', ['*', '"a"']],
  ['If-Match', ['*', '"0"', 'x']],
  ['Idempotency-Key', ['1', '"']],
  ['Range', ['bytes=0-1', 'lines=1-']],
  ['User-Agent', ['curl/8', '$' + '{jndi:ldap://x}', '\u00e9']],
  [
    'Authorization',
    ['Basic YWRtaW46YWRtaW4=', 'Bearer', 'Bearer a.b.c', 'Bearer eyJhbGciOiJub25lIn0.e30.', 'x'],
  ],
];

const BODIES = [
  ...[
    '',
    '{',
    '{}',
    '[]',
    'null',
    '0',
    '"',
    '{"reason":"Fuzz"}',
    '{"reason":"\\u0000"}',
    '{"__proto__":{"a":1}}',
  ],
  ...['a=1&b=2', '<x/>', '{"duration":1e999}', '[['.repeat(500), 'z'.repeat(5000), '\ud83d\ude00'],
];
