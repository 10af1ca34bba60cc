import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Cluster, Redis } from 'ioredis';
import type { RedisSettings } from '../../core/sessions/redis-settings.ts';
import { patient } from './patience.ts';

interface RedisServersOptions {
  /** Servers of the cluster, each with an equal share of the slots; 0 for a server that is no cluster. */
  readonly masters: number;
  /** Password of the default user. */
  readonly password?: string;
  /** Whether data survives a stop. */
  readonly persistent?: boolean;
}

const SLOTS = 16_384;
const BUS_OFFSET = 10_000;
/** Milliseconds that a cluster has to come up; it refuses commands for the first two seconds whatever is done. */
const LIMIT_MS = 20_000;

/** Real redis-servers on loopback, for tests. */
export class RedisServers {
  /** How functions reach them. */
  readonly settings: RedisSettings;
  /** For what tests do themselves: patient, and connecting again by itself. */
  readonly client: Cluster | Redis;
  readonly #options: RedisServersOptions;
  readonly #folder = mkdtempSync(join(tmpdir(), 'redis-'));
  readonly #ports: readonly number[];
  readonly #children: ChildProcess[] = [];

  private constructor(options: RedisServersOptions, ports: readonly number[]) {
    this.#options = options;
    this.#ports = ports;
    const { password } = options;
    const [port = 0] = ports;
    this.settings = {
      host: '127.0.0.1',
      port,
      tls: false,
      auth: password === undefined ? { type: 'none' } : { type: 'password', user: null, password },
    };
    const redisOptions = { ...(password === undefined ? {} : { password }), maxRetriesPerRequest: null };
    this.client =
      options.masters === 0
        ? new Redis({ ...redisOptions, host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => 20 })
        : new Cluster([{ host: '127.0.0.1', port }], {
            lazyConnect: true,
            clusterRetryStrategy: () => 20,
            redisOptions,
          });
    this.client.on('error', () => {});
  }

  /** Starts them, empty. */
  static async start(options: RedisServersOptions): Promise<RedisServers> {
    const ports: number[] = [];
    while (ports.length < Math.max(1, options.masters)) ports.push(await freePort(ports));
    const servers = new RedisServers(options, ports);
    await servers.startAgain();
    await servers.client.connect();
    return servers;
  }

  /** Starts them after `stop`. */
  async startAgain(): Promise<void> {
    for (const port of this.#ports) this.#spawn(port);
    const nodes = this.#ports.map((port) => this.#direct(port));
    try {
      await Promise.all(
        nodes.map((node) => until(async () => (await node.ping().catch(() => '')) === 'PONG')),
      );
      if (this.#options.masters > 0) await this.#makeCluster(nodes);
    } finally {
      for (const node of nodes) node.disconnect();
    }
  }

  /** Ends them; nothing listens any more. */
  async stop(): Promise<void> {
    for (const child of this.#children.splice(0)) {
      const ended = once(child, 'exit');
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
    }
  }

  /** They keep their connections and answer nobody, until `resume`. */
  pause(): void {
    for (const child of this.#children) child.kill('SIGSTOP');
  }

  resume(): void {
    for (const child of this.#children) child.kill('SIGCONT');
  }

  async close(): Promise<void> {
    this.client.disconnect();
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #direct(port: number): Redis {
    const { password } = this.#options;
    const node = new Redis({
      host: '127.0.0.1',
      port,
      ...(password === undefined ? {} : { password }),
      maxRetriesPerRequest: null,
      enableReadyCheck: false,
      retryStrategy: () => 20,
    });
    node.on('error', () => {});
    return node;
  }

  #spawn(port: number): void {
    const { masters, password, persistent = false } = this.#options;
    const settings: Record<string, string> = {
      port: String(port),
      bind: '127.0.0.1',
      dir: this.#folder,
      save: '',
      appendonly: persistent ? 'yes' : 'no',
      appenddirname: `data-${port}`,
      ...(password === undefined ? {} : { requirepass: password }),
      ...(masters === 0
        ? {}
        : {
            'cluster-enabled': 'yes',
            'cluster-config-file': `nodes-${port}.conf`,
            'cluster-announce-ip': '127.0.0.1',
          }),
    };
    const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
    const child = spawn(process.env.REDIS_SERVER ?? 'redis-server', flags, { stdio: 'ignore' });
    this.#children.push(child);
  }

  async #makeCluster(nodes: readonly Redis[]): Promise<void> {
    const share = SLOTS / nodes.length;
    const [first] = this.#ports;
    for (const [index, node] of nodes.entries()) {
      const info = String(await node.cluster('INFO'));
      if (!info.includes('cluster_slots_assigned:0')) continue;
      const range = [Math.ceil(index * share), Math.ceil((index + 1) * share) - 1];
      await node.call('CLUSTER', 'ADDSLOTSRANGE', ...range.map(String));
      if (index > 0) await node.call('CLUSTER', 'MEET', '127.0.0.1', String(first));
    }
    const isUp = async (node: Redis): Promise<boolean> => {
      const info = String(await node.cluster('INFO'));
      return info.includes('cluster_state:ok') && info.includes(`cluster_size:${nodes.length}`);
    };
    await Promise.all(nodes.map((node) => until(() => isUp(node))));
  }
}

/** Asks until it is so. */
export async function until(isSo: () => Promise<boolean> | boolean): Promise<void> {
  const begun = performance.now();
  while (!(await isSo())) {
    const took = performance.now() - begun;
    if (took > patient(LIMIT_MS)) throw new Error(`It has not become so in ${Math.round(took)} ms.`);
    await delay(10);
  }
}

async function freePort(taken: readonly number[]): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const port = 11_000 + Math.floor(Math.random() * 11_000);
    if (!taken.includes(port) && (await isFree(port)) && (await isFree(port + BUS_OFFSET))) return port;
  }
  throw new Error('No free port was found for redis-server.');
}

async function isFree(port: number): Promise<boolean> {
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
