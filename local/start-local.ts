import { createServer } from 'node:net';
import { type Cloud, startCloud } from './cloud.ts';
import { LocalData } from './local-data.ts';
import { SampleOrigin } from './sample-origin/sample-origin.ts';
import { SEED_USERS, type SignIn, seed } from './seed.ts';
import { createServices, type Services } from './services/create-services.ts';
import { listenLoopback } from './services/listen-loopback.ts';

/** What to start, and where. */
interface LocalOptions {
  readonly assemblyDir: string;
  readonly dataDir: string;
  /** Port of the REST API; 0 chooses a free one. */
  readonly port: number;
  /** Whether to forget what was kept from the last start. */
  readonly fresh: boolean;
  /** Whether the tables are in memory only. */
  readonly memory: boolean;
  /** The redis-server program. */
  readonly redisServer: string;
}

/** A local cloud with its sample origin and its users. */
export interface Local {
  readonly cloud: Cloud;
  readonly url: string;
  readonly originUrl: string;
  /** Null where the stack has no cache: the sample application alone uses it then. */
  readonly redisUrl: string | null;
  readonly awsEndpointUrl: string;
  readonly users: Readonly<Record<string, SignIn>>;
  /** Stops everything that was started. */
  close(): Promise<void>;
}

/** Thrown when the port of the REST API is taken. */
export class PortInUse extends Error {
  override readonly name = 'PortInUse';

  constructor(port: number) {
    super(`Port ${port} is in use: stop the program that listens on it, or choose another with --port.`);
  }
}

/** Host name of the origin that the stack is synthesised with. */
const ORIGIN_HOST = 'origin.test';

/** Starts everything; throws, having stopped what it had begun, when a part doesn't start. */
export async function startLocal(options: LocalOptions): Promise<Local> {
  await checkPort(options.port);
  const data = new LocalData(options.dataDir, options);
  const stops: (() => Promise<void> | void)[] = [() => data.release()];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const ports = data.ports();
    let services: Services | undefined;
    const running = (): Services => {
      if (!services) throw new Error('The services have not been started yet.');
      return services;
    };
    let cloud: Cloud | undefined;
    const now = () => cloud?.clock.now() ?? Date.now();
    const origin = await SampleOrigin.start({
      secret: () => originSecret(cloud, running()),
      users: SEED_USERS,
      store: () => running().redis.client,
      now,
      port: ports.origin,
    });
    stops.push(() => origin.close());
    cloud = await startCloud({
      assemblyDir: options.assemblyDir,
      port: options.port,
      hosts: { [ORIGIN_HOST]: origin.url },
      createServices: async (context) => {
        services = await createServices(context, {
          folder: data.folder,
          memory: options.memory,
          redisServer: options.redisServer,
          ports,
        });
        return services;
      },
    });
    stops.push(cloud.close);
    const { redis, userPools, awsEndpointUrl, tick } = running();
    data.rememberPorts({ aws: portOf(awsEndpointUrl), redis: redis.port, origin: portOf(origin.url) });
    // What the schedules prepare, such as the issuer's keys, is there before the first request.
    await Promise.all([tick(), redis.settled()]);
    const hasSessions = cloud.stack.resources('AWS::ElastiCache::ServerlessCache').length > 0;
    const users = await seed(cloud.stack, userPools, hasSessions ? redis.client : undefined, now);
    return {
      cloud,
      url: cloud.url,
      originUrl: origin.url,
      redisUrl: hasSessions ? redis.url : null,
      awsEndpointUrl,
      users,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The secret that the stack's output OriginSecretArn names: what the gateway sends, the origin asks for. */
function originSecret(cloud: Cloud | undefined, services: Services): string {
  return services.secret({ secretId: String(cloud?.stack.outputs().OriginSecretArn) });
}

/** Before anything is started, so that a port in use is told at once. @throws PortInUse */
async function checkPort(port: number): Promise<void> {
  if (port === 0) return;
  const server = createServer();
  try {
    const bound = await listenLoopback(server, port);
    if (bound !== port) throw new PortInUse(port);
  } finally {
    server.close();
  }
}

const portOf = (url: string): number => Number(new URL(url).port);
