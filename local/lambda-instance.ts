import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { MovableClock } from './clock.ts';
import type { FromInstance, InstanceData, ToInstance } from './lambda-protocol.ts';
import type { FunctionErrorPayload, InvocationResult } from './local-services.ts';

/** How an invocation ended: the answer without the request's id. */
export type Outcome = Omit<InvocationResult, 'requestId'>;

/** A line that a function wrote. */
type OutputLine = Extract<FromInstance, { type: 'line' }>;

/** What an instance needs to run. */
interface InstanceSettings extends InstanceData {
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Options of node for the instance, as a function's NODE_OPTIONS gives them. */
  readonly nodeOptions: readonly string[];
  onLine(line: OutputLine): void;
}

/** Longest that loading a handler may take. Source: "Lambda execution environment", init phase. */
const INIT_LIMIT_MS = 10_000;

const WORKER = new URL('./lambda-worker.ts', import.meta.url);

/** One execution environment of a function: serves one invocation at a time until it ends. */
export class LambdaInstance {
  readonly #worker: Worker;
  readonly #settings: InstanceSettings;
  readonly #ready: Promise<Outcome | undefined>;
  /** Settles what is awaited from the worker: first that it is ready, then each answer. */
  #settle: ((outcome: Outcome | undefined) => void) | undefined;
  #ended = false;
  #requestId = '';

  constructor(settings: InstanceSettings) {
    this.#settings = settings;
    const { environment, memoryMb, nodeOptions, onLine: _onLine, ...workerData } = settings;
    this.#worker = new Worker(WORKER, {
      workerData,
      env: { ...environment, NODE_COMPILE_CACHE: path.join(path.dirname(settings.codeFolder), '.compiled') },
      execArgv: [...nodeOptions],
      resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    });
    this.#ready = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#worker.on('message', (message: FromInstance) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end(crash(exitErrorType(error), error.message)));
    this.#worker.on('exit', (code) => this.#end(exited(this.#requestId, code)));
    const limit = setTimeout(
      () => this.#end(crash('Sandbox.Timedout', `Init did not end within ${INIT_LIMIT_MS / 1000} seconds`)),
      INIT_LIMIT_MS,
    );
    void this.#ready.then(() => clearTimeout(limit));
  }

  /** Whether the instance can serve no more invocations. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Serves one invocation. Never rejects; the caller waits for the outcome before the next. */
  async invoke(invocation: ToInstance): Promise<Outcome> {
    this.#requestId = invocation.requestId;
    const failure = await this.#ready;
    if (failure) return failure;
    if (this.#ended) return exited(invocation.requestId, 1);
    const { timeoutMs } = this.#settings;
    const answer = new Promise<Outcome | undefined>((resolve) => {
      this.#settle = resolve;
    });
    const timer = setTimeout(() => this.#end(this.#timedOut(invocation.requestId)), timeoutMs);
    this.#worker.postMessage(invocation);
    const outcome = await answer;
    clearTimeout(timer);
    return outcome ?? exited(invocation.requestId, 0);
  }

  /** Ends the instance as a crash of its process would: an invocation under way fails. */
  kill(): void {
    this.#end(exited(this.#requestId, 137));
  }

  /** Ends the instance and waits until its thread is gone. */
  async close(): Promise<void> {
    this.kill();
    await this.#worker.terminate();
  }

  #receive(message: FromInstance): void {
    switch (message.type) {
      case 'line':
        this.#settings.onLine(message);
        break;
      case 'ready':
        this.#settled(undefined);
        break;
      case 'answer':
        this.#settled({
          payload: message.payload,
          ...(message.functionError ? { functionError: message.functionError } : {}),
        });
        break;
      case 'failed':
      case 'crashed':
        this.#end(failed(message.error));
        break;
    }
  }

  #timedOut(requestId: string): Outcome {
    const now = new Date(new MovableClock(this.#settings.clock).now());
    const seconds = (this.#settings.timeoutMs / 1000).toFixed(2);
    const errorMessage = `${now.toISOString()} ${requestId} Task timed out after ${seconds} seconds`;
    this.#settings.onLine({ type: 'line', message: errorMessage, timestamp: now.getTime(), requestId });
    return failed({ errorType: 'Sandbox.Timedout', errorMessage });
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    void this.#worker.terminate();
    this.#settled(outcome);
  }

  #settled(outcome: Outcome | undefined): void {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.(outcome);
  }
}

function failed(error: FunctionErrorPayload): Outcome {
  return { payload: JSON.stringify(error), functionError: 'Unhandled' };
}

function crash(errorType: string, errorMessage: string): Outcome {
  return failed({ errorType, errorMessage });
}

function exitErrorType(error: Error & { code?: string }): string {
  return error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError';
}

/** The error of an invocation whose process ended without an answer. */
function exited(requestId: string, code: number): Outcome {
  const how =
    code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: ${reason(code)}`;
  return crash('Runtime.ExitError', `RequestId: ${requestId} Error: ${how}`);
}

const reason = (code: number) => (code === 137 ? 'signal: killed' : `exit status ${code}`);
