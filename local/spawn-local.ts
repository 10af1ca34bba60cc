import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** Somebody to sign in as. */
interface LocalUser {
  readonly username: string;
  readonly password: string;
  /** A live session, for the cookie `session_id`; null without sessions, which only tests of other profiles meet. */
  readonly session_id: string;
}

/** The line that a local cloud prints when it is ready. */
interface ReadyLine {
  readonly ready: true;
  readonly url: string;
  readonly console: string;
  readonly origin: string;
  /** Null without sessions, which only tests of other profiles meet. */
  readonly redis: string;
  readonly dynamodb: string;
  readonly users: Readonly<Record<'admin' | 'member' | 'worker', LocalUser>>;
}

/** A local cloud in a process of its own. */
export interface LocalCloud extends ReadyLine {
  readonly pid: number;
  /** Calls the API, or `/_local`, with a path. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** Ends it as a person would, or by another signal. Resolves with its exit code, null when it was killed. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** How to start a local cloud in a process of its own. */
export interface SpawnOptions {
  /** Folder of its state, which is left alone; without one a new folder is made, and removed at its stop. */
  readonly data?: string;
  /** Whether to keep what is in the folder. */
  readonly keep?: boolean;
  /** The folder that `cdk synth` wrote. */
  readonly assembly: string;
  /** Default 0: any free port. */
  readonly port?: number;
  readonly args?: readonly string[];
}

/** Milliseconds within which it must be ready. */
const READY_MS = 180_000;

/** Starts a local cloud and waits until it is ready; fails with all that it said when it is not. */
export async function startLocalCloud(options: SpawnOptions): Promise<LocalCloud> {
  const own = options.data === undefined ? mkdtempSync(path.join(tmpdir(), 'local-cloud-')) : undefined;
  const child = spawnLocalCloud({ ...options, data: options.data ?? own ?? '' });
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const remove = () => own !== undefined && rmSync(own, { recursive: true, force: true });
  try {
    const line = await firstLine(child, exited);
    const ready = JSON.parse(line) as ReadyLine;
    return {
      ...ready,
      pid: child.pid ?? 0,
      fetch: (path, init) => fetch(ready.url + path, init),
      stderr: () => stderr,
      stop: async (signal = 'SIGTERM') => {
        child.kill(signal);
        const code = await exited;
        remove();
        return code;
      },
    };
  } catch (cause) {
    child.kill('SIGKILL');
    remove();
    throw new Error(`The local cloud did not start:\n${stderr}`, { cause });
  }
}

/** Starts the program without waiting for anything; it stops when this process is gone. */
export function spawnLocalCloud({ data, keep, assembly, port = 0, args = [] }: SpawnOptions): ChildProcess {
  return spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'main.ts'),
      '--json',
      `--port=${port}`,
      ...(data === undefined ? [] : [`--data=${data}`]),
      ...(keep ? [] : ['--fresh']),
      `--assembly=${assembly}`,
      ...args,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  );
}

async function firstLine(child: ChildProcess, exited: Promise<number | null>): Promise<string> {
  if (!child.stdout) throw new Error('The local cloud has no standard output.');
  const lines = createInterface({ input: child.stdout });
  const limit = new AbortController();
  try {
    const line = once(lines, 'line', { signal: limit.signal }).then(([text]) => String(text));
    const early = exited.then((code) => Promise.reject(new Error(`It ended with code ${code}.`)));
    const late = new Promise<never>((_resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`It was not ready in ${READY_MS} ms.`)), READY_MS);
      limit.signal.addEventListener('abort', () => clearTimeout(timer));
    });
    line.catch(() => undefined);
    early.catch(() => undefined);
    return await Promise.race([line, early, late]);
  } finally {
    limit.abort();
  }
}
