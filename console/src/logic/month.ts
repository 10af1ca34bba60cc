import type { MaintenanceWindow } from '../api/types.ts';

/** One time at which a window takes place. Instants are ms since the epoch. */
export interface Occurrence {
  readonly window: MaintenanceWindow;
  readonly start: number;
  readonly end: number;
}

/** One day of the calendar. */
export interface Day {
  /** Its first instant, local time. */
  readonly start: Date;
  readonly isInMonth: boolean;
  readonly occurrences: readonly Occurrence[];
}

/** All the times that are known, the earliest first: of a window that recurs, the API tells the next five. */
export function occurrencesOf(windows: readonly MaintenanceWindow[]): readonly Occurrence[] {
  return windows
    .filter(({ status }) => status !== 'cancelled')
    .flatMap((window) => {
      const running = window.status === 'running' ? [window] : [];
      const times = new Map([...running, ...window.next].map((time) => [time.starts_at, time]));
      return [...times.values()].map(({ starts_at: start, ends_at: end }) => ({
        window,
        start: Date.parse(start),
        end: Date.parse(end),
      }));
    })
    .toSorted((a, b) => a.start - b.start);
}

/**
 * The weeks of a month, from Monday, in local time, with the days of the months beside it that its weeks need.
 *
 * @param month 0 to 11
 */
export function weeksOf(
  year: number,
  month: number,
  occurrences: readonly Occurrence[],
): readonly (readonly Day[])[] {
  const first = new Date(year, month, 1);
  const lead = (first.getDay() + 6) % 7;
  const days = new Date(year, month + 1, 0).getDate();
  return Array.from({ length: Math.ceil((lead + days) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const number = week * 7 + weekday - lead + 1;
      const start = new Date(year, month, number);
      const end = new Date(year, month, number + 1).getTime();
      return {
        start,
        isInMonth: start.getMonth() === month,
        occurrences: occurrences.filter((one) => one.start < end && one.end > start.getTime()),
      };
    }),
  );
}
