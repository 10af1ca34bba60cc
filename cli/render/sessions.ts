import { isObject, type JsonObject, numberOf, textOf } from '../json-object.ts';
import { durationInWords } from '../options/duration.ts';
import { type Paint, printable } from './painter.ts';
import { row } from './row.ts';
import { readableInstant } from './status.ts';

const COLUMNS = [10, 8, 12, 12] as const;

/** The heads of the columns of `renderSession`. */
export function sessionHeads(paint: Paint): string {
  return paint('bold', line('ID', 'ROLE', 'AGE', 'EXPIRES IN', 'USER'));
}

/** A session in a line. */
export function renderSession(session: JsonObject): string {
  const user = textOf(session.user) ?? (session.readable === false ? '(unreadable)' : '-');
  return line(
    textOf(session.id) ?? '?',
    textOf(session.role) ?? '?',
    lengthOf(session.age_seconds, 'unknown'),
    lengthOf(session.expires_in_seconds, 'never'),
    user,
  );
}

function line(...cells: readonly string[]): string {
  return cells
    .map((cell) => printable(cell).replaceAll('\n', '\ufffd'))
    .map((cell, index) => cell.padEnd(COLUMNS[index] ?? 0))
    .join('')
    .trimEnd();
}

function lengthOf(seconds: unknown, otherwise: string): string {
  const length = numberOf(seconds);
  return length === null ? otherwise : durationInWords(length);
}

/**
 * One session with what decides about it.
 *
 * @param now ms since the epoch
 */
export function renderSessionFacts(session: JsonObject, now: number, paint: Paint): string {
  const begun = textOf(session.created_at);
  const ended = session.ended === true;
  return [
    paint(
      ['bold', ended ? 'red' : 'green'],
      printable(`Session ${textOf(session.id)} is ${ended ? 'worth nothing at the gateway' : 'good'}.`),
    ),
    row('User', textOf(session.user) ?? 'not told', paint),
    row('Role', roleWithOrigin(session), paint),
    row('Since', begun === null ? 'not told' : readableInstant(begun, now), paint),
    row('Expires', expiry(session), paint),
  ].join('\n');
}

function roleWithOrigin(session: JsonObject): string {
  const role = textOf(session.role) ?? 'unknown';
  if (session.readable === false) return `${role}, because it is no JSON object`;
  const name = textOf(session.role_name);
  if (name === null) return `${role}, because it names no role`;
  return `${role}, by "${name}" at ${textOf(session.role_pointer)}`;
}

function expiry({ expires_in_seconds: seconds }: JsonObject): string {
  const length = numberOf(seconds);
  return length === null ? 'never by itself' : `in ${durationInWords(length)}`;
}

const AGES: readonly (readonly [group: string, words: string])[] = [
  ['under_1h', 'under 1 h'],
  ['under_1d', 'under 1 d'],
  ['under_7d', 'under 7 d'],
  ['older', 'older'],
  ['unknown', 'unknown'],
];

/** How many sessions there are, by role and age. */
export function renderStatistics(found: JsonObject, paint: Paint): string {
  const total = numberOf(found.total) ?? 0;
  const roles = isObject(found.by_role) ? found.by_role : {};
  const ages = isObject(found.by_age) ? found.by_age : {};
  const unreadable = numberOf(found.unreadable) ?? 0;
  const withoutRole = numberOf(found.without_role) ?? 0;
  return [
    paint('bold', `${found.exact === true ? '' : 'About '}${total} session${total === 1 ? '' : 's'}`),
    ...Object.entries(roles).map(([role, count]) => row(role, String(count), paint)),
    row('Age', AGES.map(([group, words]) => `${words} ${ages[group] ?? '?'}`).join(', '), paint),
    ...(unreadable === 0 ? [] : [row('Unreadable', `${unreadable}, counted as members'`, paint)]),
    ...(withoutRole === 0 ? [] : [row('No role', `${withoutRole}, counted as members'`, paint)]),
    ...(found.exact === true ? [] : [row('Estimated', extent(found), paint)]),
  ].join('\n');
}

function extent({ sampled, coverage }: JsonObject): string {
  const share = ((numberOf(coverage) ?? 0) * 100).toFixed(1);
  return `from ${numberOf(sampled) ?? '?'} sessions among ${share} % of the keys`;
}
