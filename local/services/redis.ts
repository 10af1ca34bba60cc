import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { Redis as RedisClient } from 'ioredis';
import type { Fault, FaultRegistry } from '../faults.ts';
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
}

/** Slots of a Redis cluster. */
const SLOTS = 16_384;
/** The ports of a cluster's own bus lie so far above those for clients. */
const BUS_OFFSET = 10_000;
/** Milliseconds that a server which is slow works between two pauses. */
const WORKING_MS = 2;
/** Milliseconds between two draws of whether calls are answered with errors. */
const ERROR_DRAW_MS = 20;
/** Milliseconds that a server has to come up or go down. */
const LIMIT_MS = 10_000;

/** A real redis-server as a cluster of one node, on loopback, its data appended to a file. */
export class RedisServer {
  readonly port: number;
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

  private constructor(options: RedisOptions, port: number) {
    this.#options = options;
    this.port = port;
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
    const server = new RedisServer(options, await freePort(options.port));
    server.#changes = server.#up();
    server.#changes.catch(() => undefined);
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
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
    const settings = {
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
      user: `local on >${this.#password} ~* +@all`,
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => [
      `--${name}`,
      ...(name === 'user' ? String(value).split(' ') : [String(value)]),
    ]);
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
  }

  async #connect(): Promise<RedisClient> {
    const client = new RedisClient({
      host: '127.0.0.1',
      port: this.port,
      username: 'local',
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
    throw new Error('redis-server did not come up within 10 seconds.');
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
    if (fault?.fault === 'down') return await this.#down();
    if (!this.#child) await this.#up();
    await this.#letAllIn(true);
    if (!fault) return;
    const ending = new AbortController();
    this.#fault = ending;
    if (fault.fault === 'slow') void this.#pauseAgainAndAgain(fault, ending.signal);
    else await this.#refuseCalls(fault, ending.signal);
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
  }
}

/** A port that is free, and whose bus port is free too. */
async function freePort(preferred: number): Promise<number> {
  const random = () => 20_000 + Math.floor(Math.random() * 30_000);
  const candidates = [preferred, ...Array.from({ length: 50 }, random)].filter((port) => port > 0);
  for (const port of candidates) {
    if ((await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
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
