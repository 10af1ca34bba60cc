import type { Io } from '../io.ts';
import type { CommonOptions, DirectOptions } from '../options/common-options.ts';
import { renderEvent } from '../render/history.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { openTransport } from '../transport/open-transport.ts';
import { inOnePiece, type PageOptions, pages } from '../transport/pages.ts';

interface HistoryOptions extends CommonOptions, DirectOptions, PageOptions {}

/** Shows the event log, newest first. */
export async function history(options: HistoryOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const found = pages(transport, { path: '/history', of: 'events' }, options);
  if (options.json) return printJson(io, await inOnePiece(found));
  const paint = painterFor(io.stdout, io.env);
  let shown = 0;
  for await (const { items, nextCursor } of found) {
    for (const item of items) printLine(io, renderEvent(item, io.now(), paint));
    shown += items.length;
    if (nextCursor !== null && !options.all) {
      printNote(io, options, `There is more: --cursor ${nextCursor} shows the next page, --all everything.`);
    }
  }
  if (shown === 0) printLine(io, 'No events.');
}
