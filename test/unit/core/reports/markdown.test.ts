import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeMarkdown, quoteMarkdown } from '../../../../core/reports/markdown.ts';
import { reason } from '../../../support/arbitraries.ts';

/** What a reader of Markdown makes of escapes. */
const unescaped = (markdown: string) =>
  markdown
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)))
    .replace(/\\([!-/:-@[-`{-~])/g, '$1');

describe('a text in Markdown', () => {
  test.each([
    ['<script>alert(1)</script>', '\\<script\\>alert\\(1\\)\\</script\\>'],
    ['# not a heading', '\\# not a heading'],
    ['[a](javascript:b)', '\\[a\\]\\(javascript\\:b\\)'],
    ['a | b', 'a \\| b'],
    ['&lt;', '\\&lt;'],
    ['https://evil.test', 'https\\://evil\\.test'],
    ['  indented', '&#32;&#32;indented'],
    ['one\ntwo', 'one two'],
    ['$context.authorizer', '\\$context\\.authorizer'],
  ])('%j is shown as it is', (given, expected) => {
    expect(escapeMarkdown(given)).toBe(expected);
  });

  test('comes back as it was, and holds nothing that has a meaning', () => {
    fc.assert(
      fc.property(reason, (given) => {
        const written = escapeMarkdown(given);
        expect(written).not.toMatch(/[\n\r\u2028\u2029]/);
        expect(written.replaceAll(/\\./g, '').replaceAll(/&#\d+;/g, '')).not.toMatch(
          /[\\`*_{}[\]()<>#+.!|&~$:@=^-]/,
        );
        expect(unescaped(written)).toBe(given.split(/\r\n|[\n\r\u0085\u2028\u2029]/).join(' '));
      }),
    );
  });
});

describe('a quotation', () => {
  test('keeps its lines, each of them quoted', () => {
    expect(quoteMarkdown('One\n# Two\n\nThree')).toBe('> One\\\n> \\# Two\n>\n> Three');
  });

  test('has no line outside of it, whatever the text', () => {
    fc.assert(
      fc.property(reason, (given) => {
        const lines = quoteMarkdown(given, '  ').split('\n');
        expect(lines.every((line) => line.startsWith('  >'))).toBe(true);
        expect(lines).toHaveLength(given.split(/\r\n|[\n\r\u0085\u2028\u2029]/).length);
      }),
    );
  });
});
