import { readableUtc } from '../../core/text.ts';
import { isObject, type JsonObject, numberOf, textOf, textsOf } from '../json-object.ts';
import { durationInWords, relativeTime } from '../options/duration.ts';
import { type Paint, printable } from './painter.ts';
import { purgeInWords } from './purge.ts';
import { row } from './row.ts';

/**
 * The status for people: what is going on, since when, until when, and what is blocked.
 *
 * @param now ms since the epoch
 */
export function renderStatus(status: JsonObject, now: number, paint: Paint): string {
  return [headline(status, paint), ...facts(status, now, paint)].join('\n');
}

function headline(status: JsonObject, paint: Paint): string {
  if (status.is_active !== true) {
    return paint(['bold', 'green'], `No maintenance is active. ${textOf(status.message) ?? ''}`.trim());
  }
  switch (status.mode) {
    case 'emergency':
      return paint(['bold', 'red'], 'EMERGENCY: maintenance is active in emergency mode.');
    case 'test':
      return paint(['bold', 'cyan'], 'A test run is active: nothing is blocked.');
    default:
      return paint(['bold', 'yellow'], `Maintenance is active in ${textOf(status.mode) ?? 'unknown'} mode.`);
  }
}

function facts(status: JsonObject, now: number, paint: Paint): string[] {
  const by = textOf(status.enabled_by);
  const since = textOf(status.started_at);
  const until = textOf(status.estimated_completion);
  const blocked = textsOf(status.blocked_operations);
  const simulated = textsOf(status.simulated_operations);
  const active = status.is_active === true;
  const rows: [string, string | null][] = [
    ['Of', textOf(status.name)],
    ['Reason', active ? textOf(status.reason) : null],
    ['Shown', active ? textOf(status.public_reason) : null],
    ['Since', since && readableInstant(since, now)],
    ['Held by', by],
    ['Until', active ? (until === null ? 'no end planned' : end(until, now)) : null],
    ['Ends', active ? endingInWords(status) : null],
    ['Blocked', blocked.length > 0 ? blocked.join(', ') : null],
    ['Rehearsed', simulated.length > 0 ? simulated.join(', ') : null],
    ['Sessions', purgeInWords(status)],
    ['Jobs', drainInWords(status, now)],
    ['Next', isObject(status.next_window) ? nextWindow(status.next_window, now) : null],
    ['Version', numberOf(status.version)?.toString() ?? null],
    ['Note', status.state_source === 'last_known' ? 'last known state; the store can’t be reached' : null],
  ];
  return rows.flatMap(([label, value]) => (value === null ? [] : [row(label, value, paint)]));
}

/** How far jobs have come to an end; null where none has to, or nobody can tell. */
function drainInWords({ job_drain: drain }: JsonObject, now: number): string | null {
  if (!isObject(drain)) return null;
  const left = numberOf(drain.remaining) ?? 0;
  switch (textOf(drain.status)) {
    case 'pending':
      return 'about to be drained';
    case 'draining': {
      const deadline = textOf(drain.deadline);
      const holding = textsOf(drain.holding);
      const ids = holding.length === 0 ? '' : `: ${holding.join(', ')}${holding.length < left ? ', …' : ''}`;
      return `${left} left${deadline === null ? '' : `, deadline ${readableInstant(deadline, now)}`}${ids}`;
    }
    case 'drained':
      return 'all ended by themselves: ready for maintenance';
    case 'terminated':
      return `none left; ${numberOf(drain.terminated) ?? 0} had to be terminated`;
    case 'incomplete':
      return `${left} could not be ended`;
    default:
      return null;
  }
}

/** The maintenance that is scheduled next. */
function nextWindow(window: JsonObject, now: number): string {
  const what = window.mode === 'test' ? 'test run' : 'maintenance';
  return `${what} from ${readableInstant(textOf(window.starts_at) ?? '?', now)}: ${textOf(window.reason) ?? ''}`;
}

/** Whether it ends by itself: a fact, whatever was planned. Null where the API does not tell. */
function endingInWords({ auto_end: autoEnd, estimated_completion: until }: JsonObject): string | null {
  if (typeof autoEnd !== 'boolean') return null;
  if (autoEnd) return 'by itself at its end';
  return until === null ? 'when somebody ends it' : 'when somebody ends it: it goes on past its planned end';
}

function end(instant: string, now: number): string {
  const overdue = Date.parse(instant) < now ? ', overdue' : '';
  return `${readableInstant(instant, now)}${overdue}`;
}

/**
 * @param instant RFC 3339
 * @example '2026-01-15 10:30:00 UTC (in 25 min)'
 */
export function readableInstant(instant: string, now: number): string {
  const at = Date.parse(instant);
  if (Number.isNaN(at)) return instant;
  return `${readableUtc(at, 'second')} (${relativeTime(at, now)})`;
}

/** What came of ending a maintenance, before the status after it. */
export function renderEnd(answer: JsonObject): string {
  const duration = numberOf(answer.duration);
  const resumed = textsOf(answer.operations_resumed);
  const after = duration === null ? '' : ` after ${durationInWords(duration)}`;
  const what = resumed.length === 0 ? '' : ` Resumed: ${resumed.join(', ')}.`;
  return printable(`Maintenance is over${after}.${what}`);
}
