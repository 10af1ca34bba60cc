import { isObject, type JsonObject, numberOf, textOf, textsOf } from '../json-object.ts';
import { type Paint, printable } from './painter.ts';
import { row } from './row.ts';
import { readableInstant } from './status.ts';

/**
 * A report in two lines: what it is about, when, and why.
 *
 * @param now ms since the epoch
 */
export function renderReportLine(report: JsonObject, now: number, paint: Paint): string {
  const kind = (textOf(report.kind) ?? 'unknown').replaceAll('_', ' ');
  const started = readableInstant(textOf(report.started_at) ?? '', now);
  const state = report.status === 'in_progress' ? 'in progress' : `${numberOf(report.duration) ?? '?'} s`;
  const reason = (textOf(report.reason) ?? '').replaceAll('\n', '\n    ');
  const by = printable(textOf(report.started_by) ?? 'somebody');
  return `${printable(textOf(report.id) ?? '?')}  ${paint('bold', kind)}, ${state}\n    ${started}, by ${by}: ${printable(reason)}`;
}

/** All that matters most of a report; --markdown and --json have the rest. */
export function renderReport(report: JsonObject, now: number, paint: Paint): string {
  const instant = (value: unknown): string | null => {
    const text = textOf(value);
    return text === null ? null : readableInstant(text, now);
  };
  const plan = objectOf(objectOf(report.plan).final);
  const overrun = numberOf(objectOf(report.plan).overrun);
  const ended = instant(report.ended_at);
  const rows: [string, string | null][] = [
    ['Mode', textsOf(report.modes).join(', then ')],
    ['Ended', ended === null ? null : `${ended}, by ${textOf(report.ended_by) ?? 'somebody'}`],
    ['Planned', secondsOf(plan.duration)],
    [(overrun ?? 0) < 0 ? 'Under plan' : 'Over plan', overrun === null ? null : `${Math.abs(overrun)} s`],
    ['Blocked', blockedLine(report)],
    ['Bypasses', callsLine(objectOf(objectOf(report.attempts).bypasses))],
    ['Sessions', sessionsLine(objectOf(report.sessions))],
    ['Jobs', jobsLine(report)],
    ['Enforced', lagLine(objectOf(report.enforcement_lag))],
    ['Alarms', textsOf(objectOf(report.alarms).raised).join(', ') || null],
    ...testRunRows(report.test_run),
  ];
  return [
    renderReportLine(report, now, paint),
    ...rows.flatMap(([label, value]) => (value === null ? [] : [row(label, value, paint)])),
  ].join('\n');
}

function blockedLine({ attempts, counts_source: source }: JsonObject): string {
  if (!isObject(attempts)) return source === 'expired' ? 'not kept any more' : 'not known now';
  const blocked = objectOf(attempts.blocked);
  const about = blocked.clients_exact === false ? 'about ' : '';
  const clients = numberOf(blocked.clients);
  return `${callsLine(blocked) ?? 'not known'}, of ${about}${clients ?? '?'} ${clients === 1 ? 'client' : 'clients'}`;
}

function callsLine(calls: JsonObject): string | null {
  const total = numberOf(calls.total);
  if (total === null) return null;
  const types = (Array.isArray(calls.by_type) ? calls.by_type : [])
    .filter(isObject)
    .map((type) => `${numberOf(type.calls) ?? '?'} ${textOf(type.operation_type) ?? '?'}`);
  return types.length === 0 ? `${total}` : `${total} (${types.join(', ')})`;
}

function sessionsLine({ ended, kept, pending }: JsonObject): string {
  const left = numberOf(kept);
  const counts = `${numberOf(ended) ?? '?'} ended${left === null ? '' : `, ${left} kept`}`;
  return pending === true ? `${counts}; a purge is still to be carried out` : counts;
}

/** How long it took at most until the gateway was seen to decide by a change. */
function lagLine({ milliseconds }: JsonObject): string | null {
  const longest = numberOf(milliseconds);
  return longest === null ? null : `after ${longest} ms at most`;
}

function jobsLine({ jobs, jobs_source: source }: JsonObject): string | null {
  if (!isObject(jobs)) return source === 'unavailable' ? 'not known now' : null;
  const count = (name: string) => `${numberOf(jobs[name]) ?? '?'} ${name}`;
  const counts = ['drained', 'terminated', 'lost', 'left'].map(count).join(', ');
  return `${textOf(jobs.status) ?? 'unknown'}: ${counts}`;
}

function testRunRows(testRun: unknown): [string, string | null][] {
  if (!isObject(testRun)) return [];
  const [verdict, calls] = [objectOf(testRun.verdict), objectOf(testRun.calls)];
  const coverage = objectOf(testRun.coverage);
  const [types, rules] = [objectOf(coverage.types), objectOf(coverage.rules)];
  const block = numberOf(calls.would_block) ?? '?';
  const allow = numberOf(calls.would_allow) ?? '?';
  return [
    ['Verdict', [textOf(verdict.result) ?? 'unknown', ...textsOf(verdict.reasons)].join('\n')],
    ['Simulated', `${block} would have been blocked, ${allow} allowed`],
    ['Exercised', textsOf(types.exercised).join(', ') || 'no operation type'],
    ['Rules', `${numberOf(rules.exercised) ?? '?'} of ${numberOf(rules.total) ?? '?'} exercised`],
  ];
}

function secondsOf(value: unknown): string | null {
  const seconds = numberOf(value);
  return seconds === null ? null : `${seconds} s`;
}

function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}
