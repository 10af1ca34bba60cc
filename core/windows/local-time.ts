/**
 * The clock on a wall: what it shows at an instant, and when it shows something. A local time is written as the
 * milliseconds since the epoch that it would be in UTC.
 */

const DAY = 24 * 3600 * 1000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Offsets at midnight in UTC, by zone and day: windows ask for the same days again and again. */
const offsetsByDay = new Map<string, number>();
const MAX_KNOWN_DAYS = 20_000;

/** Milliseconds that the clocks of a zone are ahead of UTC at an instant. */
export function offsetAt(instant: number, zone: string): number {
  if (zone === 'UTC') return 0;
  const format = formats.get(zone) ?? formatFor(zone);
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  const shown = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return shown - Math.floor(instant / 1000) * 1000;
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

function offsetAtDay(day: number, zone: string): number {
  const key = `${zone} ${day}`;
  const known = offsetsByDay.get(key);
  if (known !== undefined) return known;
  if (offsetsByDay.size >= MAX_KNOWN_DAYS) offsetsByDay.clear();
  const offset = offsetAt(day * DAY, zone);
  offsetsByDay.set(key, offset);
  return offset;
}

/** What the clocks of a zone show at an instant. */
export function localTimeOf(instant: number, zone: string): number {
  return instant + offsetAt(instant, zone);
}

/** When the clocks of a zone show a local time. */
export interface Reading {
  /** `once`, `twice` because the clocks go back over it, or `never` because they go forward over it. */
  readonly shown: 'once' | 'twice' | 'never';
  /** The first instant; where there is none, as much after the change as the local time lies after it (`compatible`). */
  readonly instant: number;
  /** The last instant; where there is none, that of the change itself. */
  readonly last: number;
}

/** When the clocks of a zone show a local time, taken as Temporal's `compatible` takes one that is not shown once. */
export function readingOf(local: number, zone: string): Reading {
  const day = Math.floor(local / DAY);
  const [before, after] = [offsetAtDay(day - 1, zone), offsetAtDay(day + 2, zone)];
  if (before === after) return once(local - before);
  const found = [before, after]
    .filter((offset) => offsetAt(local - offset, zone) === offset)
    .map((offset) => local - offset)
    .sort((a, b) => a - b);
  const [first, second] = found;
  if (first === undefined) {
    return { shown: 'never', instant: local - before, last: changeAfter((day - 1) * DAY, before, zone) };
  }
  return second === undefined ? once(first) : { shown: 'twice', instant: first, last: second };
}

function once(instant: number): Reading {
  return { shown: 'once', instant, last: instant };
}

/** The instant within three days at which the clocks of a zone stop to have an offset, to the second. */
function changeAfter(start: number, offset: number, zone: string): number {
  let [low, high] = [start, start + 3 * DAY];
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(middle, zone) === offset) low = middle;
    else high = middle;
  }
  return high;
}
