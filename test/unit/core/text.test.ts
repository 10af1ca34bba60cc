import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeHtml, rfc3339, templateSafeJson, truncate } from '../../../core/text.ts';
import { instant, reason } from '../../support/arbitraries.ts';

const anyText = fc.oneof(reason, fc.string({ unit: 'binary' }));

test('text for HTML holds no markup and nothing that a template could take for a variable', () => {
  expect(escapeHtml(`<a href="x">'$context' & co</a>`)).toBe(
    '&lt;a href=&quot;x&quot;&gt;&#39;&#36;context&#39; &amp; co&lt;/a&gt;',
  );
});

test('JSON for a template parses to the same value and holds neither variables nor markup', () => {
  fc.assert(
    fc.property(fc.jsonValue(), anyText, (value, text) => {
      const json = templateSafeJson({ value, text });
      expect(json).not.toMatch(/[$<\u2028\u2029]/);
      expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify({ value, text })));
    }),
  );
});

describe('truncate', () => {
  test.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['', 3, ''],
    ['abc', 0, ''],
    ['ab😀', 4, 'ab😀'],
    ['ab😀', 3, 'ab'],
    ['ab😀c', 4, 'ab😀'],
    ['😀', 1, ''],
  ])('%j to %i is %j', (text, limit, expected) => {
    expect(truncate(text, limit)).toBe(expected);
  });

  test('never splits a surrogate pair, and gives a beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, limit) => {
        const cut = truncate(text, limit);
        expect(cut.isWellFormed()).toBe(true);
        expect(cut.length).toBeLessThanOrEqual(limit);
        expect(text.startsWith(cut)).toBe(true);
        expect(cut.length).toBeGreaterThanOrEqual(Math.min(text.length, limit - 1));
      }),
    );
  });
});

describe('instants', () => {
  test.each([
    [0, '1970-01-01T00:00:00Z'],
    [Date.UTC(2026, 0, 15, 10), '2026-01-15T10:00:00Z'],
    [Date.UTC(2026, 0, 15, 10) + 40, '2026-01-15T10:00:00.040Z'],
  ])('%i is %s', (at, expected) => {
    expect(rfc3339(at)).toBe(expected);
  });

  test('can be read back', () => {
    fc.assert(fc.property(instant, (at) => expect(Date.parse(rfc3339(at))).toBe(at)));
  });
});
