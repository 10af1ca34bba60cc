import type { IncomingMessage } from 'node:http';
import { LOCAL_REGION } from './account.ts';
import { loadAssembly } from './assembly.ts';
import { MovableClock } from './clock.ts';
import { Drift } from './drift.ts';
import { FaultRegistry } from './faults.ts';
import type { HostMap } from './gateway/http-proxy.ts';
import { readRestApi } from './gateway/rest-api.ts';
import { Gateway } from './gateway.ts';
import { RoleAccess } from './iam.ts';
import { LambdaRuntime } from './lambda-runtime.ts';
import type { CloudContext, CreateServices, LocalServices, RunningCloud } from './local-services.ts';
import { LogStore } from './log-store.ts';
import { refuseUnsupported } from './supported-resources.ts';
import { runTriggers } from './triggers.ts';

/** How to start a local cloud. */
interface CloudOptions {
  /** The folder that `cdk synth` wrote. */
  readonly assemblyDir: string;
  /** Which stack of the assembly; needed when it holds several. */
  readonly stackName?: string;
  /** Port of the REST API on 127.0.0.1; 0 chooses a free one. */
  readonly port: number;
  /** Addresses of the host names that the template proxies to. */
  readonly hosts: HostMap;
  readonly createServices: CreateServices;
  /** Overrides the clients' source address; for tests. */
  readonly sourceAddress?: (request: IncomingMessage) => string;
}

/** A running local cloud. */
export interface Cloud extends RunningCloud {
  readonly services: LocalServices;
  /** Stops everything that was started. */
  close(): Promise<void>;
}

/**
 * Runs the stack of a cloud assembly on this machine: its functions, its REST API, and the services
 * behind them. Throws, having stopped what it had begun, when the template holds something it does not know.
 *
 * @example const cloud = await startCloud({ assemblyDir: 'cdk.out', port: 5000, hosts, createServices })
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const { stack, sites } = loadAssembly(options.assemblyDir, options.stackName);
  const [site] = sites;
  refuseUnsupported(stack);
  const faults = new FaultRegistry();
  const context: CloudContext = {
    stack,
    clock: new MovableClock(),
    faults,
    logs: new LogStore(),
    access: new RoleAccess(stack, faults),
    drift: new Drift(),
  };
  const stops: (() => Promise<void>)[] = [];
  const close = async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const services = await options.createServices(context);
    stops.push(() => services.close());
    stack.useSource(services);
    const api = readRestApi(stack);
    let url: string | undefined;
    const functions = new LambdaRuntime(context, services, () => ({
      ...Object.fromEntries(
        Object.entries(options.hosts).map(([host, address]) => [`https://${host}`, address]),
      ),
      ...(url && { [`https://${api.id}.execute-api.${LOCAL_REGION}.amazonaws.com/${api.stage}`]: url }),
    }));
    stops.push(() => functions.close());
    const gateway = new Gateway({
      api,
      functions,
      hosts: options.hosts,
      clock: context.clock,
      logs: context.logs,
      drift: context.drift,
      originFault: () => faults.draw('origin'),
      handleLocal: (request, response) =>
        site?.serve(request, response) ?? services.handle(request, response),
      ...(services.observe ? { observe: services.observe } : {}),
      ...(options.sourceAddress ? { sourceAddress: options.sourceAddress } : {}),
    });
    const port = await gateway.listen(options.port);
    stops.push(() => gateway.close());
    url = `http://localhost:${port}`;
    const cloud: RunningCloud = { ...context, functions, url };
    stops.push(() => services.detach());
    await services.attach(cloud);
    await runTriggers(cloud);
    return { ...cloud, services, close };
  } catch (error) {
    await close();
    throw error;
  }
}
