import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isLocalHost } from '../gateway/host-check.ts';
import { listenLoopback } from '../services/listen-loopback.ts';
import { readBody } from '../services/read-body.ts';
import { RequestsLog, withoutSecrets } from './requests-log.ts';
import { SESSION_COOKIE, type Session, type SessionStore, Sessions } from './sessions.ts';
import { LOGIN_PAGE, landingPage, PIXEL_PNG, STATIC_FILES } from './static-files.ts';

/** Somebody who can sign in to the application. */
interface OriginUser {
  readonly username: string;
  readonly password: string;
  readonly role: string;
}

/** What the sample application runs with. */
interface OriginOptions {
  /** What the header X-Origin-Secret must hold; asked for at each request, for it may become known later. */
  readonly secret: () => string;
  readonly users: readonly OriginUser[];
  /** Where its sessions are. */
  readonly store: () => SessionStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The port to take if it is free; 0 for any. */
  readonly port: number;
}

/** A request with all that an endpoint needs of it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
  readonly session: Session | undefined;
}

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

type Endpoint = (exchange: Exchange) => Answer | Promise<Answer>;

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/**
 * An HTTP application that stands for the one behind the gate: it behaves as the troubleshooting guide's application
 * where that guide touches it, refuses whoever doesn't know the secret, and remembers every other request byte for byte.
 */
export class SampleOrigin {
  readonly url: string;
  readonly #server: Server;

  private constructor(server: Server, url: string) {
    this.#server = server;
    this.url = url;
  }

  static async start(options: OriginOptions): Promise<SampleOrigin> {
    const application = new Application(options);
    const server = createServer((request, response) => void application.serve(request, response));
    server.keepAliveTimeout = 60_000;
    const port = await listenLoopback(server, options.port);
    return new SampleOrigin(server, `http://127.0.0.1:${port}`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

class Application {
  readonly #options: OriginOptions;
  readonly #sessions: Sessions;
  readonly #log = new RequestsLog();
  readonly #profiles = new Map<string, unknown>();
  readonly #platforms = new Map<string, string>();
  readonly #endpoints: readonly [string, RegExp, Endpoint][];

  constructor(options: OriginOptions) {
    this.#options = options;
    this.#sessions = new Sessions(options.store, options.now);
    this.#endpoints = [
      ['GET', /^\/$/, ({ session }) => html(landingPage(session?.user))],
      ['GET', /^\/health(\/.*)?$/, () => json({ status: 'healthy' })],
      ['GET', /^\/login$/, () => html(LOGIN_PAGE)],
      ['POST', /^\/login$/, (exchange) => this.#logIn(exchange)],
      ['*', /^\/logout$/, (exchange) => this.#logOut(exchange)],
      ['GET', /^\/api\/csrf-token$/, () => json({ csrf_token: randomBytes(24).toString('hex') })],
      ['POST', /^\/start_caption_generation$/, () => json({ job_id: randomUUID(), status: 'queued' }, 202)],
      ['GET', /^\/profile$/, ({ session }) => this.#profile(session)],
      ['POST', /^\/profile$/, (exchange) => this.#changeProfile(exchange)],
      ['GET', /^\/switch_platform\/[^/]+$/, (exchange) => this.#switchPlatform(exchange)],
      ['GET', /^\/images\/[^/]+$/, () => ({ type: 'image/png', body: PIXEL_PNG })],
      ['POST', /^\/upload$/, ({ body, request }) => uploaded(body, request)],
      ['GET', /^\/static\//, ({ path }) => staticFile(path)],
      ['*', /^\/admin(\/.*)?$/, ({ session, path }) => adminPage(session, path)],
    ];
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(request, response, await this.#answer(request));
    } catch (error) {
      send(request, response, json({ error: 'internal_error', message: String(error) }, 500));
    }
  }

  async #answer(request: IncomingMessage): Promise<Answer> {
    const path = (request.url ?? '/').replace(/\?.*$/s, '');
    if (path === '/_origin/requests') return this.#requests(request);
    const body = await readBody(request, MAX_BODY_BYTES);
    if (!this.#knowsSecret(request)) {
      return json(
        { error: 'forbidden', message: 'This application is reached through its gateway only.' },
        403,
      );
    }
    const received = this.#log.add(request, body);
    if (path.startsWith('/echo/')) return json(received);
    const verb = request.method === 'HEAD' ? 'GET' : request.method;
    const matching = this.#endpoints.filter(([, pattern]) => pattern.test(path));
    const found = matching.find(([method]) => method === verb || method === '*');
    if (!found) return json({ error: 'not_found', path }, matching.length > 0 ? 405 : 404);
    const session = await this.#sessions.of(request);
    return await found[2]({ request, path, body, session });
  }

  /** What was received; for tests. Who doesn't know the secret is shown no credentials, and no page of another name anything. */
  #requests(request: IncomingMessage): Answer {
    const isTrusted = this.#knowsSecret(request);
    if (!isTrusted && !isLocalHost(request.headers.host, request.socket.localPort ?? 0)) {
      return json({ error: 'forbidden', message: 'This is shown at localhost only.' }, 403);
    }
    if (request.method === 'DELETE') this.#log.clear();
    const requests = this.#log.list();
    return json({ requests: isTrusted ? requests : requests.map(withoutSecrets) });
  }

  #knowsSecret(request: IncomingMessage): boolean {
    const digest = (text: string) => createHash('sha256').update(text).digest();
    return timingSafeEqual(
      digest(String(request.headers['x-origin-secret'] ?? '')),
      digest(this.#options.secret()),
    );
  }

  async #logIn({ request, body }: Exchange): Promise<Answer> {
    const { username, password } = fields(request, body);
    const user = this.#options.users.find((candidate) => candidate.username === username);
    if (!user || user.password !== password) {
      return json({ error: 'invalid_credentials', message: 'Wrong user name or password.' }, 401);
    }
    const id = await this.#sessions.begin(user.username, user.role);
    return {
      status: 302,
      headers: { Location: '/', 'Set-Cookie': `${SESSION_COOKIE}=${id}; Path=/; HttpOnly; SameSite=Lax` },
      body: '',
    };
  }

  async #logOut({ request }: Exchange): Promise<Answer> {
    await this.#sessions.end(request);
    return {
      status: 302,
      headers: { Location: '/login', 'Set-Cookie': `${SESSION_COOKIE}=; Path=/; Max-Age=0` },
      body: '',
    };
  }

  #profile(session: Session | undefined): Answer {
    if (!session) return signInFirst();
    return json({ user: session.user, role: session.role, settings: this.#profiles.get(session.user) ?? {} });
  }

  #changeProfile({ request, body, session }: Exchange): Answer {
    if (!session) return signInFirst();
    this.#profiles.set(session.user, fields(request, body));
    return this.#profile(session);
  }

  /** A GET that changes something, as the guide's application has it. */
  #switchPlatform({ path, session }: Exchange): Answer {
    const platform = decodeURIComponent(path.split('/').at(-1) ?? '');
    this.#platforms.set(session?.user ?? 'anonymous', platform);
    return json({ platform });
  }
}

const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

const html = (body: string): Answer => ({ type: 'text/html; charset=utf-8', body });

const signInFirst = (): Answer => ({ status: 302, headers: { Location: '/login' }, body: '' });

/** The fields of a form or of a JSON object; none for any other body. */
function fields({ headers }: IncomingMessage, body: Buffer): Record<string, unknown> {
  const text = body.toString('utf8');
  if (!headers['content-type']?.startsWith('application/json')) {
    return Object.fromEntries(new URLSearchParams(text));
  }
  try {
    return { ...(JSON.parse(text) as object) };
  } catch {
    return {};
  }
}

function uploaded(body: Buffer, { headers }: IncomingMessage): Answer {
  const sha256 = createHash('sha256').update(body).digest('hex');
  return json({ sha256, size: body.length, content_type: headers['content-type'] ?? null }, 201);
}

function staticFile(path: string): Answer {
  const file = STATIC_FILES[path];
  if (!file) return json({ error: 'not_found', path }, 404);
  return { type: file.type, headers: { 'Cache-Control': 'max-age=3600' }, body: file.content };
}

function adminPage(session: Session | undefined, path: string): Answer {
  if (session?.role !== 'admin') return json({ error: 'forbidden', message: 'For admins only.' }, 403);
  return json({ page: path, user: session.user });
}

function send(
  request: IncomingMessage,
  response: ServerResponse,
  { status = 200, type, headers, body }: Answer,
): void {
  response.writeHead(status, {
    ...(type === undefined ? {} : { 'Content-Type': type }),
    ...headers,
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}
