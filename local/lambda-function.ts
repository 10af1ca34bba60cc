import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { MovableClock } from './clock.ts';
import type { Fault, FaultRegistry } from './faults.ts';
import { LambdaInstance, type Outcome } from './lambda-instance.ts';
import type { FunctionErrorPayload, InvocationResult } from './local-services.ts';
import type { LogStore } from './log-store.ts';
import type { Observer } from './observation.ts';

/** A function as the template describes it, everything resolved. */
export interface FunctionSettings {
  /** Name in the local cloud. */
  readonly name: string;
  readonly logicalId: string;
  /** Name by which AWS knows it: what `Ref` gives. */
  readonly awsName: string;
  readonly arn: string;
  readonly codeFolder: string;
  readonly handler: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** Invocations at once beyond which a call is throttled; undefined: no limit but the queue. */
  readonly reservedConcurrency?: number;
  readonly logFormat: 'Text' | 'JSON';
  readonly logGroupName: string;
  /** The template's variables and those that Lambda sets. */
  readonly environment: Readonly<Record<string, string>>;
}

/** What the functions share. */
export interface FunctionSurroundings {
  readonly clock: MovableClock;
  readonly faults: FaultRegistry;
  readonly logs: LogStore;
  readonly observe?: Observer | undefined;
  /** Invocations under way of all functions together. */
  readonly underWay?: (() => number) | undefined;
  /** Where, on this machine, the addresses are to be found that stand in environment variables. */
  readonly addresses?: (() => Readonly<Record<string, string>>) | undefined;
  /** A certificate (PEM) that functions trust besides the public authorities'. */
  readonly certificate?: string | undefined;
}

/** Thrown when a function's reserved concurrency is used up. */
export class FunctionThrottled extends Error {
  override readonly name = 'FunctionThrottled';
  readonly code = 'TooManyRequestsException';
  readonly reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';

  constructor() {
    super('Rate Exceeded.');
  }
}

/** Thrown when a function is invoked while the local cloud stops. */
export class FunctionEnded extends Error {
  override readonly name = 'FunctionEnded';
  readonly code = 'ServiceException';

  constructor(functionName: string) {
    super(`The function ${functionName} was invoked after its end.`);
  }
}

/** Thrown when the event of a synchronous invocation is larger than Lambda takes. */
export class EventTooLarge extends Error {
  override readonly name = 'EventTooLarge';
  readonly code = 'RequestTooLargeException';

  constructor(bytes: number) {
    super(
      `${bytes} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_LIMIT_BYTES} bytes)`,
    );
  }
}

/** Largest event and largest result of a synchronous invocation. Source: "Lambda quotas". */
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

/** Instances of one function that run side by side; further invocations wait for one to be free. */
const MAX_INSTANCES = 6;

/** Errors that come from outside of the function's code, so that nothing in it could log them. */
const WITHOUT_LINE = new Set([
  'Function.ResponseSizeTooLarge',
  'InjectedFault',
  'Runtime.ExitError',
  'Runtime.OutOfMemory',
]);

/** One function: its instances, kept warm, and the invocations that wait for one. */
export class LambdaFunction {
  readonly settings: FunctionSettings;
  readonly #surroundings: FunctionSurroundings;
  readonly #idle: LambdaInstance[] = [];
  readonly #instances = new Set<LambdaInstance>();
  readonly #waiting: ((instance: LambdaInstance) => void)[] = [];
  readonly #unsubscribe: () => void;
  #running = 0;
  #closed = false;

  constructor(settings: FunctionSettings, surroundings: FunctionSurroundings) {
    this.settings = settings;
    this.#surroundings = surroundings;
    this.#unsubscribe = surroundings.faults.onChange((service, fault) => {
      const ends = fault?.fault === 'down' || fault?.fault === 'init_error';
      if (service === this.#faultService && ends) this.#killAll();
    });
  }

  get #faultService(): `lambda:${string}` {
    return `lambda:${this.settings.name}`;
  }

  /** Invocations under way. */
  get running(): number {
    return this.#running;
  }

  /** Waits for the function's answer. @throws FunctionThrottled, EventTooLarge */
  async invoke(payload: string, invokedArn = this.settings.arn): Promise<InvocationResult> {
    const size = Buffer.byteLength(payload);
    if (size > PAYLOAD_LIMIT_BYTES) throw new EventTooLarge(size);
    const { reservedConcurrency = Number.POSITIVE_INFINITY } = this.settings;
    const fault = this.#surroundings.faults.draw(this.#faultService);
    if (this.#running >= reservedConcurrency || fault?.fault === 'throttled') {
      this.#observe('throttle', 0);
      throw new FunctionThrottled();
    }
    this.#running++;
    const requestId = randomUUID();
    const started = performance.now();
    try {
      const outcome =
        (fault && (await this.#suffer(fault, requestId))) ??
        limited(await this.#run(requestId, payload, invokedArn));
      if (outcome.functionError) this.#logFailure(requestId, outcome);
      this.#observe(outcome.functionError ? 'error' : 'success', performance.now() - started);
      return { requestId, ...outcome };
    } finally {
      this.#running--;
    }
  }

  /** Ends every instance and waits until they are gone. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#unsubscribe();
    await Promise.all([...this.#instances].map((instance) => instance.close()));
  }

  #observe(outcome: 'success' | 'error' | 'throttle', milliseconds: number): void {
    const { awsName } = this.settings;
    this.#surroundings.observe?.({
      kind: 'invocation',
      functionName: awsName,
      outcome,
      milliseconds,
      concurrent: this.#running,
      concurrentInAll: this.#surroundings.underWay?.() ?? this.#running,
    });
  }

  /** Lets a fault of this function act on an invocation; an outcome if the handler must not run. */
  async #suffer(fault: Fault, requestId: string): Promise<Outcome | undefined> {
    if (fault.fault === 'slow') {
      const { timeoutMs } = this.settings;
      await delay(Math.min(fault.ms, timeoutMs));
      return fault.ms < timeoutMs
        ? undefined
        : { payload: JSON.stringify(this.#timedOut(requestId)), functionError: 'Unhandled' };
    }
    const reason = { down: 'signal: killed', init_error: 'exit status 1' }[String(fault.fault)];
    if (fault.fault === 'init_error') this.#logInitFailure(requestId);
    const error: FunctionErrorPayload =
      reason === undefined
        ? {
            errorType: 'InjectedFault',
            errorMessage: `The fault "errors" of ${this.#faultService} hit this call.`,
          }
        : {
            errorType: 'Runtime.ExitError',
            errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${reason}`,
          };
    return { payload: JSON.stringify(error), functionError: 'Unhandled' };
  }

  /** A function that is too slow for its own time limit. */
  #timedOut(requestId: string): FunctionErrorPayload {
    const seconds = (this.settings.timeoutMs / 1000).toFixed(2);
    return {
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${requestId} Error: Task timed out after ${seconds} seconds`,
    };
  }

  async #run(requestId: string, payload: string, invokedArn: string): Promise<Outcome> {
    const { awsName, memoryMb, logGroupName } = this.settings;
    const instance = await this.#acquire();
    try {
      return await instance.invoke({
        requestId,
        payload,
        traceId: traceId(this.#surroundings.clock.now()),
        context: {
          awsRequestId: requestId,
          functionName: awsName,
          functionVersion: '$LATEST',
          invokedFunctionArn: invokedArn,
          memoryLimitInMB: String(memoryMb),
          logGroupName,
          logStreamName: 'local',
          callbackWaitsForEmptyEventLoop: true,
        },
      });
    } finally {
      this.#release(instance);
    }
  }

  /** The instance used last, so that few stay warm; a new one if none is free; else waits for one. */
  #acquire(): LambdaInstance | Promise<LambdaInstance> {
    for (let idle = this.#idle.pop(); idle; idle = this.#idle.pop()) {
      if (!idle.ended) return idle;
      this.#instances.delete(idle);
    }
    if (this.#instances.size < MAX_INSTANCES) return this.#start();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  #release(instance: LambdaInstance): void {
    if (instance.ended) this.#instances.delete(instance);
    const next = this.#waiting.shift();
    if (next) next(instance.ended && !this.#closed ? this.#start() : instance);
    else if (!instance.ended) this.#idle.push(instance);
  }

  #start(): LambdaInstance {
    if (this.#closed) throw new FunctionEnded(this.settings.name);
    const { codeFolder, handler, timeoutMs, logFormat, environment, memoryMb, name } = this.settings;
    const { clock, logs, certificate, addresses } = this.#surroundings;
    const instance = new LambdaInstance({
      codeFolder,
      handler,
      timeoutMs,
      logFormat,
      environment: localised(environment, addresses?.() ?? {}),
      memoryMb,
      clock: clock.shared,
      ...(certificate && { certificate }),
      nodeOptions: (environment.NODE_OPTIONS ?? '').split(/\s+/).filter((option) => option !== ''),
      onLine: ({ type: _type, ...line }) => logs.append({ group: name, ...line }),
    });
    this.#instances.add(instance);
    return instance;
  }

  #killAll(): void {
    for (const instance of this.#instances) instance.kill();
  }

  /** Source: "Understanding the Lambda execution environment lifecycle", failures during the init phase. */
  #logInitFailure(requestId: string): void {
    const { clock, logs } = this.#surroundings;
    const message = ['INIT_REPORT Init Duration: 0.00 ms', 'Phase: init', 'Status: error'].join('\t');
    const line = `${message}\tError Type: Runtime.ExitError`;
    logs.append({ group: this.settings.name, timestamp: clock.now(), message: line, requestId });
  }

  #logFailure(requestId: string, outcome: Outcome): void {
    const { errorType, errorMessage } = JSON.parse(outcome.payload) as FunctionErrorPayload;
    if (!WITHOUT_LINE.has(errorType)) return;
    const { clock, logs } = this.#surroundings;
    const timestamp = clock.now();
    const message = [
      new Date(timestamp).toISOString(),
      requestId,
      'ERROR',
      `${errorType}: ${errorMessage}`,
    ].join('\t');
    logs.append({ group: this.settings.name, timestamp, message, requestId });
  }
}

/** The variables with every address of the deployed stack replaced by the one at which the local cloud serves the same. */
function localised(
  environment: Readonly<Record<string, string>>,
  addresses: Readonly<Record<string, string>>,
): Record<string, string> {
  const here = (value: string): string =>
    Object.entries(addresses).reduce((text, [deployed, local]) => text.replaceAll(deployed, local), value);
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, here(value)]));
}

/** The outcome, or the error that takes the place of a result that is too large. */
function limited(outcome: Outcome): Outcome {
  const size = Buffer.byteLength(outcome.payload);
  if (size <= PAYLOAD_LIMIT_BYTES) return outcome;
  const error: FunctionErrorPayload = {
    errorType: 'Function.ResponseSizeTooLarge',
    errorMessage: `Response payload size (${size} bytes) exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
  };
  return { payload: JSON.stringify(error), functionError: 'Unhandled' };
}

function traceId(now: number): string {
  const seconds = Math.floor(now / 1000).toString(16);
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')};Parent=${randomBytes(8).toString('hex')};Sampled=0`;
}
