import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalPath } from '../../../../core/decision/canonical-path.ts';
import { hostileSpelling, respelling, rulePath } from '../../../support/arbitraries.ts';

const VALID: readonly [why: string, raw: string, canonical: string][] = [
  ['the root', '/', '/'],
  ['a plain path, as it is', '/start_caption_generation', '/start_caption_generation'],
  ['all unreserved characters', '/a-b._~9/c', '/a-b._~9/c'],
  ['query removed', '/api/users?id=1', '/api/users'],
  ['query after a slash', '/api/users/?id=1', '/api/users'],
  ['query that looks like a path', '/api/users?next=/../admin%2f', '/api/users'],
  ['only the first question mark counts', '/a?b?c', '/a'],
  ['an empty query', '/a?', '/a'],
  ['unreserved letters decoded', '/%73tart', '/start'],
  ['unreserved characters decoded, hex in either case', '/%7euser%2Dname%5f%5F', '/~user-name__'],
  ['decoded once and not twice', '/%2573tart', '/%2573tart'],
  ['an encoded percent sign', '/100%25', '/100%25'],
  ['reserved characters stay encoded, hex in lower case', '/a%3Bb%3D', '/a%3bb%3d'],
  ['reserved characters stay raw', "/a;b=c,d:e@f!$&'()*+", "/a;b=c,d:e@f!$&'()*+"],
  ['a space stays encoded', '/my%20file', '/my%20file'],
  ['duplicate slashes collapsed', '//api///users', '/api/users'],
  ['nothing but slashes', '////', '/'],
  ['trailing slash dropped', '/profile/', '/profile'],
  ['trailing slashes dropped', '/profile///', '/profile'],
  ['case ignored', '/API/Users', '/api/users'],
  ['encoded upper case', '/%41PI', '/api'],
  ['the case of other alphabets is left alone', '/É', '/É'],
  ['the Kelvin sign is not a k', '/\u212A', '/\u212A'],
  ['valid UTF-8 stays encoded', '/%C3%A9', '/%c3%a9'],
  ['raw characters beyond ASCII', '/漢😀', '/漢😀'],
  ['a segment that begins with a dot', '/.well-known/jwks.json', '/.well-known/jwks.json'],
  ['dots within a name', '/a..b/c.d', '/a..b/c.d'],
  ['a fraction, whose slash is none of the separators', '/\u00bd', '/\u00bd'],
  ['an encoded dot within a name', '/a%2Ejson', '/a.json'],
  ['an object member as a name', '/__proto__/constructor', '/__proto__/constructor'],
  ['the stage is not stripped', '/live/profile', '/live/profile'],
];

const MALFORMED: readonly [why: string, raw: string][] = [
  ['nothing', ''],
  ['nothing but a query', '?a=1'],
  ['no slash at the beginning', 'profile'],
  ['absolute form', 'http://example.com/profile'],
  ['asterisk form', '*'],
  ['authority form', 'example.com:443'],
  ['a space at the beginning', ' /profile'],
  ['dot-dot', '/static/../admin'],
  ['dot-dot at the end', '/static/..'],
  ['dot-dot at the beginning', '/../admin'],
  ['dot', '/./admin'],
  ['dot at the end', '/admin/.'],
  ['dot alone', '/.'],
  ['dot with a trailing slash', '/admin/./'],
  ['dot before a query', '/admin/..?a'],
  ['encoded dot-dot', '/static/%2e%2e/admin'],
  ['half encoded dot-dot', '/static/.%2E/admin'],
  ['half encoded dot-dot, the other half', '/static/%2e./admin'],
  ['encoded dot', '/%2e/admin'],
  ['doubly encoded dot-dot', '/static/%252e%252e/admin'],
  ['dot segment between repeated slashes', '/static//..//admin'],
  ['dot-dot with a parameter', '/health/..;/admin'],
  ['dot with a parameter, encoded', '/health/%2e%3Ba=b/admin'],
  ['encoded slash', '/static%2fadmin'],
  ['encoded slash, upper case', '/static%2Fadmin'],
  ['doubly encoded slash', '/static%252fadmin'],
  ['encoded backslash', '/static%5cadmin'],
  ['doubly encoded backslash', '/static%255Cadmin'],
  ['backslash', '/static\\admin'],
  ['backslash at the beginning', '\\admin'],
  ['backslashes with dots', '/static\\..\\admin'],
  ['encoded slash with dots', '/static/..%2fadmin'],
  ['a fragment', '/health#start'],
  ['an encoded question mark', '/a%3Fb'],
  ['an encoded hash', '/post_approved%23'],
  ['a doubly encoded question mark', '/a%253Fb'],
  ['three dots', '/.../a'],
  ['a dot at the end of a segment', '/admin./users'],
  ['a dot at the end', '/profile.'],
  ['an encoded dot at the end', '/profile%2e'],
  ['a dot before a parameter', '/admin.;a=b/users'],
  ['a dot before the query', '/profile.?a=1'],
  ['a dot before a trailing slash', '/profile./'],
  ['a space at the end of a segment', '/static/..%20/profile'],
  ['a space at the end', '/profile%20'],
  ['a space that does not break, at the end', '/profile%C2%A0'],
  ['a full-width slash', '/static\uff0fadmin'],
  ['a full-width slash, encoded', '/static%EF%BC%8Fadmin'],
  ['a full-width backslash', '/static\uff3cadmin'],
  ['a small full stop', '/static/\ufe52\ufe52/admin'],
  ['a one dot leader', '/static/\u2024/admin'],
  ['an ellipsis', '/static/a\u2026b'],
  ['a letter that folds into one with a slash', '/\u2100'],
  ['a fragment with dots', '/health#/../start'],
  ['line feed', '/admin\n'],
  ['carriage return', '/admin\r'],
  ['tab', '/ad\tmin'],
  ['NUL', '/admin\0'],
  ['delete', '/admin\u007f'],
  ['C1 control character', '/admin\u0085'],
  ['encoded NUL', '/admin%00'],
  ['encoded line feed', '/admin%0a'],
  ['encoded delete', '/admin%7F'],
  ['encoded C1 control character', '/admin%C2%85'],
  ['doubly encoded NUL', '/admin%2500'],
  ['percent sign at the end', '/100%'],
  ['percent sign with one digit', '/100%2'],
  ['percent sign with no hex digits', '/100%zz'],
  ['IIS unicode escape', '/%u002e'],
  ['a lone continuation byte', '/%80'],
  ['a cut UTF-8 sequence', '/%c3'],
  ['overlong slash', '/static%c0%afadmin'],
  ['overlong dot', '/%c0%ae%c0%ae/admin'],
  ['overlong dot in three bytes', '/%e0%80%ae'],
  ['an encoded surrogate', '/%ed%a0%80'],
  ['beyond Unicode', '/%f5%80%80%80'],
  ['lone high surrogate', '/a\ud800b'],
  ['lone low surrogate', '/a\udc00b'],
];

describe('a path in its one spelling', () => {
  test.each(VALID)('%s: %j', (_why, raw, canonical) => {
    expect(canonicalPath(raw)).toBe(canonical);
  });

  test.each(MALFORMED)('is refused for %s: %j', (_why, raw) => {
    expect(canonicalPath(raw)).toBeNull();
  });

  test.each([
    ['many segments', '/a'.repeat(1_000_000)],
    ['one long segment', `/${'a'.repeat(2_000_000)}`],
    ['long, and not plain at its very end', `${'/a'.repeat(500_000)}/B`],
  ])('can be very long: %s', (_why, raw) => {
    expect(canonicalPath(raw)).toHaveLength(raw.length);
  });

  test('collapses very many slashes', () => {
    expect(canonicalPath('/'.repeat(1_000_000))).toBe('/');
  });
});

describe('laws of the canonical form', () => {
  const anyString = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({
      unit: fc.constantFrom('/', '.', '%', '2', 'e', 'F', '5', 'c', '?', '#', '\\', 'A', '\ud800'),
    }),
    rulePath.chain(respelling),
    rulePath.chain(hostileSpelling),
  );

  test('no string makes it throw, and what comes out is a path or null', () => {
    fc.assert(
      fc.property(anyString, (raw) => {
        const canonical = canonicalPath(raw);
        expect(canonical === null || /^\/(?!.*\/\/)(?!.*\?)(?!.*[A-Z])/su.test(canonical)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('canonicalising twice is canonicalising once', () => {
    fc.assert(
      fc.property(anyString, (raw) => {
        const once = canonicalPath(raw);
        if (once !== null) expect(canonicalPath(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });

  test('every respelling of a path comes out the same', () => {
    const pathAndRespelling = rulePath
      .filter((path) => canonicalPath(path) !== null)
      .chain((path) => fc.tuple(fc.constant(path), respelling(path)));
    fc.assert(
      fc.property(pathAndRespelling, ([path, spelt]) => {
        expect(canonicalPath(spelt)).toBe(canonicalPath(path));
      }),
      { numRuns: 1000 },
    );
  });

  test('a path with a detour in it is refused', () => {
    fc.assert(
      fc.property(rulePath.chain(hostileSpelling), (spelt) => {
        expect(canonicalPath(spelt)).toBeNull();
      }),
      { numRuns: 1000 },
    );
  });
});
