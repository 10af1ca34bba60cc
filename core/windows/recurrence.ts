import { RRuleTemporal } from 'rrule-temporal';

/** When a window takes place: once, or again and again by the local time of a place. */
export interface Series {
  /** Not before this instant, ms since the epoch; its local time is that of the occurrences. */
  readonly startsAt: number;
  /** RFC 5545, in the spelling of `normalRule`; null for once. */
  readonly rrule: string | null;
  /** A name of the IANA time zone database. */
  readonly timezone: string;
}

type Recurring = Series & { readonly rrule: string };

/**
 * The instants after `after` at which a series has an occurrence, ascending, each computed when it is asked for: most
 * rules have no end. The local time stays the same over daylight saving. One that does not exist on a day, because the
 * clocks go forward over it, is left out, as RFC 5545 has it; of one that exists twice the first counts.
 *
 * @param after ms since the epoch
 * @example occurrences({ startsAt, rrule: 'FREQ=DAILY', timezone: 'Europe/Berlin' }, now).next().value
 */
export function* occurrences(series: Series, after: number): Generator<number, void> {
  const { startsAt, rrule } = series;
  if (rrule === null) {
    if (startsAt > after) yield startsAt;
    return;
  }
  // Rules with a COUNT are counted from their first occurrence for each question: better asked once.
  const recurring = { ...series, rrule };
  const found = /\bCOUNT=/.test(rrule) ? counted(recurring) : oneByOne(recurring, after);
  for (const instant of found) {
    if (instant > after) yield instant;
  }
}

/** Why the library can't use a rule whose parts are right each by itself, or null when it can. */
export function combinationProblem({ rrule, ...series }: Series): string | null {
  if (rrule === null) return null;
  try {
    // An UNTIL without a time is against RFC 5545 for us, and known to everybody: it means the whole day.
    ruleOf({ ...series, rrule: rrule.replace(/;?UNTIL=\d{8}(?=;|$)/, '') }, true);
    return null;
  } catch (error) {
    return `cannot be used: ${(error as Error).message}`;
  }
}

function* oneByOne(series: Recurring, after: number): Generator<number, void> {
  const rule = ruleOf(series, false);
  let last = Math.max(after, series.startsAt - 1);
  for (;;) {
    const next = foundBy(() => rule.next(new Date(last)))?.epochMilliseconds;
    if (next === undefined) return;
    yield next;
    last = next;
  }
}

function counted(series: Recurring): number[] {
  const found: number[] = [];
  foundBy(() =>
    ruleOf(series, false).all(({ epochMilliseconds }) => {
      found.push(epochMilliseconds);
      return true;
    }),
  );
  return found;
}

/** The library gives up after so many periods without an occurrence: there is none in any time that matters. */
function foundBy<T>(search: () => T): T | null {
  try {
    return search();
  } catch {
    return null;
  }
}

function ruleOf({ startsAt, rrule, timezone }: Recurring, strict: boolean) {
  const zoned = `${new Date(startsAt).toISOString()}[${timezone}]`;
  return new RRuleTemporal({
    rruleString: rrule,
    dtstart: { timeZoneId: timezone, toString: () => zoned },
    strict,
    cache: false,
  });
}
