/**
 * Recurrence rules as owners write them: the RRULE of RFC 5545, one line of `NAME=VALUE` parts. The library that
 * evaluates them passes over values that make no sense, so each part is checked here first.
 */

/** Characters of a rule, at most. */
export const MAX_RULE_LENGTH = 500;

/** Occurrences that COUNT may ask for, and periods that INTERVAL may step over, at most. */
const MAX_COUNT = 1000;

const WEEKDAY = '(?:MO|TU|WE|TH|FR|SA|SU)';

/** How often a window may recur. Every minute or second would be a maintenance that does not end. */
const FREQUENCIES = ['YEARLY', 'MONTHLY', 'WEEKLY', 'DAILY', 'HOURLY'];

interface Part {
  readonly takes: (value: string) => boolean;
  readonly what: string;
}

const number = (least: number, most: number): Part => ({
  takes: (value) => isWithin(value, least, most),
  what: `a whole number from ${least} to ${most}`,
});

const numbers = (least: number, most: number): Part => ({
  takes: (value) => value.split(',').every((one) => isWithin(one, least, most)),
  what: `whole numbers from ${least} to ${most}, separated by commas`,
});

/** Counted from the beginning, or from the end by a minus. */
const places = (most: number): Part => ({
  takes: (value) => value.split(',').every((one) => isWithin(one.replace(/^[+-]/, ''), 1, most)),
  what: `whole numbers from 1 to ${most} or from -${most} to -1, separated by commas`,
});

const matching = (pattern: RegExp, what: string): Part => ({ takes: (value) => pattern.test(value), what });

const PARTS: ReadonlyMap<string, Part> = new Map([
  [
    'FREQ',
    { takes: (value: string) => FREQUENCIES.includes(value), what: `one of ${FREQUENCIES.join(', ')}` },
  ],
  ['INTERVAL', number(1, MAX_COUNT)],
  ['COUNT', number(1, MAX_COUNT)],
  ['UNTIL', { takes: isUntil, what: 'a date like 20261231, or an instant in UTC like 20261231T235959Z' }],
  ['BYMONTH', numbers(1, 12)],
  ['BYWEEKNO', places(53)],
  ['BYYEARDAY', places(366)],
  ['BYMONTHDAY', places(31)],
  [
    'BYDAY',
    matching(
      new RegExp(`^(?:[+-]?[1-9]\\d?)?${WEEKDAY}(?:,(?:[+-]?[1-9]\\d?)?${WEEKDAY})*$`),
      'weekdays like MO,WE or 1SU',
    ),
  ],
  // One time of the day is all that a window needs: another is another window. Lists multiply what a rule costs.
  ['BYHOUR', number(0, 23)],
  ['BYMINUTE', number(0, 59)],
  ['BYSETPOS', places(366)],
  ['WKST', matching(new RegExp(`^${WEEKDAY}$`), 'a weekday like MO')],
]);

/** Filters that name days and hours of the clock; a rule that counts hours would take long to be followed by them. */
const SPARSE = ['BYMONTH', 'BYWEEKNO', 'BYYEARDAY', 'BYMONTHDAY', 'BYDAY', 'BYHOUR', 'BYSETPOS'];

/**
 * A rule in the one spelling that is kept: upper case, without the property's name.
 *
 * @example normalRule('rrule:freq=daily') // 'FREQ=DAILY'
 */
export function normalRule(rrule: string): string {
  return rrule
    .trim()
    .toUpperCase()
    .replace(/^RRULE:/, '')
    .replace(/;$/, '');
}

/** Why a rule in its normal spelling can't be used, or null when its form is right. */
export function ruleProblem(rrule: string): string | null {
  const parts = rrule.split(';').map((part) => part.split('='));
  const names = parts.map(([name = '']) => name);
  for (const [index, [name = '', value, ...rest]] of parts.entries()) {
    const part = PARTS.get(name);
    if (part === undefined) return `must hold the parts ${[...PARTS.keys()].join(', ')} only`;
    if (value === undefined || rest.length > 0 || !part.takes(value)) {
      return `must have ${part.what} as its ${name}`;
    }
    if (names.indexOf(name) !== index) return `must not hold ${name} twice`;
  }
  if (!names.includes('FREQ')) return 'must say how often, by FREQ';
  if (rrule.includes('FREQ=HOURLY') && names.some((name) => SPARSE.includes(name))) {
    return `must not hold ${SPARSE.join(', ')} with FREQ=HOURLY: name a longer period, like DAILY`;
  }
  if (names.includes('COUNT') && names.includes('UNTIL')) return 'must not hold both COUNT and UNTIL';
  return null;
}

/**
 * Whether a name is one of the IANA time zone database. Offsets are none: they know no daylight saving.
 *
 * @example isTimeZone('Europe/Berlin') // true
 */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z][\w+-]*(?:\/[\w+-]+)*$/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function isWithin(digits: string, least: number, most: number): boolean {
  return /^\d{1,4}$/.test(digits) && Number(digits) >= least && Number(digits) <= most;
}

function isUntil(value: string): boolean {
  const [, year, month, day, time] = /^(\d{4})(\d\d)(\d\d)(T\d{6}Z)?$/.exec(value) ?? [];
  const [, hour, minute, second] = /^T(\d\d)(\d\d)(\d\d)Z$/.exec(time ?? 'T000000Z') ?? [];
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(text);
  return !Number.isNaN(at) && new Date(at).toISOString() === text;
}
