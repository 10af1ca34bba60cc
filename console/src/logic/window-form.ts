import { localTimeOf, readingOf } from '../../../core/windows/local-time.ts';
import type { MaintenanceWindow } from '../api/types.ts';

/** What somebody fills in to schedule a window. Texts are as they were typed. */
export interface WindowFields {
  readonly reason: string;
  /** Date in the time zone that the form names, YYYY-MM-DD. */
  readonly date: string;
  /** Time in that zone, hh:mm. */
  readonly time: string;
  readonly minutes: string;
  readonly mode: 'normal' | 'test';
  readonly autoEnd: boolean;
  /** Empty where it takes place once. */
  readonly rrule: string;
  readonly timezone: string;
}

/** The fields of a new window: tomorrow at this hour, an hour long. */
export function newWindow(now: number, timezone: string): WindowFields {
  const { date, time } = partsIn(now + 86_400_000, timezone);
  return {
    reason: '',
    date,
    time: `${time.slice(0, 2)}:00`,
    minutes: '60',
    mode: 'normal',
    autoEnd: true,
    rrule: '',
    timezone,
  };
}

export function fieldsOf(window: MaintenanceWindow): WindowFields {
  return {
    reason: window.reason,
    ...partsIn(Date.parse(window.starts_at), window.timezone),
    minutes: String(window.duration / 60),
    mode: window.mode,
    autoEnd: window.auto_end,
    rrule: window.rrule ?? '',
    timezone: window.timezone,
  };
}

/** What the API takes for a new window. What can't be read goes out as it is: the API says what is wrong with it. */
export function windowBody(fields: WindowFields): Record<string, unknown> {
  const { reason, date, time, minutes, mode, autoEnd, rrule, timezone } = fields;
  const length = Number(minutes);
  return {
    reason,
    starts_at: instantIn(date, time, timezone) ?? `${date} ${time}`.trim(),
    duration: minutes.trim() === '' || Number.isNaN(length) ? minutes : Math.round(length * 60),
    mode,
    auto_end: autoEnd,
    ...(rrule.trim() === '' ? {} : { rrule: rrule.trim() }),
    timezone,
  };
}

/** Why the start can't be, in a sentence; undefined where nothing is wrong with it, or the API says what is. */
export function startProblem({ date, time, timezone }: WindowFields): string | undefined {
  const reading = readingIn(date, time, timezone);
  if (reading?.shown !== 'never') return undefined;
  return `${date} ${time} does not exist in ${timezone}: the clocks go forward over it.`;
}

/** RFC 3339 in UTC; null where no calendar has the day, or the clocks of the zone go forward over the time. */
function instantIn(date: string, time: string, timezone: string): string | null {
  const reading = readingIn(date, time, timezone);
  return reading === null || reading.shown === 'never' ? null : new Date(reading.instant).toISOString();
}

function readingIn(date: string, time: string, timezone: string) {
  const local = Date.parse(`${date}T${time}:00Z`);
  if (Number.isNaN(local) || !new Date(local).toISOString().startsWith(`${date}T${time}`)) return null;
  try {
    return readingOf(local, timezone);
  } catch {
    // No time zone: the API says so.
    return null;
  }
}

function partsIn(instant: number, timezone: string): { date: string; time: string } {
  const [date = '', time = ''] = new Date(localTimeOf(instant, timezone)).toISOString().split('T');
  return { date, time: time.slice(0, 5) };
}

/** What of a window has been changed, as the API takes it; `null` lets it take place once. */
export function windowChange(before: WindowFields, after: WindowFields): Record<string, unknown> {
  const [was, is] = [windowBody(before), windowBody(after)];
  const changed = Object.entries(is).filter(([name, value]) => was[name] !== value);
  return { ...Object.fromEntries(changed), ...('rrule' in was && !('rrule' in is) ? { rrule: null } : {}) };
}
