import { randomUUID } from 'node:crypto';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf, textsOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { confirmed } from '../prompts/confirm.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { renderWindow, windowLine } from '../render/window.ts';
import { inCommandWords } from '../transport/api-words.ts';
import { openTransport } from '../transport/open-transport.ts';
import type { Call } from '../transport/transport.ts';

/** What every command takes that changes windows. */
interface WindowChangeOptions extends CommonOptions {
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
}

/** What describes a window, or what is to be changed of it. */
interface WindowOptions extends WindowChangeOptions {
  readonly reason?: string;
  readonly publicReason?: string;
  /** An instant, or `now`. */
  readonly startsAt?: string;
  readonly endsAt?: string;
  /** Seconds. */
  readonly duration?: number;
  readonly mode?: 'normal' | 'test';
  readonly autoEnd?: boolean;
  readonly block?: readonly string[];
  readonly blockAll?: true;
  readonly invalidateSessions?: boolean;
  readonly notify?: boolean;
  /** Seconds from the start. */
  readonly drainDeadline?: number;
  readonly rrule?: string;
  readonly once?: true;
  readonly timezone?: string;
}

interface CancelOptions extends WindowChangeOptions {
  readonly yes?: true;
}

/** Shows the windows that are not over. */
export async function listWindows(options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const items: JsonObject[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string> = { limit: '100', ...(cursor === null ? {} : { cursor }) };
    const page = await transport.send({ method: 'GET', path: '/windows', query });
    if (Array.isArray(page.items)) items.push(...page.items.filter(isObject));
    cursor = textOf(page.next_cursor);
  } while (cursor !== null);
  if (options.json) return printJson(io, { items, next_cursor: null });
  if (items.length === 0) return printLine(io, 'No windows are scheduled.');
  for (const window of items) printLine(io, windowLine(window, io.now()));
}

/** Shows one window. */
export async function showWindow(id: string, options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  show(await transport.send({ method: 'GET', path: pathOf(id) }), options, io);
}

/** Schedules a window. */
export async function addWindow(options: WindowOptions, io: Io): Promise<void> {
  await change({ method: 'POST', path: '/windows', body: bodyOf(options, io) }, options, io);
}

/** Changes a window. */
export async function changeWindow(id: string, options: WindowOptions, io: Io): Promise<void> {
  await change({ method: 'PATCH', path: pathOf(id), body: bodyOf(options, io) }, options, io);
}

/** Leaves one occurrence of a window out, or takes it back. */
export async function skipOccurrence(
  type: 'skip' | 'unskip',
  id: string,
  startsAt: string,
  options: WindowChangeOptions,
  io: Io,
): Promise<void> {
  const call = { method: 'POST', path: `${pathOf(id)}/${type}`, body: { starts_at: startsAt } } as const;
  await change(call, options, io);
}

/** Cancels what has not begun of a window, once that is confirmed. */
export async function cancelWindow(id: string, options: CancelOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const version = await confirmed(options, io, transport, {
    command: 'windows cancel',
    consequences: [`Window ${id} does not take place any more; what has begun of it goes on.`],
    question: 'Cancel it?',
  });
  await change({ method: 'DELETE', path: pathOf(id) }, { ifMatch: version, ...options }, io);
}

async function change(call: Call, options: WindowChangeOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const { idempotencyKey = randomUUID(), ifMatch } = options;
  const answer = await transport.send({ ...call, idempotencyKey, ifMatch });
  for (const warning of textsOf(answer.warnings)) {
    printNote(io, options, `Warning: ${inCommandWords(warning)}`);
  }
  show(answer, options, io);
}

function show(window: JsonObject, options: CommonOptions, io: Io): void {
  if (options.json) printJson(io, window);
  else printLine(io, renderWindow(window, io.now(), painterFor(io.stdout, io.env)));
}

/** The body of the call; what is undefined is left out. */
function bodyOf(options: WindowOptions, io: Io): JsonObject {
  const { startsAt } = options;
  const body = {
    reason: options.reason,
    public_reason: options.publicReason,
    starts_at: startsAt === 'now' ? new Date(io.now()).toISOString() : startsAt,
    ends_at: options.endsAt,
    duration: options.duration,
    mode: options.mode,
    auto_end: options.autoEnd,
    blocked_operations: options.blockAll ? null : options.block,
    invalidate_sessions: options.invalidateSessions,
    notify_users: options.notify,
    drain_deadline: options.drainDeadline,
    rrule: options.once ? null : options.rrule,
    timezone: options.timezone,
  };
  return JSON.parse(JSON.stringify(body)) as JsonObject;
}

function pathOf(id: string): string {
  return `/windows/${encodeURIComponent(id)}`;
}
