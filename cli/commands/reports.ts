import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { textOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { renderReport, renderReportLine } from '../render/report.ts';
import { openHttpTransport } from '../transport/open-transport.ts';
import { inOnePiece, type PageOptions, pages } from '../transport/pages.ts';
import type { Transport } from '../transport/transport.ts';

interface ReportsOptions extends CommonOptions, PageOptions {}

interface ReportOptions extends CommonOptions {
  readonly markdown?: true;
}

const LIST = { path: '/reports', of: 'reports' };

/** Shows every maintenance, emergency and test run, newest first. */
export async function listReports(options: ReportsOptions, io: Io): Promise<void> {
  const transport = await openHttpTransport(options, io, 'needed');
  const found = pages(transport, LIST, options);
  if (options.json) return printJson(io, await inOnePiece(found));
  const paint = painterFor(io.stdout, io.env);
  let shown = 0;
  for await (const { items, nextCursor } of found) {
    for (const item of items) printLine(io, renderReportLine(item, io.now(), paint));
    shown += items.length;
    if (nextCursor !== null && !options.all) {
      printNote(io, options, `There is more: --cursor ${nextCursor} shows the next page, --all everything.`);
      return;
    }
  }
  if (shown === 0) printLine(io, 'No reports.');
}

/** Shows one report, the newest where none is named. */
export async function showReport(id: string | undefined, options: ReportOptions, io: Io): Promise<void> {
  const transport = await openHttpTransport(options, io, 'needed');
  const which = id ?? (await newestId(transport));
  const call = { method: 'GET', path: `/reports/${encodeURIComponent(which)}` } as const;
  if (options.markdown) {
    io.stdout.write(printable(await transport.sendForText(call, 'text/markdown')));
    return;
  }
  const report = await transport.send(call);
  if (options.json) printJson(io, report);
  else printLine(io, renderReport(report, io.now(), painterFor(io.stdout, io.env)));
}

async function newestId(transport: Transport): Promise<string> {
  for await (const { items } of pages(transport, LIST, { all: true })) {
    const id = textOf(items[0]?.id);
    if (id !== null) return id;
  }
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'report_not_found',
    message: 'There are no reports yet: nothing has been enabled.',
  });
}
