import { setTimeout as pause } from 'node:timers/promises';
import { CliError } from '../cli-error.ts';
import type { Io } from '../io.ts';
import type { JsonObject } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printComplaint, printLine } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { renderStatus } from '../render/status.ts';
import { openHttpTransport } from '../transport/open-transport.ts';
import { asStatus } from '../transport/read-status.ts';

/** Milliseconds from one look at the status to the next. */
const INTERVAL = 1500;
/** To the top left, and all below it cleared. */
const REDRAW = '\u001b[H\u001b[J';

/**
 * Shows the status again and again until it is interrupted: on a terminal in place, else, and as JSON, one line or
 * block for each change. An API that answers once may go away and come back; one that never did is an error.
 */
export async function watchStatus(options: CommonOptions, io: Io): Promise<never> {
  const transport = await openHttpTransport(options, io, 'optional');
  const screen = new Screen(options, io);
  const call = { method: 'GET', path: '/status' } as const;
  for (let tag: string | null = null; ; await pause(INTERVAL)) {
    try {
      const { answer, tag: newest } = await transport.sendIfChanged(call, tag);
      screen.show(answer === null ? null : asStatus(answer, transport.target));
      tag = newest;
    } catch (error) {
      if (!(error instanceof CliError) || screen.isEmpty) throw error;
      screen.complain(error);
    }
  }
}

/** What has been shown last. */
class Screen {
  readonly #options: CommonOptions;
  readonly #io: Io;
  #status: JsonObject | null = null;
  #complaint: string | null = null;

  constructor(options: CommonOptions, io: Io) {
    this.#options = options;
    this.#io = io;
  }

  get isEmpty(): boolean {
    return this.#status === null;
  }

  /** @param status null when it is as it was */
  show(status: JsonObject | null): void {
    const hasChanged = status !== null && lasting(status) !== lasting(this.#status);
    this.#status = status ?? this.#status;
    this.#complaint = null;
    if (this.#isLive) this.#draw();
    else if (hasChanged && this.#options.json) printLine(this.#io, JSON.stringify(this.#status));
    else if (hasChanged) printLine(this.#io, `${this.#text()}\n`);
  }

  /** Said once for as long as it is the same. */
  complain(error: CliError): void {
    const isNew = error.message !== this.#complaint;
    this.#complaint = error.message;
    if (this.#isLive) this.#draw();
    else if (isNew) printComplaint(this.#io, error.complaint, this.#options.json === true);
  }

  get #isLive(): boolean {
    return this.#io.stdout.isTTY === true && !this.#options.json;
  }

  #draw(): void {
    const paint = painterFor(this.#io.stdout, this.#io.env);
    const note = this.#complaint === null ? '' : `\n\n${paint('red', printable(this.#complaint))}`;
    const hint = paint('dim', `Looked at every ${INTERVAL / 1000} s. Ctrl-C ends it.`);
    this.#io.stdout.write(`${REDRAW}${this.#text()}${note}\n\n${hint}\n`);
  }

  #text(): string {
    return renderStatus(this.#status ?? {}, this.#io.now(), painterFor(this.#io.stdout, this.#io.env));
  }
}

/** A status without the instant at which it was asked for. */
function lasting(status: JsonObject | null): string {
  return JSON.stringify({ ...status, as_of: null });
}
