import type { Io } from '../io.ts';
import type { JsonObject } from '../json-object.ts';
import type { CommonOptions, DirectOptions } from '../options/common-options.ts';
import { printJson, printLine } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { renderStatus } from '../render/status.ts';
import { openTransport } from '../transport/open-transport.ts';
import { readStatus } from '../transport/read-status.ts';

interface StatusOptions extends CommonOptions, DirectOptions {
  readonly watch?: true;
}

/** Shows the state of maintenance, once or until interrupted. Nobody needs to be signed in for it. */
export async function status(options: StatusOptions, io: Io): Promise<void> {
  if (options.watch) return (await import('./watch.ts')).watchStatus(options, io);
  const transport = await openTransport(options, io, 'optional');
  showStatus(await readStatus(transport), options, io);
}

/** The status, or an answer that holds one. */
export function showStatus(answer: JsonObject, options: CommonOptions, io: Io): void {
  if (options.json) printJson(io, answer);
  else printLine(io, renderStatus(answer, io.now(), painterFor(io.stdout, io.env)));
}
