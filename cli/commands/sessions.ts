import type { Io } from '../io.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { renderSession, renderSessionFacts, renderStatistics, sessionHeads } from '../render/sessions.ts';
import { openTransport } from '../transport/open-transport.ts';
import { inOnePiece, type PageOptions, pages } from '../transport/pages.ts';

interface ListSessionsOptions extends CommonOptions, PageOptions {
  readonly role?: 'admin' | 'worker' | 'member';
}

/** Shows how many sessions there are, by role and age. */
export async function sessionStatistics(options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'GET', path: '/sessions/statistics' });
  if (options.json) printJson(io, answer);
  else printLine(io, renderStatistics(answer, painterFor(io.stdout, io.env)));
}

/** Shows sessions, in no particular order. */
export async function listSessions(options: ListSessionsOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const query: Record<string, string> = options.role === undefined ? {} : { role: options.role };
  const found = pages(transport, { path: '/sessions', of: 'sessions', query }, options);
  if (options.json) return printJson(io, await inOnePiece(found));
  let shown = 0;
  for await (const { items, nextCursor } of found) {
    if (shown === 0 && items.length > 0) printLine(io, sessionHeads(painterFor(io.stdout, io.env)));
    for (const item of items) printLine(io, renderSession(item));
    shown += items.length;
    if (nextCursor !== null && !options.all) {
      printNote(io, options, `There is more: --cursor ${nextCursor} shows the next page, --all everything.`);
      return;
    }
  }
  if (shown === 0) printLine(io, 'No sessions.');
}

/** Shows one session, found by its whole id: whose it is, and whether it is still good. */
export async function showSession(id: string, options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const answer = await transport.send({ method: 'GET', path: `/sessions/${encodeURIComponent(id)}` });
  if (options.json) printJson(io, answer);
  else printLine(io, renderSessionFacts(answer, io.now(), painterFor(io.stdout, io.env)));
}
