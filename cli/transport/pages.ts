import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import { isObject, type JsonObject, textOf } from '../json-object.ts';
import type { Transport } from './transport.ts';

/** What the commands take that show a list. */
export interface PageOptions {
  /** Items on a page. */
  readonly limit: number;
  readonly all?: true;
  readonly cursor?: string;
}

export interface Page {
  readonly items: readonly JsonObject[];
  readonly nextCursor: string | null;
}

/** A list of the API. */
export interface List {
  readonly path: string;
  /** What is on it, for people. */
  readonly of: string;
  readonly query?: Readonly<Record<string, string>>;
}

const MAX_PAGE_SIZE = 100;

/** The page that the options ask for, or all pages. Throws CliError where an answer is no page. */
export async function* pages(
  transport: Transport,
  list: List,
  options: Partial<PageOptions>,
): AsyncGenerator<Page> {
  const { all, limit = MAX_PAGE_SIZE } = options;
  let cursor = options.cursor ?? null;
  do {
    const page = await readPage(transport, list, all ? MAX_PAGE_SIZE : limit, cursor);
    yield page;
    cursor = page.nextCursor;
  } while (all && cursor !== null);
}

/** What the options ask for in one piece, as the API would answer it. */
export async function inOnePiece(found: AsyncGenerator<Page>): Promise<JsonObject> {
  const items: JsonObject[] = [];
  let nextCursor: string | null = null;
  for await (const page of found) {
    items.push(...page.items);
    nextCursor = page.nextCursor;
  }
  return { items, next_cursor: nextCursor };
}

async function readPage(
  transport: Transport,
  list: List,
  limit: number,
  cursor: string | null,
): Promise<Page> {
  const query = { ...list.query, limit: String(limit), ...(cursor === null ? {} : { cursor }) };
  const { items, next_cursor: next } = await transport.send({ method: 'GET', path: list.path, query });
  const nextCursor = textOf(next);
  if (Array.isArray(items) && items.every(isObject) && (nextCursor === null || nextCursor !== cursor)) {
    return { items, nextCursor };
  }
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `${transport.target} answered, but not with a page of ${list.of}.`,
  });
}
