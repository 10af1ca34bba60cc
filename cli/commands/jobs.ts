import { CliError } from '../cli-error.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { isObject, type JsonObject, numberOf, textOf, textsOf } from '../json-object.ts';
import type { CommonOptions } from '../options/common-options.ts';
import { confirmed } from '../prompts/confirm.ts';
import { renderJob, renderJobLine } from '../render/jobs.ts';
import { printJson, printLine, printNote } from '../render/output.ts';
import { painterFor, printable } from '../render/painter.ts';
import { openTransport } from '../transport/open-transport.ts';
import type { Transport } from '../transport/transport.ts';

interface JobsOptions extends CommonOptions {
  readonly status?: string;
  /** Jobs on a page. */
  readonly limit: number;
  readonly all?: true;
  readonly cursor?: string;
}

interface TerminateOptions extends CommonOptions {
  /** Seconds. */
  readonly grace: number;
  readonly yes?: true;
}

const MAX_PAGE_SIZE = 100;

/** Shows the jobs, newest first. */
export async function listJobs(options: JobsOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const items: JsonObject[] = [];
  let cursor = options.cursor ?? null;
  do {
    const page = await readPage(transport, options, cursor);
    items.push(...page.items);
    cursor = page.next;
  } while (options.all && cursor !== null);
  if (options.json) return printJson(io, { items, next_cursor: cursor });
  const paint = painterFor(io.stdout, io.env);
  for (const item of items) printLine(io, renderJobLine(item, io.now(), paint));
  if (items.length === 0 && cursor === null) printLine(io, 'No jobs.');
  if (cursor !== null) {
    printNote(io, options, `There is more: --cursor ${cursor} shows the next page, --all everything.`);
  }
}

/** Shows one job. */
export async function showJob(id: string, options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const job = await transport.send({ method: 'GET', path: `/jobs/${encodeURIComponent(id)}` });
  if (options.json) printJson(io, job);
  else printLine(io, renderJob(job, io.now(), painterFor(io.stdout, io.env)));
}

/** Asks jobs to stop, once that is confirmed. */
export async function terminateJobs(
  ids: readonly string[],
  options: TerminateOptions,
  io: Io,
): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const which =
    ids.length === 0
      ? 'All running jobs are'
      : `${ids.length === 1 ? 'One job is' : `${ids.length} jobs are`}`;
  await confirmed(options, io, transport, {
    command: 'jobs terminate',
    consequences: [
      options.grace === 0
        ? `${which} terminated at once.`
        : `${which} asked to stop, and terminated when they still run after ${options.grace} s.`,
    ],
    question: 'Stop them?',
  });
  const body = { grace_period: options.grace, ...(ids.length === 0 ? {} : { ids }) };
  const answer = await transport.send({ method: 'POST', path: '/jobs/terminate', body });
  if (options.json) printJson(io, answer);
  else for (const line of stopLines(answer)) printLine(io, printable(line));
  const left = (numberOf(answer.failed_count) ?? 0) + (numberOf(answer.remaining) ?? 0);
  if (left === 0) return;
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'jobs_not_stopped',
    message: `${left === 1 ? 'One job' : `${left} jobs`} could not be stopped.`,
    remedy: 'Repeat the command.',
  });
}

/** Has a job done again. */
export async function requeueJob(id: string, options: CommonOptions, io: Io): Promise<void> {
  const transport = await openTransport(options, io, 'needed');
  const path = `/jobs/${encodeURIComponent(id)}/requeue`;
  const job = await transport.send({ method: 'POST', path, body: {} });
  if (options.json) printJson(io, job);
  else printLine(io, `Requeued: ${renderJobLine(job, io.now(), painterFor(io.stdout, io.env))}`);
}

function stopLines(answer: JsonObject): string[] {
  const deadline = textOf(answer.deadline);
  const counts: [name: string, what: string][] = [
    ['asked', deadline === null ? 'asked to stop' : `asked to stop by ${deadline}`],
    ['terminated', 'terminated'],
    ['ended', 'had ended before'],
    ['lost', 'lost: nothing is heard of them'],
  ];
  const lines = counts.flatMap(([name, what]) => {
    const count = numberOf(answer[name]) ?? 0;
    return count === 0 ? [] : [`${count} ${what}`];
  });
  const unknown = textsOf(answer.unknown).map((id) => `unknown: ${id}`);
  const failed = (Array.isArray(answer.failed) ? answer.failed : [])
    .filter(isObject)
    .map(({ id, reason }) => `not stopped: ${textOf(id)}: ${textOf(reason)}`);
  const all = [...lines, ...unknown, ...failed];
  return all.length === 0 ? ['No jobs to stop.'] : all;
}

async function readPage(
  transport: Transport,
  { status, limit, all }: JobsOptions,
  cursor: string | null,
): Promise<{ items: readonly JsonObject[]; next: string | null }> {
  const query = {
    limit: String(all ? MAX_PAGE_SIZE : limit),
    ...(status === undefined ? {} : { status }),
    ...(cursor === null ? {} : { cursor }),
  };
  const { items, next_cursor: next } = await transport.send({ method: 'GET', path: '/jobs', query });
  if (Array.isArray(items) && items.every(isObject) && (next === null || next !== cursor)) {
    return { items, next: textOf(next) };
  }
  throw new CliError({
    exitCode: EXIT.failed,
    code: 'malformed_answer',
    message: `${transport.target} answered, but not with a page of jobs.`,
  });
}
