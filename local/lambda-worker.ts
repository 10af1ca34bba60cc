/**
 * Runs one instance of a function in a thread of its own, as a Lambda execution environment does:
 * loads the handler once, then serves one invocation at a time. Started by lambda-instance.ts.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { format } from 'node:util';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromInstance, InstanceData, ToInstance } from './lambda-protocol.ts';
import type { FunctionErrorPayload } from './local-services.ts';

type Handler = (event: unknown, context: unknown) => unknown;

const data = workerData as InstanceData;
const port = parentPort;
if (!port) throw new Error('lambda-worker.ts runs in a worker thread only.');

/** The invocation under way; its lines carry its id. */
let current: string | undefined;

const send = (message: FromInstance): void => port.postMessage(message);

// Given so that an instance needn't compile anew what another has; a function has no such variable.
delete process.env.NODE_COMPILE_CACHE;
moveClock(new BigInt64Array(data.clock));
collectOutput();
loadAsCommonJs(data.codeFolder);

process.on('uncaughtException', (error) => end('crashed', serialise(error)));
process.on('unhandledRejection', (reason) => {
  const { errorType, errorMessage, trace } = serialise(reason);
  end('crashed', {
    errorType: 'Runtime.UnhandledPromiseRejection',
    errorMessage: `${errorType}: ${errorMessage}`,
    trace,
  });
});

try {
  if (data.certificate) await trust(data.certificate);
  const handler = await loadHandler();
  port.on('message', (message: ToInstance) => void serve(handler, message));
  send({ type: 'ready' });
} catch (error) {
  end('failed', serialise(error));
}

async function serve(handler: Handler, { requestId, payload, traceId, context }: ToInstance): Promise<void> {
  current = requestId;
  process.env._X_AMZN_TRACE_ID = traceId;
  const deadline = performance.now() + data.timeoutMs;
  const getRemainingTimeInMillis = () => Math.max(0, Math.round(deadline - performance.now()));
  try {
    const result = await handler(JSON.parse(payload), { ...context, getRemainingTimeInMillis });
    const text = JSON.stringify(result === undefined ? null : result);
    current = undefined;
    send({ type: 'answer', payload: text });
  } catch (error) {
    const serialised = serialise(error);
    writeLine('ERROR', ['Invoke Error', JSON.stringify(serialised)]);
    current = undefined;
    send({ type: 'answer', payload: JSON.stringify(serialised), functionError: 'Unhandled' });
  }
}

/** `index.handler` is the export `handler` of index.js, index.mjs or index.cjs in the folder of code. */
async function loadHandler(): Promise<Handler> {
  const dot = data.handler.lastIndexOf('.');
  const base = path.join(data.codeFolder, data.handler.slice(0, dot));
  const file = ['.js', '.mjs', '.cjs'].map((extension) => base + extension).find((name) => existsSync(name));
  if (!file) throw named('Runtime.ImportModuleError', `Error: Cannot find module '${path.basename(base)}'`);
  // require() goes by the format that loadAsCommonJs sets, and loads ES modules too unless they await at the top.
  const module = file.endsWith('.mjs') ? await import(pathToFileURL(file).href) : createRequire(file)(file);
  const handler = (module as Record<string, unknown>)[data.handler.slice(dot + 1)];
  if (typeof handler !== 'function') {
    throw named('Runtime.HandlerNotFound', `${data.handler} is undefined or not exported`);
  }
  return handler as Handler;
}

/**
 * In Lambda nothing lies above the folder of code, so a .js file there is CommonJS unless a
 * package.json in that folder says otherwise. Here the folder lies in a package of ES modules.
 */
function loadAsCommonJs(folder: string): void {
  const manifest = path.join(folder, 'package.json');
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).type === 'module') return;
  registerHooks({
    load(url, context, nextLoad) {
      const file = url.startsWith('file:') ? fileURLToPath(url) : '';
      const own =
        file.endsWith('.js') && file.startsWith(folder + path.sep) && !file.includes('node_modules');
      return nextLoad(url, own ? { ...context, format: 'commonjs' } : context);
    },
  });
}

/** Makes this thread's TLS connections trust a certificate besides the public authorities'. */
async function trust(certificate: string): Promise<void> {
  const { getCACertificates, setDefaultCACertificates } = await import('node:tls');
  setDefaultCACertificates([...getCACertificates('default'), certificate]);
}

/** Makes Date tell the local cloud's time: the machine's plus the shared offset. */
function moveClock(offset: BigInt64Array): void {
  const RealDate = Date;
  const now = () => RealDate.now() + Number(Atomics.load(offset, 0));
  const MovedDate = function (this: unknown, ...parts: unknown[]): unknown {
    if (!new.target) return new RealDate(now()).toString();
    return Reflect.construct(RealDate, parts.length === 0 ? [now()] : parts, new.target);
  };
  Object.defineProperty(MovedDate, 'name', { value: 'Date' });
  Object.defineProperty(MovedDate, 'length', { value: 7 });
  const moved = Object.assign(MovedDate, { now, parse: RealDate.parse, UTC: RealDate.UTC });
  moved.prototype = RealDate.prototype;
  RealDate.prototype.constructor = moved;
  globalThis.Date = moved as unknown as DateConstructor;
}

/** Sends what the function writes to the log: lines of stdout and stderr as they are, console calls as Lambda words them. */
function collectOutput(): void {
  const levels = {
    debug: 'DEBUG',
    info: 'INFO',
    log: 'INFO',
    trace: 'TRACE',
    warn: 'WARN',
    error: 'ERROR',
  } as const;
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...parts: unknown[]) => writeLine(level, parts);
  }
  process.stdout.write = collector();
  process.stderr.write = collector();
}

/** A `write` that sends whole lines and keeps the beginning of an unfinished one. */
function collector(): typeof process.stdout.write {
  let rest = '';
  return (chunk: string | Uint8Array, encoding?: unknown, callback?: unknown): boolean => {
    rest += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') sendLine(line);
    const done = typeof encoding === 'function' ? encoding : callback;
    if (typeof done === 'function') done();
    return true;
  };
}

/** Source: "Using Lambda advanced logging controls with Node.js" of the Lambda developer guide. */
function writeLine(level: string, parts: readonly unknown[]): void {
  const timestamp = new Date().toISOString();
  const requestId = current ?? 'undefined';
  if (data.logFormat === 'JSON') {
    const message = parts.length === 1 && typeof parts[0] === 'object' ? parts[0] : format(...parts);
    sendLine(JSON.stringify({ timestamp, level, requestId, message }));
  } else {
    sendLine([timestamp, requestId, level, format(...parts)].join('\t'));
  }
}

function sendLine(message: string): void {
  send({
    type: 'line',
    message,
    timestamp: Date.now(),
    ...(current === undefined ? {} : { requestId: current }),
  });
}

/** Logs and reports the error that ends this instance; the parent then ends the thread. */
function end(type: 'failed' | 'crashed', error: FunctionErrorPayload): void {
  writeLine('ERROR', ['Uncaught Exception', JSON.stringify(error)]);
  send({ type, error });
}

/** An error as Lambda's Node.js runtime serialises it. */
function serialise(error: unknown): FunctionErrorPayload {
  if (error instanceof Error || (typeof error === 'object' && error !== null && 'message' in error)) {
    const { name, message, stack } = error as Error;
    return { errorType: name || 'Error', errorMessage: String(message), trace: stack?.split('\n') ?? [] };
  }
  return { errorType: typeof error, errorMessage: String(error), trace: [] };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
