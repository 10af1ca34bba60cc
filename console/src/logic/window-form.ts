import type { MaintenanceWindow } from '../api/types.ts';
import { localInstant, localParts } from './plan.ts';

/** What somebody fills in to schedule a window. Texts are as they were typed. */
export interface WindowFields {
  readonly reason: string;
  /** Local date, YYYY-MM-DD. */
  readonly date: string;
  /** Local time, hh:mm. */
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
  const { date, time } = localParts(new Date(now + 86_400_000).toISOString());
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
    ...localParts(window.starts_at),
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
    starts_at: localInstant(date, time) ?? `${date} ${time}`.trim(),
    duration: minutes.trim() === '' || Number.isNaN(length) ? minutes : Math.round(length * 60),
    mode,
    auto_end: autoEnd,
    ...(rrule.trim() === '' ? {} : { rrule: rrule.trim() }),
    timezone,
  };
}

/** What of a window has been changed, as the API takes it; `null` lets it take place once. */
export function windowChange(before: WindowFields, after: WindowFields): Record<string, unknown> {
  const [was, is] = [windowBody(before), windowBody(after)];
  const changed = Object.entries(is).filter(([name, value]) => was[name] !== value);
  return { ...Object.fromEntries(changed), ...('rrule' in was && !('rrule' in is) ? { rrule: null } : {}) };
}
