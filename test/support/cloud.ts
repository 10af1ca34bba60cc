import { randomUUID } from 'node:crypto';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { type EventType, isReceipt } from '../../core/events/event-types.ts';
import { eventually } from './eventually.ts';
import { type LocalCloud, type LocalCloudOptions, startLocalCloud } from './local-cloud.ts';
import { patient } from './patience.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, undefined when it is none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every shape
  readonly json: any;
}

/** A request as the sample origin received it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
  readonly bodySha256: string;
}

export interface Call {
  readonly token?: string | undefined;
  /** Sent as JSON unless it is text or bytes already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string | string[]>>;
}

/** A local cloud with what tests do to it: calls with their exact path, sign-ins, toggles and faults. */
export class Cloud {
  readonly local: LocalCloud;
  readonly #tokens = new Map<string, string>();
  /** The services with a fault that a test has injected. */
  readonly #faulty = new Set<string>();

  constructor(local: LocalCloud) {
    this.local = local;
  }

  /** @param options how to start it, if not as usual */
  static async start(options: LocalCloudOptions = {}): Promise<Cloud> {
    return new Cloud(await startLocalCloud(options));
  }

  async stop(): Promise<void> {
    await this.local.stop();
  }

  /**
   * Sends a request as it is: neither path nor headers are tidied up on the way, as fetch would. On a busy machine the
   * authorizer may be too late: while no fault is injected the request, which nobody has seen then, is sent again.
   */
  async call(method: string, path: string, call: Call = {}): Promise<Answer> {
    const begun = performance.now();
    for (;;) {
      const answer = await this.#send(method, path, call);
      const isUndecided = answer.status === 503 && answer.json?.error === 'authorizer_unavailable';
      if (!isUndecided || this.#faulty.size > 0 || performance.now() - begun > patient(UNDECIDED_MS))
        return answer;
    }
  }

  #send(method: string, path: string, { token, body, headers = {} }: Call): Promise<Answer> {
    const payload =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array
        ? body
        : JSON.stringify(body);
    const { hostname, port } = new URL(this.local.url);
    return new Promise((resolve, reject) => {
      const outgoing = httpRequest(
        {
          hostname,
          port,
          method,
          path,
          headers: {
            ...(payload === undefined ? {} : { 'Content-Type': 'application/json' }),
            ...(payload === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(payload)) }),
            ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
            ...headers,
          },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text,
              json: parsed(text),
            });
          });
        },
      );
      outgoing.on('error', reject);
      outgoing.end(payload);
    });
  }

  control(method: string, path: string, call: Call = {}): Promise<Answer> {
    return this.call(method, `/api/maintenance${path}`, call);
  }

  /** The access token of one of the local users; signed in once. */
  async token(user: 'admin' | 'member' | 'worker'): Promise<string> {
    const known = this.#tokens.get(user);
    if (known !== undefined) return known;
    const token = await this.signIn(user);
    this.#tokens.set(user, token);
    return token;
  }

  /** A fresh sign-in through the user pool, as the command line does it. */
  async signIn(user: 'admin' | 'member' | 'worker'): Promise<string> {
    const { json } = await this.control('GET', '/signin');
    const { username, password } = this.local.users[user];
    const response = await fetch(new URL(json.issuer).origin, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.1',
        'X-Amz-Target': 'AWSCognitoIdentityProviderService.InitiateAuth',
      },
      body: JSON.stringify({
        AuthFlow: 'USER_PASSWORD_AUTH',
        ClientId: json.client_id,
        AuthParameters: { USERNAME: username, PASSWORD: password },
      }),
    });
    const answer = (await response.json()) as { AuthenticationResult?: { AccessToken: string } };
    if (!answer.AuthenticationResult) throw new Error(`Sign-in of ${user} failed: ${JSON.stringify(answer)}`);
    return answer.AuthenticationResult.AccessToken;
  }

  /**
   * A call of one of the local users. On a busy machine a part may answer too late: while no fault is injected the call
   * is sent again then, as a client would, and carried out once by its key.
   */
  async as(
    user: 'admin' | 'member' | 'worker',
    method: string,
    path: string,
    body?: unknown,
  ): Promise<Answer> {
    const headers: Record<string, string> = method === 'GET' ? {} : { 'Idempotency-Key': randomUUID() };
    const ask = async () => this.control(method, path, { token: await this.token(user), body, headers });
    let answer = await ask();
    if (isTooLate(answer) && this.#faulty.size === 0) {
      await eventually(async () => {
        answer = await ask();
        return !isTooLate(answer);
      });
    }
    return answer;
  }

  /**
   * A command of an admin that has to succeed. On a busy machine a store may answer too late: then it is sent again, as
   * a client would, and carried out once by its key.
   */
  async command(path: string, body?: Readonly<Record<string, unknown>>): Promise<Answer> {
    const key = { 'Idempotency-Key': randomUUID() };
    let answer: Answer | undefined;
    await eventually(async () => {
      answer = await this.control('POST', path, { token: await this.token('admin'), body, headers: key });
      return answer.status < 500;
    });
    if (answer?.status !== 200) throw new Error(`${path} was refused: ${answer?.status} ${answer?.text}`);
    return answer;
  }

  /** Ends whatever maintenance is active, so that tests do not depend on each other. */
  async reset(): Promise<void> {
    await this.command('/disable').catch((error: Error) => {
      if (!error.message.includes('maintenance_not_active')) throw error;
    });
    await this.enforced();
  }

  async enable(body: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    const answer = await this.command('/enable', { reason: 'Test', ...body });
    await this.enforced();
    return answer;
  }

  /**
   * Lets a second pass for the functions: from then on every instance decides by the newest state, as the contract
   * bounds it. Nobody waits for it.
   */
  async enforced(): Promise<void> {
    await this.#moveClock(1000);
    // So many calls at once that every warm instance gets one, and has read the newest state.
    await Promise.all(Array.from({ length: 12 }, () => this.call('GET', '/health')));
  }

  /** Waits until the sessions that were to go are deleted, and the receipt is in the log: then no event comes by itself. */
  async purged(): Promise<void> {
    await eventually(async () => {
      const { json } = await this.control('GET', '/status');
      return !['pending', 'running'].includes(json.session_purge?.status);
    });
  }

  /** The newest events, newest first, without the receipts: those come when they come. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every type
  async commandsInHistory(): Promise<any[]> {
    const { json } = await this.as('admin', 'GET', '/history?limit=100');
    return json.items.filter(({ type }: { type: EventType }) => !isReceipt(type));
  }

  async fault(service: string, fault: string, own: { ms?: number; rate?: number } = {}): Promise<void> {
    const answer = await this.call('POST', '/_local/faults', { body: { service, fault, ...own } });
    if (answer.status >= 300) throw new Error(`Fault refused: ${answer.text}`);
    if (fault === 'none') this.#faulty.delete(service);
    else this.#faulty.add(service);
  }

  /** Moves the clock of the functions; tokens may have expired by then. */
  async advanceClock(milliseconds: number): Promise<void> {
    await this.#moveClock(milliseconds);
    this.#tokens.clear();
  }

  async #moveClock(milliseconds: number): Promise<void> {
    const answer = await this.call('POST', '/_local/clock', { body: { advance_ms: milliseconds } });
    if (answer.status >= 300) throw new Error(`Clock refused: ${answer.text}`);
  }

  tick(): Promise<Answer> {
    return this.call('POST', '/_local/tick');
  }

  /** What reached the sample origin. */
  async received(): Promise<Received[]> {
    const response = await fetch(`${this.local.origin}/_origin/requests`);
    const { requests } = (await response.json()) as { requests: Received[] };
    return requests;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** How long an authorizer may go on being too late on a quiet machine, ms. */
const UNDECIDED_MS = 5000;

/** What a part that did not answer in time comes to. */
const TOO_LATE: readonly string[] = ['state_store_unavailable', 'gateway_error'];

function isTooLate({ status, json }: Answer): boolean {
  return status >= 502 && TOO_LATE.includes(json?.error);
}
