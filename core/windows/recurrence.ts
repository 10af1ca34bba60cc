import { RRuleTemporal } from 'rrule-temporal';
import { localTimeOf, readingOf } from './local-time.ts';

/** When a window takes place: once, or again and again by the local time of a place. */
export interface Series {
  /** Not before this instant, ms since the epoch; its local time is that of the occurrences. */
  readonly startsAt: number;
  /** RFC 5545, in the spelling of `normalRule`; null for once. */
  readonly rrule: string | null;
  /** A name of the IANA time zone database. */
  readonly timezone: string;
}

const DAY = 24 * 3600 * 1000;

/** Periods without an occurrence that a rule is followed over: the days of eight years, without a leap day in 2100. */
const MAX_PERIODS = 3000;

/** One time that a series takes place. */
export interface Start {
  readonly startsAt: number;
  /** Its time on the wall, which the clocks may show never or twice that day. */
  readonly local: number;
}

/**
 * The starts after `after` that a series has, ascending, each computed when it is asked for: most rules have no end.
 * Rules go by the clock on the wall; a local time that is not shown once is taken as Temporal's `compatible` takes it.
 *
 * @param after ms since the epoch
 * @example occurrences({ startsAt, rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' }, now).next().value
 */
export function* occurrences(series: Series, after: number): Generator<Start, void> {
  const { startsAt, rrule, timezone } = series;
  const first = localTimeOf(startsAt, timezone);
  if (rrule === null) {
    if (startsAt > after) yield { startsAt, local: first };
    return;
  }
  const until = untilOf(rrule, timezone);
  const isHourly = goesByHours(rrule);
  let last = Math.max(after, startsAt - 1);
  for (const local of localStarts({ ...series, rrule }, first, last)) {
    const at = isHourly
      ? startsAt + local - first
      : local === first
        ? startsAt
        : readingOf(local, timezone).instant;
    if (at > until) return;
    if (at > last) yield { startsAt: at, local: isHourly ? localTimeOf(at, timezone) : local };
    last = Math.max(last, at);
  }
}

/** Local times of a rule: all from its beginning where it counts them, else from about an instant on. */
function* localStarts(
  series: Series & { readonly rrule: string },
  first: number,
  after: number,
): Generator<number, void> {
  const count = countOf(series.rrule);
  const rule = ruleOf(withoutEnd(series.rrule), first);
  let last = count === null ? Math.max(first, after - 2 * DAY) - 1 : first - 1;
  for (let made = 0; count === null || made < count; made += 1) {
    const next = foundBy(() => rule.next(new Date(last)))?.epochMilliseconds;
    if (next === undefined) return;
    yield next;
    last = next;
  }
}

/** Whether a rule counts hours, which pass as they do whatever the clocks show: its length counts the same. */
export function goesByHours(rrule: string | null): boolean {
  return rrule?.includes('FREQ=HOURLY') ?? false;
}

/** How often a rule takes place, null where it doesn't say. */
export function countOf(rrule: string): number | null {
  const [, count] = /\bCOUNT=(\d+)/.exec(rrule) ?? [];
  return count === undefined ? null : Number(count);
}

/** The last instant at which a rule may begin: a day counts to its end by the local time. */
function untilOf(rrule: string, timezone: string): number {
  const [, year, month, day, hour, minute, second] =
    /\bUNTIL=(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)Z)?/.exec(rrule) ?? [];
  if (year === undefined) return Number.POSITIVE_INFINITY;
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour ?? 0), Number(minute ?? 0));
  return hour === undefined ? readingOf(at + DAY, timezone).instant - 1 : at + Number(second) * 1000;
}

function withoutEnd(rrule: string): string {
  return rrule.replace(/(?:^|;)(?:COUNT|UNTIL)=[^;]*/g, '').replace(/^;/, '');
}

/** Why the library can't use a rule whose parts are right each by itself, or null when it can. */
export function combinationProblem({ rrule, startsAt }: Series): string | null {
  if (rrule === null) return null;
  try {
    ruleOf(withoutEnd(rrule), startsAt, true);
    return null;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

/** The library gives up after so many periods without an occurrence: there is none in any time that matters. */
function foundBy<T>(search: () => T): T | null {
  try {
    return search();
  } catch {
    return null;
  }
}

/** The rule by local times: in UTC, where the clocks never change. */
function ruleOf(rruleString: string, first: number, strict = false) {
  const zoned = `${new Date(first).toISOString()}[UTC]`;
  return new RRuleTemporal({
    rruleString,
    dtstart: { timeZoneId: 'UTC', toString: () => zoned },
    strict,
    cache: false,
    maxIterations: MAX_PERIODS,
  });
}
