import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../../../core/http/cursor.ts';

test('a cursor stands for the number it was made of, and fits into a query as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (number) => {
      const cursor = encodeCursor(number);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(cursor)).toBe(number);
    }),
  );
});

test('any other text is none of ours, and is never thrown at', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const number = decodeCursor(text);
      expect(number === null || decodeCursor(encodeCursor(number)) === number).toBe(true);
    }),
  );
});

test.each([
  ['{"before":0}'],
  ['{"before":"1"}'],
  ['{"before":1.5}'],
  ['{"before":1,"x":1}'],
  ['{}'],
  ['1'],
  ['null'],
])('%s is refused', (text) => {
  expect(decodeCursor(btoa(text).replace(/=+$/, ''))).toBeNull();
});
