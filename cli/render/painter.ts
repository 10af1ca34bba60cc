import type { Writable } from 'node:stream';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

/** Colours a text where colours can be seen and are wanted; nothing is ever said by colour alone. */
export type Paint = (style: Style, text: string) => string;

/** Source of NO_COLOR: https://no-color.org. */
export function painterFor(
  stream: Writable & { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (style, text) => (wanted ? styleText(style, text, { validateStream: false }) : text);
}

/** Escape sequences, marks of direction and separators without width in texts of others: they rewrite what a terminal shows. */
const UNPRINTABLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of somebody else, safe for a terminal; newline and tab stay. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\ufffd');
}
