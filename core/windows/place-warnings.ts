import { offsetAt } from './local-time.ts';
import type { Window } from './window.ts';

/** What the body of a window says of times. */
interface GivenTimes {
  readonly starts_at?: string | undefined;
  readonly ends_at?: string | undefined;
  readonly timezone?: string | undefined;
  readonly rrule?: string | null | undefined;
}

/** Where a window's time zone and what else says whose local time is meant don't agree; a sentence each. */
export function placeWarnings(window: Window, given: GivenTimes): string[] {
  const { timezone } = window;
  const warnings = (['starts_at', 'ends_at'] as const).flatMap((field) => {
    const text = given[field];
    return text === undefined ? [] : offsetWarning(field, text, timezone);
  });
  if (given.rrule && timezone === 'UTC' && given.timezone === undefined) {
    warnings.push(
      'timezone is not given: the rule goes by UTC, whatever the clocks of a place do in summer.',
    );
  }
  if (timezone !== 'UTC' && (!timezone.includes('/') || timezone.startsWith('Etc/'))) {
    warnings.push(
      `${timezone} is not the time of a place, and may know no summer time: name one, like Europe/Berlin.`,
    );
  }
  return warnings;
}

function offsetWarning(field: string, text: string, timezone: string): string[] {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(text) ?? [];
  if (sign === undefined || timezone === 'UTC') return [];
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  const actual = offsetAt(Date.parse(text), timezone);
  if (offset === actual) return [];
  const local = new Date(Date.parse(text) + actual).toISOString().slice(0, 16);
  return [
    `${field} has the offset ${sign}${hours}:${minutes}, which is not that of ${timezone} then: it is ${local} there.`,
  ];
}
