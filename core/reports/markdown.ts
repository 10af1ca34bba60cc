/**
 * Every character that CommonMark or GitHub's dialect gives a meaning somewhere: they begin headings, links, tags,
 * mentions, formulas. Any ASCII punctuation may be escaped by a backslash.
 * Source: https://spec.commonmark.org/0.31.2/#backslash-escapes
 */
const MEANINGFUL = /[\\`*_{}[\]()<>#+\-.!|&~$:@=^"]/g;

/** Line ends of every kind that some reader knows. */
const LINE_END = /\r\n|[\n\r\u0085\u2028\u2029]/;

/**
 * A text of somebody's within a line of Markdown: shown as it is, whatever it holds. Line ends become spaces.
 *
 * @example escapeMarkdown('<b>*') // '\\<b\\>\\*'
 */
export function escapeMarkdown(text: string): string {
  return text.split(LINE_END).map(escapeLine).join(' ');
}

/** A text of somebody's as a quotation, line by line; each of its lines is one of the quotation. */
export function quoteMarkdown(text: string, indent = ''): string {
  const lines = text.split(LINE_END).map(escapeLine);
  // A backslash at the end of a line keeps it apart from the next one.
  const kept = lines.map((line, index) => (line !== '' && lines[index + 1] ? `${line}\\` : line));
  return kept.map((line) => `${indent}> ${line}`.trimEnd()).join('\n');
}

/** A table; cells are Markdown. */
export function markdownTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const line = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** White space at an end of a line has a meaning too, so it is written by number. */
function escapeLine(line: string): string {
  return line
    .replace(MEANINGFUL, '\\$&')
    .replace(/^[ \t]+|[ \t]+$/g, (blanks) =>
      [...blanks].map((blank) => `&#${blank.charCodeAt(0)};`).join(''),
    );
}
