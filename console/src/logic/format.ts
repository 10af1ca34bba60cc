import { labelOf } from '../api/refusal.ts';
import type { Mode, Status } from '../api/types.ts';

/** @example duration(5400) // '1 h 30 min' */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const parts = [
    [Math.floor(whole / 86_400), 'd'],
    [Math.floor((whole % 86_400) / 3600), 'h'],
    [Math.floor((whole % 3600) / 60), 'min'],
    [whole % 60, 's'],
  ] as const;
  const first = parts.findIndex(([number]) => number > 0);
  if (first < 0) return '0 s';
  return parts
    .slice(first, first + 2)
    .filter(([number]) => number > 0)
    .map(([number, unit]) => `${number} ${unit}`)
    .join(' ');
}

/** A clock that counts down. @example clock(3725) // '1:02:05' */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number: number) => String(number).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

const DATE_AND_TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
});

/** An instant of the API in the reader's own time zone, which it names. */
export function instant(rfc3339: string | null): string {
  if (rfc3339 === null) return '–';
  const time = Date.parse(rfc3339);
  return Number.isNaN(time) ? rfc3339 : DATE_AND_TIME.format(time);
}

/** @example ago(75) // '1 min 15 s ago' */
export function ago(seconds: number): string {
  return seconds < 1 ? 'just now' : `${duration(seconds)} ago`;
}

/** @example operationLabel('caption_generation') // 'Caption generation' */
export const operationLabel = labelOf;

const MODES: Readonly<Record<Mode, string>> = {
  normal: 'Maintenance',
  emergency: 'Emergency',
  test: 'Test run',
};

/** The state in one or two words. */
export function modeLabel({ is_active: isActive, mode }: Pick<Status, 'is_active' | 'mode'>): string {
  return isActive ? MODES[mode] : 'Normal operation';
}

export function methods(method: string | readonly string[]): string {
  return typeof method === 'string' ? method : method.join(', ');
}

/** @example count(1, 'session') // '1 session' */
export function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-GB')} ${noun}${number === 1 ? '' : 's'}`;
}
