import { isObject, type JsonObject, numberOf, textOf, textsOf } from '../json-object.ts';
import { durationInWords } from '../options/duration.ts';
import { type Paint, printable } from './painter.ts';
import { row } from './row.ts';
import { readableInstant } from './status.ts';

/**
 * A window in a line, for lists.
 *
 * @param now ms since the epoch
 * @example 'w1  2026-01-15 11:00:00 UTC (in 1 h) for 1 h, FREQ=DAILY: Database upgrade'
 */
export function windowLine(window: JsonObject, now: number): string {
  const facts = [whenOf(window, now), textOf(window.rrule), window.mode === 'test' ? 'test run' : null];
  const reason = (textOf(window.reason) ?? '').split('\n', 1);
  return printable(`${textOf(window.id)}  ${facts.filter((fact) => fact !== null).join(', ')}: ${reason}`);
}

function whenOf(window: JsonObject, now: number): string {
  // Of one that recurs, the end that is shown is that of its first time.
  if (window.status === 'running') {
    return window.rrule === null ? `running until ${readable(window.ends_at, now)}` : 'running';
  }
  const duration = durationInWords(numberOf(window.duration) ?? 0);
  return `${readable(startsOf(window)[0] ?? window.starts_at, now)} for ${duration}`;
}

/** All that there is to know of a window. */
export function renderWindow(window: JsonObject, now: number, paint: Paint): string {
  const blocked = textsOf(window.blocked_operations);
  const rule = textOf(window.rrule);
  const next = startsOf(window).map((start) => readable(start, now));
  const rows: [string, string | null][] = [
    ['Reason', textOf(window.reason)],
    ['Shown', textOf(window.public_reason)],
    ['Status', textOf(window.status)],
    ['Mode', textOf(window.mode)],
    [rule === null ? 'Starts' : 'Since', readable(window.starts_at, now)],
    ['Lasts', durationInWords(numberOf(window.duration) ?? 0)],
    ['Ends', window.auto_end === true ? 'by itself' : 'when an admin ends it'],
    ['Recurs', rule === null ? null : `${rule}, by the time of ${textOf(window.timezone)}`],
    ['Next', next.length > 0 ? next.join('\n') : null],
    ['Blocks', blocked.length > 0 ? blocked.join(', ') : 'everything that can be blocked'],
    ['By', textOf(window.scheduled_by)],
  ];
  const lines = rows.flatMap(([label, value]) => (value === null ? [] : [row(label, value, paint)]));
  return [paint('bold', printable(`Window ${textOf(window.id)}`)), ...lines].join('\n');
}

function startsOf({ next }: JsonObject): unknown[] {
  return Array.isArray(next) ? next.filter(isObject).map((occurrence) => occurrence.starts_at) : [];
}

function readable(instant: unknown, now: number): string {
  return readableInstant(textOf(instant) ?? '?', now);
}
