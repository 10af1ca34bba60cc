import { setTimeout as sleep } from 'node:timers/promises';
import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import type { CommonOptions, DirectOptions } from '../options/common-options.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { type Paint, painterFor, printable } from '../render/painter.ts';
import { askAws, type StackOptions } from '../transport/aws-call.ts';
import { type FunctionLogs, functionLogsOf, readStack } from '../transport/stack-resources.ts';
import { askLogLevel } from './upkeep.ts';

interface LogsOptions extends StackOptions, CommonOptions, DirectOptions {
  readonly function?: string;
  readonly errors?: true;
  readonly blocked?: true;
  readonly count?: true;
  readonly follow?: true;
  readonly level?: 'debug' | 'info';
  /** Seconds. */
  readonly since: number;
}

interface Line {
  readonly id: string;
  readonly at: number;
  readonly from: string;
  readonly text: string;
  /** What the line says, where it is JSON. */
  readonly fields: JsonObject | null;
}

/** Milliseconds between two looks, and how late a line may be in CloudWatch without being missed. */
const PAUSE = 2000;
const LATE = 30_000;

/** Shows the lines of the functions' log groups, by IAM alone. */
export async function logs(options: LogsOptions, io: Io): Promise<void> {
  if (options.level !== undefined) {
    await askLogLevel(options.level, options, io);
    printNote(io, options, `Log level ${options.level} from now on.`);
  }
  const groups = chosen(functionLogsOf(await readStack(options, io)), options.function);
  const { region } = options;
  const client = new CloudWatchLogsClient(region === undefined ? {} : { region });
  const from = io.now() - options.since * 1000;
  const lines = await read(client, groups, from, options);
  if (options.count) return printCounts(lines, options, io);
  if (options.json && !options.follow) return printJson(io, { items: lines.map(asJson) });
  const paint = painterFor(io.stdout, io.env);
  const show = (line: Line): void =>
    printLine(io, options.json ? JSON.stringify(asJson(line)) : pretty(line, paint));
  lines.forEach(show);
  if (options.follow) await follow(client, groups, lines, options, io, show);
  else if (lines.length === 0) printLine(io, 'No lines.');
}

/** Goes on until it is interrupted. */
async function follow(
  client: CloudWatchLogsClient,
  groups: readonly FunctionLogs[],
  shown: readonly Line[],
  options: LogsOptions,
  io: Io,
  show: (line: Line) => void,
): Promise<never> {
  let seen = new Set(shown.map(({ id }) => id));
  for (;;) {
    await sleep(PAUSE);
    const lines = await read(client, groups, io.now() - LATE, options);
    for (const line of lines) if (!seen.has(line.id)) show(line);
    seen = new Set([...[...seen].slice(-10_000), ...lines.map(({ id }) => id)]);
  }
}

async function read(
  client: CloudWatchLogsClient,
  groups: readonly FunctionLogs[],
  from: number,
  options: LogsOptions,
): Promise<readonly Line[]> {
  const found = await askAws('Reading the logs', options, (limits) =>
    Promise.all(groups.map((group) => readGroup(client, group, from, options, limits))),
  );
  return found.flat().sort((a, b) => a.at - b.at);
}

async function readGroup(
  client: CloudWatchLogsClient,
  { name, logGroup }: FunctionLogs,
  from: number,
  { errors, blocked }: LogsOptions,
  limits: { readonly abortSignal: AbortSignal },
): Promise<readonly Line[]> {
  const pattern = errors
    ? '{ $.level = "ERROR" }'
    : blocked
      ? '{ $.event = "operation_blocked" }'
      : undefined;
  const lines: Line[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new FilterLogEventsCommand({
        logGroupName: logGroup,
        startTime: from,
        filterPattern: pattern,
        nextToken,
      }),
      limits,
    );
    for (const { eventId = '', timestamp = 0, message = '' } of page.events ?? []) {
      lines.push({
        id: eventId,
        at: timestamp,
        from: name,
        text: message.trimEnd(),
        fields: parsed(message),
      });
    }
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  return lines;
}

/** `purge` is found as `session-purge`, `signin-guard` as `sign-in-guard`, `job-sweep` as `jobs-sweep`. */
function chosen(groups: readonly FunctionLogs[], wanted: string | undefined): readonly FunctionLogs[] {
  if (wanted === undefined) return groups;
  const plain = (name: string): string => name.toLowerCase().replaceAll(/s?(?:-|$)/g, '');
  const exact = groups.filter(({ name }) => plain(name) === plain(wanted));
  const found = exact.length > 0 ? exact : groups.filter(({ name }) => plain(name).endsWith(plain(wanted)));
  if (found.length > 0) return found;
  throw new CliError({
    exitCode: EXIT.usage,
    code: 'function_unknown',
    message: `There is no function "${wanted}". There are: ${groups.map(({ name }) => name).join(', ')}.`,
  });
}

function parsed(message: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(message);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function asJson({ at, from, text, fields }: Line): JsonObject {
  return { at: new Date(at).toISOString(), function: from, ...(fields === null ? { text } : { fields }) };
}

function pretty({ at, from, text, fields }: Line, paint: Paint): string {
  const level = (fields === null ? null : textOf(fields.level)) ?? '-';
  const told = (fields === null ? null : textOf(fields.message)) ?? text;
  const shown = level === 'ERROR' ? paint('red', level.padEnd(5)) : level.padEnd(5);
  const head = paint('dim', `${new Date(at).toISOString()} ${from.padEnd(14)}`);
  return `${head} ${shown} ${printable(told).replaceAll('\n', ' ')}`;
}

/** Blocked calls by operation type, a line may tell of several; other lines by function and event. */
function printCounts(lines: readonly Line[], { blocked, json }: LogsOptions, io: Io): void {
  const counts = new Map<string, number>();
  for (const { from, fields } of lines) {
    const name = blocked
      ? (textOf(fields?.operation) ?? 'unknown')
      : `${from} ${textOf(fields?.event) ?? '-'}`;
    counts.set(name, (counts.get(name) ?? 0) + (blocked ? (numberOf(fields?.calls) ?? 1) : 1));
  }
  const ordered = [...counts].sort(([, a], [, b]) => b - a);
  const total = ordered.reduce((sum, [, count]) => sum + count, 0);
  if (json) {
    printJson(io, { total, counts: Object.fromEntries(ordered) });
    return;
  }
  for (const [name, count] of ordered) printLine(io, `${String(count).padStart(8)}  ${printable(name)}`);
  printLine(io, `${String(total).padStart(8)}  in all`);
}
