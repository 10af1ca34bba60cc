import { isUtf8 } from 'node:buffer';

/** What a byte that is no UTF-8 is written as: half a surrogate pair, which no text in UTF-8 decodes to. */
const ESCAPE = 0xdc00;

/**
 * The bytes of a key as a text, so that `bytesOf` gives the very same bytes. Keys are any bytes: one that is no UTF-8
 * must be found again all the same. The way of Python's surrogateescape (PEP 383).
 *
 * @example bytesOf(textOf(Buffer.from([0x61, 0xff]))) // <Buffer 61 ff>
 */
export function textOf(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] as number;
    const end = at + lengthOf(lead);
    const character = bytes.subarray(at, end);
    if (end <= bytes.length && isUtf8(character)) {
      text += character.toString('utf8');
      at = end;
    } else {
      text += String.fromCharCode(ESCAPE + lead);
      at += 1;
    }
  }
  return text;
}

/** The bytes that a text of `textOf` was made from; of any other text, its UTF-8. */
export function bytesOf(text: string): Buffer {
  if (text.isWellFormed()) return Buffer.from(text, 'utf8');
  return Buffer.concat(
    [...text].map((character) => {
      const byte = character.charCodeAt(0) - ESCAPE;
      return byte >= 0x80 && byte <= 0xff ? Buffer.of(byte) : Buffer.from(character, 'utf8');
    }),
  );
}

/** Bytes of the character that a byte begins, if it begins one. */
function lengthOf(lead: number): number {
  if (lead < 0xc0) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
