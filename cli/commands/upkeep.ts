import { randomUUID } from 'node:crypto';
import type { Io } from '../io.ts';
import { type JsonObject, textOf } from '../json-object.ts';
import { confirmed } from '../prompts/confirm.ts';
import { printJson, printLine } from '../render/output.ts';
import { printable } from '../render/painter.ts';
import { openTransport } from '../transport/open-transport.ts';
import { asStatus } from '../transport/read-status.ts';
import type { Transport } from '../transport/transport.ts';
import type { ChangeOptions } from './change.ts';
import { showStatus } from './status.ts';

interface LogLevelOptions extends ChangeOptions {
  readonly minutes?: number;
}

interface ResetOptions extends ChangeOptions {
  readonly windows?: true;
  readonly rules?: true;
  readonly yes?: true;
}

/** Has every instance of every function drop what it remembers. */
export async function refresh(options: ChangeOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await send(transport, '/refresh', {}, options);
  if (options.json) return printJson(io, answer);
  printLine(
    io,
    'Refreshed: every instance drops what it remembers with its next request, within a second at the latest.',
  );
}

/** Has every decision told in the log for a while, or no more. */
export async function changeLogLevel(
  level: 'debug' | 'info',
  options: LogLevelOptions,
  io: Io,
): Promise<void> {
  const answer = await askLogLevel(level, options, io);
  if (options.json) return printJson(io, answer);
  const until = textOf(answer.until);
  printLine(
    io,
    until === null
      ? 'Log level info: decisions are told where they matter.'
      : printable(`Log level debug: every decision is told until ${until}.`),
  );
}

/** Asks for a log level; tells nothing. */
export async function askLogLevel(
  level: 'debug' | 'info',
  options: LogLevelOptions,
  io: Io,
): Promise<JsonObject> {
  const transport = await openTransport(options, io, 'needed');
  const { minutes } = options;
  return await send(transport, '/log-level', minutes === undefined ? { level } : { level, minutes }, options);
}

/** Takes everything out of the state that could be stuck in it, once that is confirmed. */
export async function reset(options: ResetOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const { windows = false, rules = false } = options;
  const version = await confirmed(options, io, transport, {
    command: 'reset',
    consequences: [
      'Whatever is active ends for everybody, and blocked operations resume at once.',
      'Revocations, a purge of sessions that waits, and the log level are taken back. Sessions that have ended stay so.',
      windows ? 'Scheduled windows are taken away.' : 'Scheduled windows stay.',
      rules ? 'Your own classification rules are taken away.' : 'Your own classification rules stay.',
      'The history keeps everything.',
    ],
    question: 'Reset the state?',
  });
  const answer = await send(transport, '/reset', { windows, rules }, { ifMatch: version, ...options });
  showStatus(asStatus(answer, transport.target), options, io);
}

function send(
  transport: Transport,
  path: string,
  body: JsonObject,
  { idempotencyKey = randomUUID(), ifMatch }: Pick<ChangeOptions, 'idempotencyKey' | 'ifMatch'>,
): Promise<JsonObject> {
  return transport.send({ method: 'POST', path, body, idempotencyKey, ifMatch });
}
