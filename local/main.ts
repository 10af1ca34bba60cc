/** Runs the local cloud until it is told to stop. Started by scripts/start.mjs. */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { FolderInUse } from './local-data.ts';
import { type Local, PortInUse, startLocal } from './start-local.ts';
import { summary } from './summary.ts';

const HELP = `Runs the stack on this machine, with a sample application behind it.

Usage: npm start -- [options]

  --port N        port of the API (default 5000; 0 for any free one)
  --fresh         forget everything from earlier runs on this port
  --memory        keep the tables in memory, which is faster; nothing is kept then
  --json          once ready, print one line of JSON on standard output
  --follow        print the functions' log lines as they come
  --data DIR      where to keep the state (default .local-cloud/<port>)
  --profile NAME  which stack: whole (the default), essential or smallest
  --assembly DIR  the synthesised stack (default cdk.out)
  --help          print this

Stop it with Ctrl-C.
`;

/** Milliseconds after which a stop that hangs is made short. */
const STOP_LIMIT_MS = 2_000;
/** A terminal, npm and the starting script may each pass on the same Ctrl-C. */
const SAME_SIGNAL_MS = 700;

const project = path.resolve(import.meta.dirname, '..');
let local: Local | undefined;
let stoppingSince = 0;

const options = readOptions();
if (options.help) {
  process.stdout.write(HELP);
} else {
  // Settled by `fail`, which ends the process.
  await run().catch(fail);
}

async function run(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void stop(0));
  process.on('disconnect', () => void stop(0));
  process.on('uncaughtException', (error) => {
    console.error(error);
    void stop(1);
  });
  local = await startLocal({
    assemblyDir: path.resolve(options.assembly ?? path.join(project, 'cdk.out')),
    dataDir: path.resolve(options.data ?? path.join(project, '.local-cloud', String(options.port))),
    port: options.port,
    fresh: options.fresh,
    memory: options.memory,
    redisServer: process.env.REDIS_SERVER ?? 'redis-server',
  });
  if (stoppingSince > 0) return await end(0);
  if (options.follow) {
    local.cloud.logs.onEntry(({ timestamp, group, message }) =>
      process.stderr.write(`${new Date(timestamp).toISOString()} ${group} ${message}\n`),
    );
  }
  if (options.json) process.stdout.write(`${JSON.stringify(readyLine(local))}\n`);
  else process.stderr.write(summary(local));
}

function readyLine({ url, originUrl, redisUrl, awsEndpointUrl, users }: Local): object {
  return {
    ready: true,
    url,
    console: `${url}/console/`,
    origin: originUrl,
    redis: redisUrl,
    dynamodb: awsEndpointUrl,
    users,
  };
}

/** The first call stops everything; one that comes later, when somebody has lost patience, ends the process at once. */
async function stop(code: number): Promise<void> {
  const now = performance.now();
  if (stoppingSince > 0) {
    if (now - stoppingSince > SAME_SIGNAL_MS) process.exit(130);
    return;
  }
  stoppingSince = now;
  // What is still starting is ended by `run`, as soon as there is something to end.
  if (local) await end(code);
}

async function end(code: number): Promise<void> {
  setTimeout(() => process.exit(code), STOP_LIMIT_MS).unref();
  await local?.close().catch((error: unknown) => console.error(error));
  process.exit(code);
}

function fail(error: unknown): void {
  const plain =
    error instanceof PortInUse ||
    error instanceof FolderInUse ||
    (error as NodeJS.ErrnoException).code === 'EACCES';
  console.error(plain ? (error as Error).message : error);
  process.exit(1);
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '5000' },
        fresh: { type: 'boolean', default: false },
        memory: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        follow: { type: 'boolean', default: false },
        data: { type: 'string' },
        assembly: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535) {
      throw new TypeError(`--port takes a number from 0 to 65535, not "${values.port}".`);
    }
    return { ...values, port };
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${HELP}`);
    return process.exit(1);
  }
}
