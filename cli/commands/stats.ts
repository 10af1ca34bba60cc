import type { Io } from '../io.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { printJson, printLine } from '../render/output.ts';
import { painterFor } from '../render/painter.ts';
import { renderStats } from '../render/stats.ts';
import { openHttpTransport } from '../transport/open-transport.ts';

interface StatsOptions extends CommonOptions {
  readonly minutes: number;
}

/** Shows how decisions, and what they depend on, have been doing. */
export async function stats({ minutes, ...options }: StatsOptions, io: Io): Promise<void> {
  const transport = await openHttpTransport(options, io, 'needed');
  const query = { minutes: String(minutes) };
  const answer = await transport.send({ method: 'GET', path: '/statistics', query });
  if (options.json) printJson(io, answer);
  else printLine(io, renderStats(answer, painterFor(io.stdout, io.env)));
}
