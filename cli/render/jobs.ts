import { type JsonObject, numberOf, textOf } from '../json-object.ts';
import { type Paint, printable } from './painter.ts';
import { row } from './row.ts';
import { readableInstant } from './status.ts';

/**
 * A job in a line or two: what it is, how it is, how far it is.
 *
 * @param now ms since the epoch
 */
export function renderJobLine(job: JsonObject, now: number, paint: Paint): string {
  const progress = numberOf(job.progress);
  const how = [
    paint('bold', textOf(job.status) ?? 'unknown'),
    ...(progress === null ? [] : [`${Math.round(progress)} %`]),
    ...(textOf(job.requeued_at) === null ? [] : ['requeued']),
  ].join(', ');
  const started = readableInstant(textOf(job.started_at) ?? '', now);
  const step = textOf(job.step);
  const what = `${textOf(job.type)} for ${textOf(job.owner)}`;
  const details = `${printable(what)}, since ${started}${step === null ? '' : `: ${printable(step)}`}`;
  return `${printable(textOf(job.id) ?? '?')}  ${how}\n    ${details}`;
}

/** All that is known of a job. */
export function renderJob(job: JsonObject, now: number, paint: Paint): string {
  const instant = (value: unknown): string | null => {
    const text = textOf(value);
    return text === null ? null : readableInstant(text, now);
  };
  const requeuedAt = instant(job.requeued_at);
  const result = job.result === null || job.result === undefined ? null : JSON.stringify(job.result);
  const rows: [string, string | null][] = [
    ['Last seen', instant(job.last_seen_at)],
    ['Stops by', instant(job.deadline)],
    ['Ended', instant(job.ended_at)],
    ['Result', result],
    ['Error', textOf(job.error)],
    ['By', textOf(job.registered_by)],
    ['Requeued', requeuedAt === null ? null : `${requeuedAt}, by ${textOf(job.requeued_by) ?? 'somebody'}`],
  ];
  return [
    renderJobLine(job, now, paint),
    ...rows.flatMap(([label, value]) => (value === null ? [] : [row(label, value, paint)])),
  ].join('\n');
}
