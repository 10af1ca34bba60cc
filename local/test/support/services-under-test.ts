import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MovableClock } from '../../clock.ts';
import { Drift } from '../../drift.ts';
import { FaultRegistry } from '../../faults.ts';
import { RoleAccess } from '../../iam.ts';
import { FunctionThrottled } from '../../lambda-function.ts';
import type { FunctionInvoker, InvocationResult, RunningCloud } from '../../local-services.ts';
import { LogStore } from '../../log-store.ts';
import { createServices, type Services } from '../../services/create-services.ts';
import type { Stack } from '../../stack.ts';

/** An invocation that the services made. */
export interface Invocation {
  readonly functionName: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into events of every shape
  readonly event: any;
}

/** The services of a handmade stack in this process, its functions replaced by what a test says. */
export class ServicesUnderTest {
  readonly cloud: RunningCloud;
  readonly services: Services;
  readonly invocations: Invocation[] = [];
  /** What the functions answer; throws for a function that fails, or FunctionThrottled for one that is not run. */
  handler: (invocation: Invocation) => unknown = () => null;
  readonly #folder: string;
  readonly #own: boolean;

  private constructor(cloud: RunningCloud, services: Services, folder: string, own: boolean) {
    this.cloud = cloud;
    this.services = services;
    this.#folder = folder;
    this.#own = own;
  }

  /** @param data folder of the state, left alone; without one a new folder is made and removed */
  static async start(stack: Stack, data?: string): Promise<ServicesUnderTest> {
    const folder = data ?? mkdtempSync(path.join(tmpdir(), 'services-'));
    const faults = new FaultRegistry();
    const context = {
      stack,
      clock: new MovableClock(),
      faults,
      logs: new LogStore(),
      access: new RoleAccess(stack, faults),
      drift: new Drift(),
    };
    const services = await createServices(context, {
      folder,
      redisServer: process.env.REDIS_SERVER ?? 'redis-server',
      ports: { aws: 0, redis: 0 },
    });
    stack.useSource(services);
    const invoke = async (functionName: string, payload: string): Promise<InvocationResult> =>
      under.#invoke({ functionName, event: JSON.parse(payload) });
    const functions: FunctionInvoker = {
      names: () => ['worker'],
      invoke,
      invokeAsync: (functionName, payload) => void invoke(functionName, payload),
    };
    const cloud: RunningCloud = { ...context, functions, url: 'http://localhost' };
    const under = new ServicesUnderTest(cloud, services, folder, data === undefined);
    await services.attach(cloud);
    await services.redis.settled();
    return under;
  }

  async stop(): Promise<void> {
    await this.services.detach();
    await this.services.close();
    if (this.#own) rmSync(this.#folder, { recursive: true });
  }

  #invoke(invocation: Invocation): InvocationResult {
    this.invocations.push(invocation);
    try {
      return { requestId: 'r', payload: JSON.stringify(this.handler(invocation) ?? null) };
    } catch (error) {
      if (error instanceof FunctionThrottled) throw error;
      const payload = JSON.stringify({ errorType: 'Error', errorMessage: (error as Error).message });
      return { requestId: 'r', payload, functionError: 'Unhandled' };
    }
  }
}
