import { type Paint, printable } from './painter.ts';

const LABEL_WIDTH = 11;

/** A fact with its label; further lines of it are indented to match. */
export function row(label: string, value: string, paint: Paint): string {
  const text = printable(value).replaceAll('\n', `\n  ${' '.repeat(LABEL_WIDTH)}`);
  return `  ${paint('dim', label.padEnd(LABEL_WIDTH))}${text}`;
}
