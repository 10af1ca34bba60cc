import { CliError } from '../cli-error.ts';
import type { CommonOptions, DirectOptions } from '../common-options.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import { openTransport } from '../open-transport.ts';
import { printJson, printLine, printNote } from '../output.ts';
import { painterFor } from '../painter.ts';
import { renderEvent } from '../render-history.ts';
import type { Transport } from '../transport.ts';

export interface HistoryOptions extends CommonOptions, DirectOptions {
  /** Events on a page. */
  readonly limit: number;
  readonly all?: true;
  readonly cursor?: string;
}

interface Page {
  readonly items: readonly JsonObject[];
  readonly nextCursor: string | null;
}

const LARGEST_PAGE = 100;

/** Shows the event log, newest first. */
export async function history(options: HistoryOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  if (options.json) {
    const items: JsonObject[] = [];
    let nextCursor: string | null = null;
    for await (const page of pages(transport, options)) {
      items.push(...page.items);
      nextCursor = page.nextCursor;
    }
    return printJson(io, { items, next_cursor: nextCursor });
  }
  const paint = painterFor(io.stdout, io.env);
  let shown = 0;
  for await (const { items, nextCursor } of pages(transport, options)) {
    for (const item of items) printLine(io, renderEvent(item, io.now(), paint));
    shown += items.length;
    if (nextCursor !== null && !options.all) {
      printNote(io, options, `There is more: --cursor ${nextCursor} shows the next page, --all everything.`);
    }
  }
  if (shown === 0) printLine(io, 'No events.');
}

async function* pages(transport: Transport, options: HistoryOptions): AsyncGenerator<Page> {
  const limit = options.all ? LARGEST_PAGE : options.limit;
  let cursor = options.cursor ?? null;
  do {
    const page = await readPage(transport, limit, cursor);
    yield page;
    cursor = page.nextCursor;
  } while (options.all && cursor !== null);
}

async function readPage(transport: Transport, limit: number, cursor: string | null): Promise<Page> {
  const query = { limit: String(limit), ...(cursor === null ? {} : { cursor }) };
  const { items, next_cursor: next } = await transport.send({ method: 'GET', path: '/history', query });
  const nextCursor = textOf(next);
  if (Array.isArray(items) && items.every(isObject) && (nextCursor === null || nextCursor !== cursor)) {
    return { items, nextCursor };
  }
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `${transport.target} answered, but not with a page of events.`,
  });
}
