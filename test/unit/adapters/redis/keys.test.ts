import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { slotOf } from '../../../../adapters/redis/key-slot.ts';
import { bytesOf, textOf } from '../../../../adapters/redis/key-text.ts';

/** Bytes that often begin, go on with, or look like characters of UTF-8. */
const bytes = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 255 }),
      fc.constantFrom(
        0x61,
        0x80,
        0xbf,
        0xc0,
        0xc3,
        0xa9,
        0xed,
        0xa0,
        0xef,
        0xbf,
        0xbd,
        0xf0,
        0x9f,
        0x98,
        0xff,
      ),
    ),
    { maxLength: 30 },
  )
  .map((numbers) => Buffer.from(numbers));

describe('A key as a text', () => {
  test('is the same key again, whatever its bytes', () => {
    fc.assert(
      fc.property(bytes, (key) => {
        expect(bytesOf(textOf(key))).toEqual(key);
      }),
      { numRuns: 2000 },
    );
  });

  test('is itself where it is UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(textOf(bytesOf(text))).toBe(text);
        expect(bytesOf(text)).toEqual(Buffer.from(text, 'utf8'));
      }),
    );
  });

  test('two keys have two texts', () => {
    fc.assert(
      fc.property(bytes, bytes, (one, other) => {
        expect(textOf(one) === textOf(other)).toBe(one.equals(other));
      }),
    );
  });
});

test.each([
  ['123456789', 12_739],
  ['foo', 12_182],
  ['{foo}bar', 12_182],
  ['x{foo}{bar}', 12_182],
  ['', 0],
])('the slot of %j is %d', (key, slot) => {
  expect(slotOf(Buffer.from(key))).toBe(slot);
});
