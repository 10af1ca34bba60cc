/** Says whether a schedule is due in the minute that begins at an instant (milliseconds since 1970). */
export type Schedule = (minute: number) => boolean;

const MINUTES_OF_UNIT: Readonly<Record<string, number>> = { minute: 1, hour: 60, day: 1440 };

/**
 * Reads an EventBridge schedule. Minutes are the smallest unit, as in AWS; cron fields are in UTC.
 * Source: "Cron expressions" and "Rate expressions" of the EventBridge user guide.
 *
 * @example parseSchedule('rate(5 minutes)')
 */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression);
  if (rate) {
    const period = Number(rate[1]) * (MINUTES_OF_UNIT[rate[2] ?? ''] ?? 0) * 60_000;
    if (period > 0) return (minute) => minute % period === 0;
  }
  const cron = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(/\s+/);
  if (cron?.length === 6) return cronSchedule(cron);
  throw new Error(`The local cloud does not know the schedule ${expression}.`);
}

/** Whether a schedule runs every minute. */
export const isEveryMinute = (expression: string): boolean => expression === 'rate(1 minute)';

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

function cronSchedule(fields: readonly string[]): Schedule {
  const [minutes, hours, daysOfMonth, months, daysOfWeek, years] = fields as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const matches = {
    minute: cronField(minutes, 0, 59),
    hour: cronField(hours, 0, 23),
    dayOfMonth: cronField(daysOfMonth, 1, 31),
    month: cronField(months, 1, 12, (name) => MONTHS.indexOf(name) + 1),
    dayOfWeek: cronField(daysOfWeek, 1, 7, (name) => DAYS.indexOf(name) + 1),
    year: cronField(years, 1970, 2199),
  };
  return (minute) => {
    const date = new Date(minute);
    return (
      matches.minute(date.getUTCMinutes()) &&
      matches.hour(date.getUTCHours()) &&
      matches.dayOfMonth(date.getUTCDate()) &&
      matches.month(date.getUTCMonth() + 1) &&
      matches.dayOfWeek(date.getUTCDay() + 1) &&
      matches.year(date.getUTCFullYear())
    );
  };
}

function cronField(
  text: string,
  minimum: number,
  maximum: number,
  byName: (name: string) => number = () => 0,
): (value: number) => boolean {
  if (text === '*' || text === '?') return () => true;
  const number = (part: string): number => {
    const value = /^\d+$/.test(part) ? Number(part) : byName(part.toUpperCase());
    if (value < minimum || value > maximum) {
      throw new Error(`The local cloud does not know the cron field ${text}.`);
    }
    return value;
  };
  const ranges = text.split(',').map((part) => {
    const [range = '', step = '1'] = part.split('/');
    const [from = '', to] = range === '*' ? [String(minimum), String(maximum)] : range.split('-');
    const first = number(from);
    const last = to === undefined ? (part.includes('/') ? maximum : first) : number(to);
    return { first, last, step: Number(step) };
  });
  return (value) =>
    ranges.some(({ first, last, step }) => value >= first && value <= last && (value - first) % step === 0);
}
