import { isObject, type JsonObject, numberOf, textOf, textsOf } from '../json-object.ts';
import { durationInWords } from '../options/duration.ts';
import { type Paint, printable } from './painter.ts';
import { row } from './row.ts';

const COLOURS: Readonly<Record<string, 'green' | 'yellow' | 'red'>> = {
  low: 'green',
  medium: 'yellow',
  high: 'red',
};

/** What a maintenance would do to users, with the score and what it is the sum of. */
export function renderImpact(impact: JsonObject, paint: Paint): string {
  const level = textOf(impact.level) ?? 'unknown';
  const duration = numberOf(impact.duration);
  const blocked = textsOf(impact.blocked_operations);
  const simulated = textsOf(impact.simulated_operations);
  return [
    paint(
      ['bold', COLOURS[level] ?? 'yellow'],
      `Impact: ${printable(level)}, ${numberOf(impact.score)} of 100.`,
    ),
    ...factorRows(impact.factors),
    row('Length', duration === null ? 'no end planned' : durationInWords(duration), paint),
    ...(blocked.length === 0 ? [] : [row('Blocked', blocked.join(', '), paint)]),
    ...(simulated.length === 0 ? [] : [row('Rehearsed', simulated.join(', '), paint)]),
    row('Open', textsOf(impact.open_operations).join(', '), paint),
  ].join('\n');
}

/** A table: the factor, its points out of the most it can have, and why. */
function factorRows(factors: unknown): string[] {
  const rows = (Array.isArray(factors) ? factors : [])
    .filter(isObject)
    .map((factor) => [
      textOf(factor.factor) ?? '?',
      `${numberOf(factor.points) ?? '?'}/${numberOf(factor.most) ?? '?'}`,
      textOf(factor.explanation) ?? '',
    ]);
  const width = (column: number) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0));
  return rows.map(([name = '', points = '', why = '']) =>
    printable(`  ${name.padEnd(width(0))}  ${points.padStart(width(1))}  ${why}`),
  );
}
