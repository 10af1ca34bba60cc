import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** What a session of the application holds. */
export interface Session {
  readonly user: string;
  readonly role: string;
  /** RFC 3339. */
  readonly created_at: string;
}

/** The commands that sessions are kept with. */
export interface SessionStore {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, expiry: 'EX', seconds: number): Promise<unknown>;
  del(key: string): Promise<unknown>;
}

/** Name of the session cookie. */
export const SESSION_COOKIE = 'session_id';

const LIFETIME_SECONDS = 24 * 60 * 60;

/** The application's sessions in Redis. */
export class Sessions {
  readonly #store: () => SessionStore;
  readonly #now: () => number;
  readonly #prefix: string;

  /** @param now milliseconds since 1970 */
  constructor(store: () => SessionStore, now: () => number, prefix = 'vedfolnir:session:') {
    this.#store = store;
    this.#now = now;
    this.#prefix = prefix;
  }

  /** Begins a session. @returns its id */
  async begin(user: string, role: string): Promise<string> {
    const id = randomBytes(24).toString('base64url');
    const session: Session = { user, role, created_at: new Date(this.#now()).toISOString() };
    await this.#store().set(this.#prefix + id, JSON.stringify(session), 'EX', LIFETIME_SECONDS);
    return id;
  }

  async end(request: IncomingMessage): Promise<void> {
    const id = sessionId(request);
    if (id !== undefined) await this.#store().del(this.#prefix + id);
  }

  /** The session of a request; undefined without a live one. */
  async of(request: IncomingMessage): Promise<Session | undefined> {
    const id = sessionId(request);
    const value = id === undefined ? null : await this.#store().get(this.#prefix + id);
    return value === null ? undefined : (JSON.parse(value) as Session);
  }
}

function sessionId({ headers }: IncomingMessage): string | undefined {
  const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
  const found = cookies.find((cookie) => cookie.startsWith(`${SESSION_COOKIE}=`));
  return found?.slice(SESSION_COOKIE.length + 1);
}
