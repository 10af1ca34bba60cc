import { InvalidArgumentError } from 'commander';
import { parseDuration } from './duration.ts';

/** Readers of option values. What they refuse is a usage error; limits that belong to the rules are the API's to check. */

export function durationValue(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === null) {
    throw new InvalidArgumentError('Give seconds, or a length like 30m, 2h, 1d or 1h30m.');
  }
  return seconds;
}

export function timeoutValue(text: string): number {
  const seconds = durationValue(text);
  if (seconds < 1 || seconds > 3600) throw new InvalidArgumentError('Give 1 second to 1 hour.');
  return seconds;
}

const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/** As it is written, offset and all: whose local time it is may matter. A day that no calendar has is refused. */
export function instantValue(text: string): string {
  const [, day = ''] = RFC_3339.exec(text) ?? [];
  const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
  if (isDay && !Number.isNaN(Date.parse(text)) && !/T24/i.test(text)) return text.toUpperCase();
  throw new InvalidArgumentError(
    'Give a date and time with its offset, like 2026-01-15T10:00:00Z or 2026-01-15T12:00:00+02:00.',
  );
}

/** An instant, or `now`. */
export function startValue(text: string): string {
  return text === 'now' ? text : instantValue(text);
}

export function limitValue(text: string): number {
  if (/^(?:[1-9]\d?|100)$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number from 1 to 100.');
}

/** Minutes that the log level may be another. */
export function minutesValue(text: string): number {
  if (/^(?:[1-9]|[1-5]\d|60)$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Give a whole number of minutes from 1 to 60.');
}

/** An entity tag is accepted with its quotes too, as the API shows it. */
export function versionValue(text: string): string {
  const version = /^"?(\d{1,15})"?$/.exec(text)?.[1];
  if (version === undefined)
    throw new InvalidArgumentError('Give the version that `maintenance status` shows.');
  return version;
}

/** What may stand in a header, which is where the key goes. */
export function keyValue(text: string): string {
  if (/^[ -~]{1,255}$/.test(text)) return text;
  throw new InvalidArgumentError('Give 1 to 255 printable ASCII characters.');
}

/** For options that may be given several times, or once with commas. */
export function listValue(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((name) => name.trim())];
}

/** Ids that an address can't hold, or that are the names of other calls. */
const NO_SESSION_IDS = new Set(['', '.', '..', 'statistics', 'purge']);

export function sessionIdValue(text: string): string {
  if (NO_SESSION_IDS.has(text)) throw new InvalidArgumentError('Give the whole id of a session.');
  return text;
}

export function statsMinutesValue(text: string): number {
  const minutes = Number(text);
  if (/^\d{1,4}$/.test(text) && minutes >= 5 && minutes <= 1440) return minutes;
  throw new InvalidArgumentError('Give a whole number of minutes from 5 to 1440.');
}

/** A level of escalation. */
export function levelValue(text: string): 1 | 2 | 3 {
  if (text === '1' || text === '2' || text === '3') return Number(text) as 1 | 2 | 3;
  throw new InvalidArgumentError('Give 1, 2 or 3.');
}
