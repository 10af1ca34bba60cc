import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import type { Fault, FaultRegistry } from '../faults.ts';
import type { Certificate } from './cache/certificate.ts';
import { watchdog } from './child-watchdog.ts';

/** How a redis-server is started. */
export interface RedisOptions {
  /** The program. */
  readonly program: string;
  /** Folder of its data. */
  readonly folder: string;
  readonly faults: FaultRegistry;
  /** The port to take if it is free; 0 for any. */
  readonly port: number;
  /** How it serves a cache of the template besides its own plain port. */
  readonly cache?: RedisCacheOptions;
  /** Told each time the server can be used again, and each time it can't any more. */
  readonly onChange?: (change: 'up' | 'down') => void;
}

/** A redis-server behind a cache's endpoint. */
export interface RedisCacheOptions {
  readonly certificate: Certificate;
  /** The port that clients over TLS are told as the node's: the endpoint's. */
  readonly announcedPort: number;
  /** Who signs in through the endpoint, and what they may do: rules of an ACL. */
  readonly users: readonly { readonly id: string; readonly rules: readonly string[] }[];
  /** Of each of these users. */
  readonly password: string;
}

/** The local cloud itself; no id of a cache's user begins like this. */
const OWN_USER = '_local';
/** Slots of a Redis cluster. */
const SLOTS = 16_384;
/** The ports of a cluster's own bus lie so far above those for clients. */
const BUS_OFFSET = 10_000;
/**
 * Both ports stay below those that connections are given (32768 and up on Linux): a server that is down for a while finds
 * them free when it comes back.
 */
const LOWEST_PORT = 11_000;
const PORTS = 11_000;
/** Milliseconds that a server which is slow works between two pauses. */
const WORKING_MS = 2;
/** Milliseconds between two draws of whether calls are answered with errors. */
const ERROR_DRAW_MS = 20;
/** Milliseconds that a server has to come up or go down. */
const LIMIT_MS = 60_000;

/** A real redis-server as a cluster of one node, on loopback, its data appended to a file. */
export class RedisServer {
  readonly port: number;
  /** The port for TLS, which a cache's endpoint connects to; 0 without a cache. */
  readonly tlsPort: number;
  readonly #options: RedisOptions;
  /** Of the user that the local cloud itself works as, whatever the fault denies everybody else. */
  readonly #password = randomBytes(16).toString('hex');
  readonly #unsubscribe: () => void;
  #changes: Promise<void> = Promise.resolve();
  #child: ChildProcess | undefined;
  #endWatch: () => void = () => undefined;
  #client: RedisClient | undefined;
  #fault: AbortController | undefined;
  #stopping = false;

  private constructor(options: RedisOptions, ports: { plain: number; tls: number }) {
    this.#options = options;
    this.port = ports.plain;
    this.tlsPort = ports.tls;
    this.#unsubscribe = options.faults.onChange((service, fault) => {
      if (service !== 'redis') return;
      this.#changes = this.#changes.catch(() => undefined).then(() => this.#apply(fault));
      this.#changes.catch(() => undefined);
    });
  }

  /**
   * Begins to start the server; `settled` waits until it can be used. A cluster node refuses commands for its first two
   * seconds, whatever is asked of it, so that other parts had better start meanwhile.
   */
  static async start(options: RedisOptions): Promise<RedisServer> {
    mkdirSync(options.folder, { recursive: true });
    const plain = await freePort(options.port);
    const server = new RedisServer(options, { plain, tls: options.cache ? await freePort(0, [plain]) : 0 });
    server.#changes = server.#up();
    server.#changes.catch(() => undefined);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Whether the server can be used. */
  get isUp(): boolean {
    return this.#client !== undefined;
  }

  /** A client of the local cloud's own. Throws while the server is down. */
  get client(): RedisClient {
    if (!this.#client) throw new Error('Redis is down.');
    return this.#client;
  }

  /** Waits until the server is up, and the fault that was asked for last in force. @throws Error when it doesn't come up */
  async settled(): Promise<void> {
    await this.#changes;
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    this.#endFault();
    this.#stopping = true;
    await this.#changes.catch(() => undefined);
    await this.#down();
  }

  async #up(): Promise<void> {
    const { program, folder } = this.#options;
    this.#stopping = false;
    const flags = [
      ...Object.entries(this.#settings(folder)).map(([name, value]) => [`--${name}`, String(value)]),
      ...this.#users(true).map(([name, ...rules]) => ['--user', name, ...rules]),
    ].flat();
    // In a process group of its own, so that Ctrl-C in a terminal leaves its end to this process.
    const child = spawn(program, flags, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    this.#child = child;
    let output = '';
    const keep = (text: Buffer) => {
      output = (output + text.toString('utf8')).slice(-2_000);
    };
    child.stdout?.on('data', keep);
    child.stderr?.on('data', keep);
    const failed = new Promise<never>((_resolve, reject) => {
      child.once('error', (cause) => reject(new Error(`${program} can't be started.`, { cause })));
      child.once('exit', (code) => {
        reject(new Error(`redis-server ended with code ${code}:\n${output}`));
        if (!this.#stopping && this.#client)
          console.error(`redis-server ended by itself, code ${code}:\n${output}`);
      });
    });
    failed.catch(() => undefined);
    if (child.pid) this.#endWatch = watchdog(child.pid);
    this.#client = await Promise.race([this.#connect(), failed]);
    this.#options.onChange?.('up');
  }

  #settings(folder: string): Record<string, string | number> {
    const { cache } = this.#options;
    return {
      port: this.port,
      bind: '127.0.0.1',
      'protected-mode': 'yes',
      dir: folder,
      appendonly: 'yes',
      appendfsync: 'everysec',
      save: '',
      'cluster-enabled': 'yes',
      'cluster-config-file': 'nodes.conf',
      'cluster-announce-ip': '127.0.0.1',
      'cluster-require-full-coverage': 'yes',
      ...(cache && {
        'tls-port': this.tlsPort,
        'tls-cert-file': cache.certificate.certificateFile,
        'tls-key-file': cache.certificate.privateKeyFile,
        'tls-ca-cert-file': cache.certificate.certificateFile,
        'tls-auth-clients': 'no',
        // Only so does the node have a port of each kind, and tell each client the one of its kind.
        'tls-cluster': 'yes',
        'cluster-announce-port': this.port,
        'cluster-announce-tls-port': cache.announcedPort,
      }),
    };
  }

  /**
   * Names and rules of everybody who signs in with a password.
   *
   * @param allowed whether the users of the cache may do what they are there for
   */
  #users(allowed: boolean): [name: string, ...rules: string[]][] {
    const { users = [], password = '' } = this.#options.cache ?? {};
    return [
      [OWN_USER, 'on', `>${this.#password}`, '~*', '+@all'],
      ...users.map(({ id, rules }): [string, ...string[]] => [
        id,
        ...(allowed ? rules : ['on']),
        `>${password}`,
      ]),
    ];
  }

  async #connect(): Promise<RedisClient> {
    const client = new RedisClient({
      host: '127.0.0.1',
      port: this.port,
      username: OWN_USER,
      password: this.#password,
      lazyConnect: true,
      maxRetriesPerRequest: null,
      retryStrategy: () => 20,
    });
    // Refused connections while the server starts; its end is told by the process itself.
    client.on('error', () => undefined);
    await client.connect().catch(() => undefined);
    const limit = Date.now() + LIMIT_MS;
    while (Date.now() < limit) {
      if (this.#stopping) break;
      const info = await client.call('CLUSTER', 'INFO').catch(() => '');
      if (String(info).includes(`cluster_slots_assigned:0`)) {
        await client.call('CLUSTER', 'ADDSLOTS', ...Array.from({ length: SLOTS }, (_, slot) => String(slot)));
      } else if (String(info).includes('cluster_state:ok')) {
        return client;
      }
      await delay(20);
    }
    client.disconnect();
    throw new Error(`redis-server did not come up within ${LIMIT_MS / 1000} seconds.`);
  }

  /** Stops the server in order, its data written; kills it when that takes too long. */
  async #down(): Promise<void> {
    this.#stopping = true;
    this.#client?.disconnect();
    this.#client = undefined;
    const child = this.#child;
    this.#child = undefined;
    this.#endWatch();
    if (!child || child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    const ended = once(child, 'exit');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 1_500);
    await ended;
    clearTimeout(timer);
  }

  #endFault(): void {
    this.#fault?.abort();
    this.#fault = undefined;
  }

  async #apply(fault: Fault | undefined): Promise<void> {
    this.#endFault();
    if (fault?.fault === 'down') {
      if (this.#client) this.#options.onChange?.('down');
      return await this.#down();
    }
    if (!this.#child) await this.#up();
    await this.#letAllIn(true);
    await this.#client?.call('CONFIG', 'SET', 'maxmemory', '0');
    if (!fault) return;
    if (fault.fault === 'full') return await this.#fill();
    const ending = new AbortController();
    this.#fault = ending;
    if (fault.fault === 'slow') void this.#pauseAgainAndAgain(fault, ending.signal);
    else await this.#refuseCalls(fault, ending.signal);
  }

  /** Leaves no room: what would take more is refused (`OOM`), and nothing is thrown out for it. */
  async #fill(): Promise<void> {
    const used = Number(/^used_memory:(\d+)/m.exec((await this.#client?.info('memory')) ?? '')?.[1] ?? 2);
    // Half of what it takes already, so that it stays full when a client leaves.
    const limit = String(Math.floor(used / 2));
    await this.#client?.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction', 'maxmemory', limit);
  }

  /** Stops the process for the time asked for, lets it work for a moment, and so on: calls wait as for a slow server. */
  async #pauseAgainAndAgain({ ms, rate }: Fault, ending: AbortSignal): Promise<void> {
    const child = this.#child;
    while (!ending.aborted && child?.exitCode === null) {
      if (Math.random() < rate) child.kill('SIGSTOP');
      await delay(ms, undefined, { signal: ending }).catch(() => undefined);
      child.kill('SIGCONT');
      await delay(WORKING_MS);
    }
  }

  /** Takes every permission from everybody else for a share of the time. */
  async #refuseCalls({ rate }: Fault, ending: AbortSignal): Promise<void> {
    await this.#letAllIn(Math.random() >= rate);
    if (rate >= 1) return;
    void (async () => {
      while (!ending.aborted) {
        await delay(ERROR_DRAW_MS, undefined, { signal: ending }).catch(() => undefined);
        if (!ending.aborted) await this.#letAllIn(Math.random() >= rate).catch(() => undefined);
      }
    })();
  }

  async #letAllIn(allowed: boolean): Promise<void> {
    await this.#client?.call('ACL', 'SETUSER', 'default', allowed ? '+@all' : '-@all');
    for (const [name, ...rules] of this.#users(allowed)) {
      if (name !== OWN_USER) await this.#client?.call('ACL', 'SETUSER', name, 'reset', ...rules);
    }
  }
}

/** A port that is free, and whose bus port is free too, and that is none of those taken. */
async function freePort(preferred: number, taken: readonly number[] = []): Promise<number> {
  const random = () => LOWEST_PORT + Math.floor(Math.random() * PORTS);
  const candidates = [preferred, ...Array.from({ length: 50 }, random)].filter((port) => port > 0);
  for (const port of candidates) {
    if (!taken.includes(port) && (await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
  }
  throw new Error('No free port was found for redis-server.');
}

async function isFree(port: number): Promise<boolean> {
  if (port > 65_535) return false;
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
