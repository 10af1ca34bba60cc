import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, createServer, type Server, type TLSSocket } from 'node:tls';
import type { CloudContext } from '../../local-services.ts';
import type { Network } from '../../network.ts';
import { listenLoopback } from '../listen-loopback.ts';
import type { RedisCacheOptions } from '../redis.ts';
import { type Certificate, makeCertificate } from './certificate.ts';
import { ProtocolError, readCommand, writeCommand } from './redis-command.ts';
import type { ServerlessCache } from './serverless-cache.ts';
import { SignIn } from './sign-in.ts';

/** What an endpoint works with. */
interface CacheEndpointOptions {
  readonly context: CloudContext;
  readonly network: Network;
  readonly cache: ServerlessCache;
  /** Folder of the certificate. */
  readonly folder: string;
  /** The redis-server's port for TLS. */
  redisPort(): number;
}

const WRONG_PASSWORD = '-WRONGPASS invalid username-password pair or user is disabled.\r\n';
const NO_AUTH = '-NOAUTH Authentication required.\r\n';
const NO_AUTH_HELLO =
  '-NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time\r\n';

/** Longest that a connection lasts by one token. Source: "Authenticating with IAM" of the ElastiCache user guide. */
const CONNECTION_MS = 12 * 60 * 60_000;
/** Milliseconds between two looks for connections that are too old. */
const AGE_CHECK_MS = 60_000;

/**
 * A serverless cache as clients see it: TLS, and a sign-in by an IAM token before anything else. From then on bytes
 * pass to the redis-server and back as they are, which knows the user by the same name and what the user may do.
 */
export class CacheEndpoint {
  readonly certificate: Certificate;
  readonly #options: CacheEndpointOptions;
  readonly #signIn: SignIn;
  readonly #server: Server;
  /** Of every user at the redis-server. */
  readonly #password = randomBytes(16).toString('hex');
  /** Everybody who is connected, those still shaking hands too. */
  readonly #sockets = new Set<Socket>();
  /** When each connection was made, by the movable clock. */
  readonly #connections = new Map<TLSSocket, number>();
  readonly #stops: (() => void)[];
  #port = 0;

  private constructor(options: CacheEndpointOptions, certificate: Certificate) {
    const { context, network, cache } = options;
    this.certificate = certificate;
    this.#options = options;
    this.#signIn = new SignIn(context, network, cache);
    this.#server = createServer({ cert: certificate.certificate, key: certificate.privateKey }, (client) =>
      this.#serve(client),
    );
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    const timer = setInterval(() => this.#endOld(context.clock.now()), AGE_CHECK_MS);
    this.#stops = [() => clearInterval(timer), context.clock.onMove((now) => this.#endOld(now))];
  }

  static async start(options: CacheEndpointOptions): Promise<CacheEndpoint> {
    const endpoint = new CacheEndpoint(options, await makeCertificate(options.folder));
    endpoint.#port = await listenLoopback(endpoint.#server);
    return endpoint;
  }

  get port(): number {
    return this.#port;
  }

  /** What the redis-server behind it must know. */
  get redisOptions(): RedisCacheOptions {
    const { certificate, port } = this;
    return { certificate, announcedPort: port, users: this.#options.cache.users, password: this.#password };
  }

  async close(): Promise<void> {
    for (const stop of this.#stops) stop();
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(client: TLSSocket): void {
    const { context, redisPort } = this.#options;
    this.#connections.set(client, context.clock.now());
    const redis = connect({ host: '127.0.0.1', port: redisPort(), ca: this.certificate.certificate });
    // Each end closes when the other does, whatever the reason; what it still had to say is passed on first.
    for (const socket of [client, redis]) socket.setNoDelay(true).on('error', () => undefined);
    redis.on('close', () => client.destroySoon());
    client.on('close', () => {
      redis.destroy();
      this.#connections.delete(client);
    });
    let received: Buffer = Buffer.alloc(0);
    const receive = (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      try {
        for (let command = readCommand(received); command; command = readCommand(received)) {
          received = received.subarray(command.length);
          const signedIn = this.#answer(client, command.args);
          if (client.destroyed) return;
          if (!signedIn) continue;
          client.off('data', receive);
          redis.write(writeCommand(signedIn));
          redis.write(received);
          client.pipe(redis);
          redis.pipe(client);
          return;
        }
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        client.off('data', receive);
        client.end(`-ERR Protocol error: ${error.message}\r\n`);
      }
    };
    client.on('data', receive);
  }

  /** Answers a command of somebody unknown; if it signs in, returns it as the redis-server is to get it. */
  #answer(client: TLSSocket, args: readonly string[]): string[] | undefined {
    const command = args[0]?.toUpperCase();
    const at = command === 'AUTH' ? 1 : command === 'HELLO' && args[2]?.toUpperCase() === 'AUTH' ? 3 : 0;
    const [user, token] = [args[at], args[at + 1]];
    if (at === 0) {
      client.write(command === 'HELLO' ? NO_AUTH_HELLO : NO_AUTH);
      return undefined;
    }
    // A password alone is the default user's, who can't sign in here.
    const outcome =
      user === undefined || token === undefined ? 'refused' : this.#signIn.judge(user, token, this.port);
    if (outcome === 'in') return args.with(at + 1, this.#password);
    if (outcome === 'unreachable') client.destroy();
    else client.write(WRONG_PASSWORD);
    return undefined;
  }

  #endOld(now: number): void {
    for (const [client, since] of this.#connections) if (now - since >= CONNECTION_MS) client.destroy();
  }
}
